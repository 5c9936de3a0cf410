//! The messages of the TOML parser and of derived code, in our words. They repeat the value, which may be secret; we do not.

use super::problem::{Problem, nearest, nearest_above, suggestion};
use super::removed::Removed;
use super::reported::Reported;
use super::tree::{LimitsTable, NatsTable, ServiceTable, ThrottleTable, Tree, keys_of};

/// The key and the problem of a value that serde refused.
pub(super) fn translate(
    message: &str,
    removed: &Removed,
    reported: &mut Reported,
) -> (String, Problem) {
    let message = message.trim();
    let unknown = message
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'));
    if let Some((found, known)) = unknown {
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        removed.report(reported);
        if let Some(meant) = nearest(found, &known) {
            removed.report_beside(meant, reported);
        }
        return (String::new(), unknown_key(found, removed.table(), &known));
    }
    removed.report(reported);
    let wrong_kind = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    let problem = match wrong_kind {
        Some((_, wanted)) => other_kind(wanted, removed),
        None => Problem::Other(message.replace('\n', "; ")),
    };
    (removed.key(), problem)
}

fn other_kind(wanted: &str, removed: &Removed) -> Problem {
    let key = removed.key();
    let wanted = match wanted {
        "a sequence" if key == "policies" => "[[policies]] tables",
        "a sequence" => "a list of strings",
        "a boolean" => "true or false",
        "u32" => "a whole number that is not negative",
        other => other,
    };
    let found = match removed.kind {
        "a number" if wanted.contains("number") => "another number",
        kind => kind,
    };
    Problem::Other(format!("expected {wanted}, found {found}"))
}

fn unknown_key(found: &str, here: &str, known: &[&str]) -> Problem {
    let key = found.to_owned();
    let homes = [
        ("the table [service]", "service", keys_of::<ServiceTable>()),
        (
            "the table [throttle]",
            "throttle",
            keys_of::<ThrottleTable>(),
        ),
        ("the table [limits]", "limits", keys_of::<LimitsTable>()),
        ("the table [nats]", "nats", keys_of::<NatsTable>()),
        (
            "the top of the file, before the first table",
            "",
            keys_of::<Tree>(),
        ),
    ];
    // What looks like a typing error is one, even if another table has such a key.
    let home = homes
        .into_iter()
        .filter(|_| nearest_above(0.9, found, known).is_none())
        .find(|(_, table, keys)| *table != here && keys.contains(&found));
    match home {
        Some((home, _, _)) => {
            let home = home.to_owned();
            Problem::OtherTable { key, home }
        }
        None => {
            let hint = suggestion(found, known);
            Problem::UnknownKey { key, hint }
        }
    }
}
