use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use toml::Spanned;

use super::error::{Place, Problem, SettingsError, suggestion};
use portcullis_model::Secret;

/// The TOML file as written. Its types say only what TOML can: the rest is checked where it is used.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) accounts: Vec<String>,
    pub(super) callout_account: Option<String>,
    pub(super) system_accounts: Option<Vec<String>>,
    pub(super) denied_subjects: Vec<String>,
    pub(super) lifetime: Option<String>,
    pub(super) lifetime_max: Option<String>,
    pub(super) issuer_seed: Texts,
    pub(super) xkey_seed: Texts,
    pub(super) http: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) cache: Option<PathBuf>,
    pub(super) nats: FileNats,
    pub(super) policies: Vec<FilePolicy>,
    pub(super) limits: BTreeMap<Spanned<String>, Spanned<Scalar>>,
}

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct FileNats {
    pub(super) server: Texts,
    pub(super) user: Option<String>,
    pub(super) password: Option<Text>,
    pub(super) creds: Option<PathBuf>,
    pub(super) nkey: Option<PathBuf>,
    pub(super) tlscert: Option<PathBuf>,
    pub(super) tlskey: Option<PathBuf>,
    pub(super) tlsca: Option<PathBuf>,
}

#[derive(Clone, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "a [[policies]] table"
)]
pub(super) struct FilePolicy {
    pub(super) name: Option<String>,
    pub(super) module: PathBuf,
    #[serde(default)]
    pub(super) data: Vec<String>,
    #[serde(default)]
    pub(super) settings: toml::Table,
    #[serde(default)]
    pub(super) accounts: Vec<String>,
    #[serde(default)]
    pub(super) denied_subjects: Vec<String>,
    pub(super) instances: Option<String>,
    pub(super) warm_uses: Option<u32>,
    pub(super) on_failure: Option<String>,
    pub(super) lifetime: Option<String>,
    pub(super) lifetime_max: Option<String>,
    #[serde(default)]
    pub(super) when: FileWhen,
}

#[derive(Clone, Default, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    default,
    expecting = "a table"
)]
pub(super) struct FileWhen {
    pub(super) users: Vec<String>,
    pub(super) transports: Vec<String>,
    pub(super) tls: Option<bool>,
}

/// A text that may be secret: an error about it does not show it.
#[derive(Clone)]
pub(super) struct Text(pub(super) Secret);

/// One such text, or a list of them.
#[derive(Clone, Default)]
pub(super) struct Texts(pub(super) Vec<Secret>);

/// A text or a whole number, as its text.
pub(super) struct Scalar(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => Ok(Self(Secret::new(text))),
            other => Err(D::Error::custom(needs("a string", &other))),
        }
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = match toml::Value::deserialize(deserializer)? {
            toml::Value::Array(entries) => entries,
            entry => vec![entry],
        };
        let texts = entries.into_iter().map(|entry| match entry {
            toml::Value::String(text) => Ok(Secret::new(text)),
            other => Err(D::Error::custom(needs(
                "a string or a list of strings",
                &other,
            ))),
        });
        texts.collect::<Result<_, _>>().map(Self)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => Ok(Self(text)),
            toml::Value::Integer(number) => Ok(Self(number.to_string())),
            other => Err(D::Error::custom(needs(
                "a string or a whole number",
                &other,
            ))),
        }
    }
}

fn needs(wanted: &str, found: &toml::Value) -> String {
    format!("expected {wanted}, found {}", found.type_str())
}

/// Reads the text of the file; an error names the line and column.
pub(super) fn parse(text: &str, path: &Path) -> Result<File, SettingsError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        spot(text, start, path).fault(translate(error.message()))
    })
}

/// The line and column of a byte of the text, both from 1, columns in characters.
pub(super) fn spot(text: &str, offset: usize, file: &Path) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place::Spot {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before.chars().count() - before.get(..line_start).map_or(0, |s| s.chars().count())
            + 1,
    }
}

/// The parser's words in ours. It repeats the value that it found, which may be secret, and we do not.
fn translate(message: &str) -> Problem {
    let message = message.trim();
    if let Some((key, known)) = message
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'))
    {
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        return Problem::UnknownKey {
            key: key.to_owned(),
            hint: suggestion(key, &known),
        };
    }
    if let Some((found, wanted)) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "))
    {
        let kind = found.split(['"', '`']).next().unwrap_or(found).trim();
        return Problem::Toml(format!("expected {wanted}, found {kind}"));
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return Problem::Toml(format!("the key {key} is missing here"));
    }
    Problem::Toml(message.replace('\n', "; "))
}
