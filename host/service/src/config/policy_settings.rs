//! The settings that a policy's `configure` gets, as JSON.

use toml::Spanned;

use super::problem::Problem;
use super::resolver::Resolver;
use super::tree::PolicySettings;
use portcullis_model::Secret;

/// The settings as JSON; an empty object if there are none.
pub(super) fn settings(
    key: &str,
    written: &Option<Spanned<PolicySettings>>,
    resolver: &mut Resolver<'_>,
) -> Secret {
    let none = || Secret::from("{}");
    let Some(written) = written else {
        return none();
    };
    match written.get_ref() {
        PolicySettings::Table(table) => {
            Secret::new(json(&toml::Value::Table(table.clone())).to_string())
        }
        PolicySettings::Text(text) => {
            json_settings(written.span().start, key, text, resolver).unwrap_or_else(none)
        }
    }
}

/// A JSON object, as its text or as `@FILE`. A text on the command line need not be secret.
pub(super) fn json_settings(
    offset: usize,
    key: &str,
    text: &Secret,
    resolver: &mut Resolver<'_>,
) -> Option<Secret> {
    let json = match text.expose().starts_with('@') {
        true => resolver.secret_at(offset, key, text)?,
        false => text.clone(),
    };
    // The parser's message has the place and the kind of fault, and never the text.
    let parsed: Result<serde_json::Map<String, serde_json::Value>, _> =
        serde_json::from_str(json.expose());
    if let Err(error) = parsed {
        let kind = match error.classify() {
            serde_json::error::Category::Data => "this is another kind of value".to_owned(),
            _ => format!("line {}, column {}", error.line(), error.column()),
        };
        resolver.fault(offset, key, Problem::BadJson(kind));
        return None;
    }
    Some(json)
}

/// TOML as JSON: dates become texts, and numbers that JSON does not have become null.
fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(truth) => (*truth).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(entries) => entries.iter().map(json).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
    }
}
