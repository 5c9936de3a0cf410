//! Names that a server accepts, and refusals of those that it does not.

use super::ability_error::AbilityError;
use portcullis_model::subject::{BYTES_MAX, TOKENS_MAX};
use portcullis_model::{quoted, subject};

/// Longest name of a stream or a consumer, in bytes (nats-server, `JSMaxNameLen`).
const NAME_BYTES_MAX: usize = 255;

/// A subject, wildcards included.
pub(super) fn pattern<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    if text.len() > BYTES_MAX || text.split('.').count() > TOKENS_MAX {
        return Err(AbilityError(format!(
            "{what} {:?} has more than {TOKENS_MAX} tokens or {BYTES_MAX} bytes",
            quoted(text)
        )));
    }
    if subject::is_pattern(text) && !text.contains(is_blank) {
        return Ok(text);
    }
    Err(AbilityError(format!(
        "{what} {:?} is no subject: tokens stand between single dots, \">\" only at the end, and there is no white space",
        quoted(text)
    )))
}

/// A subject that is one: no wildcards.
pub(super) fn literal<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    let text = pattern(what, text)?;
    if subject::has_wildcard(text) || text.contains(['*', '>']) {
        return Err(AbilityError(format!(
            "{what} {:?} has a wildcard, and has to be one subject",
            quoted(text)
        )));
    }
    Ok(text)
}

/// The name of a stream or a consumer, as nats-server checks it (`isValidAssetName`): anything but white space, dots,
/// wildcards and slashes.
pub(super) fn asset<'a>(what: &str, text: &'a str) -> Result<&'a str, AbilityError> {
    prefixed_asset(what, "", text)
}

/// A name that the server sees behind a prefix, as that of a bucket is.
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
        "service {:?} is no name of a service, which has letters, digits, - and _ alone",
        quoted(text)
    )))
}

pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}
