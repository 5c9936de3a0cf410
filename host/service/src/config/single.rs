//! Values of flags, for verbs that read no other settings.

use super::fault::{Fault, Place};
use super::policy_settings::json_settings;
use super::problem::Problem;
use super::resolver::Resolver;
use super::sources::Sources;
use super::surroundings::Surroundings;
use portcullis_model::Secret;

/// `--settings` of a verb that has only flags: an object, or none.
///
/// # Errors
///
/// A file that cannot be read, or a text that is not a JSON object.
pub fn json_object(given: Option<&Secret>, around: &dyn Surroundings) -> Result<Secret, Fault> {
    let Some(given) = given else {
        return Ok(Secret::from("{}"));
    };
    of_flag("settings", given, around, |resolver| {
        json_settings(0, "", given, resolver)
    })
    .map(|(settings, _)| settings)
}

/// The value of a flag that is a secret, for verbs that take no other settings: as it was written, with a warning for the
/// operator, or the trimmed content of `@FILE`.
///
/// # Errors
///
/// A file that cannot be read or is empty.
pub fn secret_flag(
    flag: &'static str,
    written: &Secret,
    around: &dyn Surroundings,
) -> Result<(Secret, Option<String>), Fault> {
    of_flag(flag, written, around, |resolver| {
        resolver.secret_at(0, "", written)
    })
}

fn of_flag<T>(
    flag: &'static str,
    written: &Secret,
    around: &dyn Surroundings,
    read: impl FnOnce(&mut Resolver<'_>) -> Option<T>,
) -> Result<(T, Option<String>), Fault> {
    let sources = Sources::of_flag(flag, written.expose());
    let mut resolver = Resolver::new(&sources, around);
    let value = read(&mut resolver);
    let warning = resolver.warnings.pop().map(|warning| warning.to_string());
    let unnamed = || {
        let problem = Problem::Other("the value cannot be used".to_owned());
        Fault::new(Place::Flag(flag), "", problem)
    };
    match value {
        Some(value) => Ok((value, warning)),
        None => Err(resolver.faults.pop().unwrap_or_else(unnamed)),
    }
}
