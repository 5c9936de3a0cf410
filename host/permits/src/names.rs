//! Checks names as a server does.

use super::ability_error::AbilityError;
use portcullis_model::subject::{BYTES_MAX, TOKENS_MAX};
use portcullis_model::{quoted, subject};

/// The longest name of a stream or a consumer, in bytes (nats-server, `JSMaxNameLen`).
const NAME_BYTES_MAX: usize = 255;

/// A subject, with or without wildcards.
pub(super) fn pattern<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    if text.len() > BYTES_MAX || text.split('.').count() > TOKENS_MAX {
        return Err(AbilityError(format!(
            "{what} {:?} has more than {TOKENS_MAX} tokens or {BYTES_MAX} bytes; shorten it",
            quoted(text)
        )));
    }
    if subject::is_pattern(text) && !text.contains(is_blank) {
        return Ok(text);
    }
    Err(AbilityError(format!(
        "{what} {:?} is not a subject; write tokens with single dots between them, \">\" only at the end, and no white space",
        quoted(text)
    )))
}

/// A subject without wildcards.
pub(super) fn literal<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    let text = pattern(what, text)?;
    if subject::has_wildcard(text) || text.contains(['*', '>']) {
        return Err(AbilityError(format!(
            "{what} {:?} has a wildcard; write one subject without wildcards",
            quoted(text)
        )));
    }
    Ok(text)
}

/// The name of a stream or a consumer, as nats-server checks it (`isValidAssetName`): without white space, dots, wildcards and
/// slashes.
pub(super) fn asset<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    prefixed_asset(what, "", text)
}

/// A name that the server sees after a prefix, such as the name of a bucket.
pub(super) fn prefixed_asset<'a>(
    what: &str,
    prefix: &str,
    text: &'a str,
) -> Result<&'a str, AbilityError> {
    let most = NAME_BYTES_MAX - prefix.len();
    let fault = if text.is_empty() {
        "is empty".to_owned()
    } else if text.len() > most {
        format!("is longer than {most} bytes")
    } else if text.contains(['.', '*', '>', '/', '\\']) {
        "has one of . * > / \\, which a name cannot have".to_owned()
    } else if text.contains(is_blank) {
        "has white space or control characters, which a name cannot have".to_owned()
    } else {
        return Ok(text);
    };
    Err(AbilityError(format!("{what} {:?} {fault}", quoted(text))))
}

/// The name of a micro service (ADR-32): letters, digits, `-` and `_`.
pub(super) fn service(text: &str) -> Result<&str, AbilityError> {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !text.is_empty() && text.chars().all(letter) {
        return Ok(text);
    }
    Err(AbilityError(format!(
        "service {:?} is not a name of a service; use only ASCII letters, digits, - and _",
        quoted(text)
    )))
}

pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}
