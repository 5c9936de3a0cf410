//! Words that the program counts by and that no run shows all of: they are read from its sources.

use std::path::{Path, PathBuf};

use portcullis_tests::artifacts::root;

use super::Names;

/// Macros of `tracing` that make an event.
const LEVELS: [&str; 6] = ["event", "error", "warn", "info", "debug", "trace"];
/// Functions that take the kind of a cause first.
const KIND_FIRST: [&str; 2] = ["refusal(", ".check_label("];

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
        if path.ends_with("service/src/throttle.rs") {
            kinds.extend(text.split("kind: \"").skip(1).filter_map(word));
        }
        for call in [".rejected(", ".shed("] {
            let arguments = text.split(call).skip(1).map(str::trim_start);
            kinds.extend(arguments.filter_map(|text| word(text.strip_prefix('"')?)));
        }
    }
    kinds
}

/// Every message of an event: the last text in a call of a macro of `tracing`, without those that hold another text as a
/// whole (`"{warning}"`).
pub(super) fn events() -> Names {
    let mut messages = Names::new();
    for path in sources(&root().join("host")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let calls = LEVELS.iter().flat_map(|level| {
            let begin = format!("tracing::{level}!");
            let calls = text.split(begin.as_str()).skip(1);
            calls.map(arguments).collect::<Vec<_>>()
        });
        let last = calls.filter_map(|call| {
            let texts: Vec<_> = call.split('"').skip(1).step_by(2).collect();
            texts.last().map(|text| joined(text))
        });
        messages.extend(last.filter(|message| !message.starts_with('{')));
    }
    messages
}

/// The kinds of what a policy can fail with: those of the sandbox, and the one of a policy that was never loaded.
pub(super) fn failures() -> Names {
    let text = read("host/sandbox/src/error.rs");
    let failure = text.split("impl Failure").nth(1).expect("its kinds");
    let rule = read("host/service/src/authorizer/rule.rs");
    let of_rule = rule.split("failed(slot, \"").skip(1).filter_map(word);
    let kinds = failure.split("=> \"").skip(1).filter_map(word);
    // A decision that is late is no failure of its policy. It is among the causes.
    let kinds = kinds.filter(|kind| kind != "late");
    kinds.chain(of_rule).collect()
}

/// The kinds of the causes that the host itself makes, without those of failures.
pub(super) fn causes() -> Names {
    let mut kinds = Names::new();
    let response = read("host/callout/src/response.rs");
    let reply = response.split("impl ReplyError").nth(1);
    let reply = reply.and_then(|text| text.split("\n}\n").next());
    let reply = reply.expect("the kinds of replies");
    kinds.extend(reply.split("=> \"").skip(1).filter_map(word));
    let rule = read("host/service/src/authorizer/rule.rs");
    for before in ["&str = \"", "kind: \""] {
        kinds.extend(rule.split(before).skip(1).filter_map(word));
    }
    for path in sources(&root().join("host/permits/src")) {
        let text = std::fs::read_to_string(&path).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        kinds.extend(text.split("kind: \"").skip(1).filter_map(word));
        for call in KIND_FIRST {
            let arguments = text.split(call).skip(1).map(str::trim_start);
            kinds.extend(arguments.filter_map(|text| word(text.strip_prefix('"')?)));
        }
    }
    kinds
}

fn read(path: &str) -> String {
    let text = std::fs::read_to_string(root().join(path)).expect("a source");
    let text = text.split("#[cfg(test)]").next();
    text.unwrap_or_default().to_owned()
}

/// What stands between the first bracket and the one that closes it.
fn arguments(call: &str) -> &str {
    let mut depth = 0;
    for (at, letter) in call.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return &call[..at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    call
}

/// A text over several lines of a source, as it is printed.
fn joined(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
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
