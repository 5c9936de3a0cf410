mod strict;

use std::fmt::Write as _;
use std::str;

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::bindings::portcullis::policy::types;
use crate::{Error, Result};
use strict::Strict;

/// What the operator configured for the policy: a table of settings, and data files.
pub struct Settings(types::Settings);

impl Settings {
    /// The `settings` table of the policy; an empty table if there is none. A struct is read only
    /// from a table, as in [`data_json`](Self::data_json).
    ///
    /// # Errors
    ///
    /// Names the setting at fault: `settings: closes: expected a string, found an integer`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        parse(self.0.json.as_bytes())
            .map_err(|fault| Error::new(format_args!("settings: {}", fault.text)))
    }

    /// The `settings` table as the host passes it: the text of a JSON object.
    pub fn json_text(&self) -> &str {
        &self.0.json
    }

    /// A data file that contains JSON. A struct is read only from an object, although serde would
    /// also take a list of its fields.
    ///
    /// # Errors
    ///
    /// Names the line and the entry at fault: `users.json, line 3: bob.account: expected a string,
    /// found an integer`. It does not show the values, because they may be secrets.
    pub fn data_json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        parse(self.data(name)?).map_err(|fault| {
            Error::new(format_args!("{name}, line {}: {}", fault.line, fault.text))
        })
    }

    /// A data file that contains UTF-8 text.
    ///
    /// # Errors
    ///
    /// Says that the file is missing, or where it is not UTF-8.
    pub fn data_text(&self, name: &str) -> Result<&str> {
        str::from_utf8(self.data(name)?).map_err(|error| {
            Error::new(format_args!(
                "{name}: not UTF-8 after byte {}",
                error.valid_up_to()
            ))
        })
    }

    /// The bytes of a data file.
    ///
    /// # Errors
    ///
    /// Says that the file is missing, how to pass it, and which files there are.
    pub fn data(&self, name: &str) -> Result<&[u8]> {
        let found = self.0.data.iter().find(|(known, _)| known == name);
        found
            .map(|(_, bytes)| bytes.as_slice())
            .ok_or_else(|| self.missing(name))
    }

    /// The names of all data files.
    pub fn data_names(&self) -> impl Iterator<Item = &str> {
        self.0.data.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn new(settings: types::Settings) -> Self {
        Self(settings)
    }

    fn missing(&self, name: &str) -> Error {
        let given = match self.data_names().collect::<Vec<_>>() {
            names if names.is_empty() => "none".to_owned(),
            names => names.join(", "),
        };
        Error::new(format_args!(
            "{name}: the policy needs this data file: give it with --data {name}, or --data \
             {name}=FILE if it has another name (given: {given})"
        ))
    }
}

/// After `configure`, the policy has parsed what it needs. The original would stay in the snapshot
/// with its secrets, because freed memory keeps its contents; zeros take no space there.
impl Drop for Settings {
    fn drop(&mut self) {
        let json = std::mem::take(&mut self.0.json).into_bytes();
        let data = std::mem::take(&mut self.0.data)
            .into_iter()
            .map(|(_, bytes)| bytes);
        for mut bytes in data.chain([json]) {
            bytes.fill(0);
            std::hint::black_box(&bytes);
        }
    }
}

/// What is wrong with a JSON document, without its values.
struct Fault {
    line: usize,
    text: String,
}

/// Parses at most twice: tracking the entry makes parsing several times slower, and only a document
/// with a fault needs it.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    read(bytes).map_err(|error| {
        let mut document = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(Strict(&mut document)) {
            Err(error) => fault(&entry(error.path()), error.inner()),
            Ok(_) => fault("", &error),
        }
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Strict(&mut document))?;
    document.end()?;
    Ok(value)
}

fn fault(entry: &str, error: &serde_json::Error) -> Fault {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let text = without_value(text.strip_suffix(&position).unwrap_or(&text));
    let text = if entry.is_empty() {
        text
    } else {
        format!("{entry}: {text}")
    };
    Fault {
        line: error.line(),
        text,
    }
}

/// `bob.permissions.pub.allow[1]`; a key with special characters is quoted.
fn entry(path: &Path) -> String {
    let mut entry = String::new();
    for segment in path {
        let dot = if entry.is_empty() { "" } else { "." };
        let written = match segment {
            Segment::Seq { index } => write!(entry, "[{index}]"),
            Segment::Map { key } if plain(key) => write!(entry, "{dot}{key}"),
            Segment::Map { key } => write!(entry, "{dot}{key:?}"),
            Segment::Enum { variant } => write!(entry, "{dot}{variant}"),
            Segment::Unknown => Ok(()),
        };
        // Writing to a string cannot fail.
        written.unwrap_or_default();
    }
    entry
}

fn plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// serde writes `invalid type: string "hunter2", expected a sequence`, but a value must not be
/// logged.
fn without_value(text: &str) -> String {
    let unexpected = text
        .strip_prefix("invalid type: ")
        .or_else(|| text.strip_prefix("invalid value: "));
    let Some((found, expected)) = unexpected.and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return text.to_owned();
    };
    format!("expected {}, found {}", in_json(expected), kind_of(found))
}

fn in_json(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        // `struct Fleet`, or `struct variant Shape::Rectangle`: names of the policy's source.
        other if other.starts_with("struct ") => "an object",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "a whole number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number of 0 or more",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        other => other,
    }
}

fn kind_of(found: &str) -> &'static str {
    match found.split([' ', '`']).next() {
        Some("string") => "a string",
        Some("integer" | "number") => "a number",
        Some("floating") => "a number with a fraction",
        Some("boolean") => "a boolean",
        Some("sequence") => "a list",
        Some("map") => "an object",
        Some("null" | "unit" | "Option") => "null",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Error, testing};

    type Lists = BTreeMap<String, Vec<String>>;

    fn fault_of(contents: &str) -> String {
        let settings = testing::settings().data("lists.json", contents).build();
        let parsed: Result<Lists, Error> = settings.data_json("lists.json");
        parsed.unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_the_file_the_line_and_the_entry() {
        assert_eq!(
            fault_of("{\"a\": [],\n\"b\": [\"x\", 7]}"),
            "lists.json, line 2: b[1]: expected a string, found a number"
        );
        assert_eq!(
            fault_of(r#"{"b c": {}}"#),
            r#"lists.json, line 1: "b c": expected a list, found an object"#
        );
    }

    #[test]
    fn an_error_shows_no_values() {
        let fault = fault_of(r#"{"a": "hunter2, expected a pony"}"#);
        assert_eq!(
            fault,
            "lists.json, line 1: a: expected a list, found a string"
        );
    }

    #[test]
    fn a_text_that_is_not_json_is_refused_with_its_line() {
        assert_eq!(fault_of("{\n]"), "lists.json, line 2: key must be a string");
        assert_eq!(
            fault_of("{}\n{}"),
            "lists.json, line 2: trailing characters"
        );
        assert_eq!(
            fault_of(""),
            "lists.json, line 1: EOF while parsing a value"
        );
    }

    #[test]
    fn a_missing_file_is_asked_for_by_its_name() {
        let settings = testing::settings().data("user.json", "{}").build();
        assert_eq!(
            settings.data("users.json").unwrap_err().to_string(),
            "users.json: the policy needs this data file: give it with --data users.json, or \
             --data users.json=FILE if it has another name (given: user.json)"
        );
    }

    #[test]
    fn a_setting_at_fault_is_named() {
        let settings = testing::settings().json(r#"{"opens": "eight"}"#).build();
        let parsed: Result<BTreeMap<String, u32>, Error> = settings.json();
        assert_eq!(
            parsed.unwrap_err().to_string(),
            "settings: opens: expected a whole number from 0 to 4294967295, found a string"
        );
    }

    #[test]
    fn numbers_are_described_without_the_names_of_types() {
        let fault = |json: &str| {
            let settings = testing::settings().json(json).build();
            let parsed: Result<BTreeMap<String, u8>, Error> = settings.json();
            parsed.unwrap_err().to_string()
        };
        let expected = "settings: n: expected a whole number from 0 to 255, found ";
        for (json, found) in [
            (r#"{"n": 1.5}"#, "a number with a fraction"),
            (r#"{"n": 256}"#, "a number"),
            (r#"{"n": -1}"#, "a number"),
            (r#"{"n": "1h"}"#, "a string"),
        ] {
            assert_eq!(fault(json), format!("{expected}{found}"));
        }
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_place() {
        let settings = testing::settings().data("names.txt", b"ab\xff").build();
        assert_eq!(
            settings.data_text("names.txt").unwrap_err().to_string(),
            "names.txt: not UTF-8 after byte 2"
        );
    }
}
