//! Words that the program counts by and that no run shows all of: they are read from its sources.

use std::path::{Path, PathBuf};

use portcullis_tests::artifacts::root;

use super::Names;

/// Every `kind` of a rejected request: those of the protocol (`Rejection::kind`), and those with which the service itself
/// gives a request up.
pub(super) fn rejections() -> Names {
    let mut kinds = Names::new();
    for path in sources(&root().join("host")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        if path.ends_with("rejection.rs") {
            kinds.extend(text.split("=> \"").skip(1).filter_map(word));
        }
        for call in [".rejected(", ".shed("] {
            let arguments = text.split(call).skip(1).map(str::trim_start);
            kinds.extend(arguments.filter_map(|text| word(text.strip_prefix('"')?)));
        }
    }
    kinds
}

/// The sources below a folder, without those of tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let sources = paths.flat_map(|path| match path.is_dir() {
        true if path.ends_with("tests") || path.ends_with("templates") => vec![],
        true => sources(&path),
        false if path.extension().is_some_and(|ending| ending == "rs") => vec![path],
        false => vec![],
    });
    sources.collect()
}

fn word(text: &str) -> Option<String> {
    let (word, _) = text.split_once('"')?;
    Some(word.to_owned())
}
