//! Fuzzes the settings: a TOML file in memory. A line `#$ NAME VALUE` of it, which is a comment for TOML, is a variable too. The
//! other targets are in `tests/fuzz`; this one is a package of the workspace, so that it shares what the service is built of.
#![no_main]

use std::io;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use portcullis_service::config::{Fault, Flags, Place, Reading, Surroundings, read};

const FILE: &str = "/etc/p/p.toml";
const ISSUER: &str = "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI";
/// The faults of settings that are missing: nothing was written that they could be about.
const MISSING: [&str; 3] = ["no issuer seed", "no account", "no policy"];

/// The file of one input, its variables, and a few files that it can name.
struct Input<'a> {
    text: &'a str,
    variables: Vec<(&'a str, &'a str)>,
}

impl<'a> Input<'a> {
    fn parse(text: &'a str) -> Self {
        let written = text.lines().filter_map(|line| line.strip_prefix("#$ "));
        let variables = written.filter_map(|line| line.split_once(' ')).collect();
        Self { text, variables }
    }
}

impl Surroundings for Input<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let mut found = self.variables.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| (*value).to_owned())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let path = path.to_str().unwrap_or_default();
        match path {
            FILE => Ok(self.text.to_owned()),
            _ if path.ends_with(".seed") => Ok(format!("{ISSUER}\n")),
            _ if path.ends_with(".json") => Ok("{\"a\": 1}".to_owned()),
            _ if path.ends_with(".wasm") => Ok(String::new()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn probe(&self, path: &Path) -> io::Result<()> {
        self.read(path).map(drop)
    }

    fn has_data(&self, path: &Path) -> io::Result<bool> {
        Ok(!path.ends_with("empty"))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let input = Input::parse(text);
    let flags = Flags {
        config: Some(FILE.into()),
        ..Flags::default()
    };
    let reading = match read(&flags, &input) {
        Ok(reading) => reading,
        Err(fault) => unreachable!("the file can be read: {fault}"),
    };
    check(&input, &reading);
    if let Ok(again) = read(&flags, &input) {
        assert_eq!(texts(&again.faults), texts(&reading.faults));
    }
    let is_faultless = reading.faults.is_empty();
    assert_eq!(
        reading.loaded().is_ok(),
        is_faultless,
        "faults and no faults"
    );
});

fn texts(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(Fault::to_string).collect()
}

fn check(input: &Input<'_>, reading: &Reading) {
    let lines: Vec<&str> = input.text.split('\n').collect();
    for fault in &reading.faults {
        let is_missing = MISSING.iter().any(|text| fault.text().starts_with(text));
        let is_nowhere = *fault.place() == Place::Nowhere;
        assert_eq!(is_nowhere, is_missing, "{fault}");
    }
    for fault in reading.faults.iter().chain(&reading.warnings) {
        let text = fault.to_string();
        assert!(
            !fault.text().is_empty() && !text.contains(['\n', '\r']),
            "{text:?}"
        );
        if let Place::File { line, column, .. } = fault.place() {
            is_in_file(&lines, *line, *column, &text);
        }
        let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        assert!(
            words.all(|word| word != ISSUER),
            "a secret is shown: {text}"
        );
    }
}

/// The place is a letter of the file, or the end of a line.
fn is_in_file(lines: &[&str], line: usize, column: usize, fault: &str) {
    let written = line.checked_sub(1).and_then(|line| lines.get(line));
    let last = written.map(|written| written.chars().count() + 1);
    assert!(
        last.is_some_and(|last| (1..=last).contains(&column)),
        "{fault}: column {column} of a line of {last:?}"
    );
}
