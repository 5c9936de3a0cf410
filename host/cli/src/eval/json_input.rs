//! Reads JSON that a person wrote. An error names the field by its path and says what would be right. It never repeats a
//! value, which may be a password.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;

use portcullis_service::config::nearest;

/// Reads a value, so that an error names the field by its path.
///
/// # Errors
///
/// `PATH: what is wrong`, such as `tls.verified[0]: expected a string, found a number`.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| explain(".", &error))?;
    Ok(value)
}

/// A JSON object. The code that serde derives would take a list of the values too.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
    }
}

fn explain(path: &str, error: &serde_json::Error) -> String {
    if error.classify() != Category::Data {
        // Syntax errors name characters at most.
        return format!("not valid JSON: {error}");
    }
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let path = if path == "." { "the request" } else { path };
    format!("{path}: {}", plain(message))
}

/// The messages that serde's derived code makes, in our words. Others come from this folder and stay as they are.
fn plain(message: &str) -> String {
    // Names stand between backticks.
    let names: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    match (names.as_slice(), message) {
        ([found, known @ ..], _) if message.starts_with("unknown field ") => unknown(found, known),
        ([name], _) if message.starts_with("missing field ") => {
            format!("the field {name:?} is missing")
        }
        ([name], _) if message.starts_with("duplicate field ") => {
            format!("the field {name:?} is there twice")
        }
        _ => mismatch(message).unwrap_or_else(|| message.to_owned()),
    }
}

fn unknown(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("there is no such field; did you mean {near:?}?"),
        None => format!(
            "there is no such field; the fields here are {}",
            known.join(", ")
        ),
    }
}

/// `invalid type: string "hunter2", expected a list` without the value.
fn mismatch(message: &str) -> Option<String> {
    let (found, expected) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))?
        .rsplit_once(", expected ")?;
    let expected = match expected {
        "u64" => "a whole number that is not negative",
        "a sequence" => "a list",
        other => other,
    };
    let found = match kind(found) {
        "a number" if expected.contains("number") => "another number",
        kind => kind,
    };
    Some(format!("expected {expected}, found {found}"))
}

/// The kind of a value, from how serde describes it (`serde::de::Unexpected`).
fn kind(found: &str) -> &'static str {
    let kinds = [
        ("null", "null"),
        ("boolean", "true or false"),
        ("integer", "a number"),
        ("floating point", "a number"),
        ("string", "a string"),
        ("sequence", "a list"),
        ("map", "an object"),
    ];
    kinds
        .into_iter()
        .find(|(start, _)| found.starts_with(start))
        .map_or("another value", |(_, kind)| kind)
}
