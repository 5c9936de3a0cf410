//! Lists the guests and the examples, so that one without a test does not compile: `foreach_guest!(m)` calls `m!(name)`
//! for each file in `tests/guests`, `foreach_example!(m)` for each folder in `examples`, `foreach_language!(m)` for each
//! folder in `tests/conformance`.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let guests = names(Path::new("guests"), |path| {
        path.extension().is_some_and(|extension| extension == "rs")
    })?;
    let examples = names(Path::new("../examples"), Path::is_dir)?;
    let crates = names(Path::new("../examples"), |path| {
        path.join("Cargo.toml").is_file()
    })?;
    let languages = names(Path::new("conformance"), Path::is_dir)?;
    let macros = [
        foreach("foreach_guest", &guests),
        foreach("foreach_example", &examples),
        foreach("foreach_language", &languages),
    ];
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("foreach.rs"), macros.concat())?;
    fs::write(
        Path::new(&out).join("examples.rs"),
        format!("{crates:?} as [&str; {}]", crates.len()),
    )
}

fn names(folder: &Path, wanted: impl Fn(&Path) -> bool) -> io::Result<Vec<String>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if wanted(&path) {
            found.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    found.sort();
    Ok(found)
}

fn foreach(name: &str, entries: &[String]) -> String {
    let calls = entries
        .iter()
        .map(|entry| format!("$each!({});\n", entry.replace('-', "_")));
    format!(
        "macro_rules! {name} {{ ($each:ident) => {{\n{} }} }}\n",
        calls.collect::<String>()
    )
}
