//! Imports point downwards, rooms of one layer do not know each other, and a folder is entered through its facade.

use super::house::{assert_none, files};
use super::rust_text::{code, crate_paths};

/// The rooms of `host/src` by layer, lowest first. A new room is entered here.
const LAYERS: [&[&str]; 10] = [
    &["model"],
    &[
        "bounds",
        "permits",
        "policy",
        "project",
        "router",
        "telemetry",
        "throttle",
    ],
    &["callout"],
    &["catalog"],
    &["authorizer", "reload"],
    &["http", "nats", "toolchain", "workers"],
    &["config"],
    &["service"],
    &["cli"],
    &["main"],
];

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

/// `host/src/callout/keys.rs` is in the room `callout`.
fn room(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("host/src/")?;
    inside.split('/').next()?.split('.').next()
}

fn faults(path: &str, text: &str) -> Vec<String> {
    let Some(here) = room(path).filter(|room| *room != "lib") else {
        return vec![];
    };
    let Some(our_layer) = layer(here) else {
        return vec![format!(
            "{path}: the room {here} is in no layer; enter it in tests/it/tidy/layers.rs"
        )];
    };
    let lines = code(&text.replace("portcullis::", "crate::"));
    let foreign = crate_paths(&lines).into_iter().filter_map(|(line, named)| {
        let there = named.split("::").next().unwrap_or_default();
        let their_layer = layer(there).filter(|_| there != here)?;
        if their_layer >= our_layer {
            return Some(format!("{path}:{line}: {here} (layer {our_layer}) may not know {there} (layer {their_layer})"));
        }
        let steps: Vec<_> = named.split("::").collect();
        let deep = steps.len() > 2 && steps[1].starts_with(char::is_lowercase) && steps[2].starts_with(char::is_uppercase);
        deep.then(|| format!("{path}:{line}: crate::{named} reaches past the facade {there}.rs"))
    });
    foreign.collect()
}

#[test]
fn imports_point_downwards_through_facades() {
    let sources = files("host/src", &[".rs"]);
    assert!(!sources.is_empty());
    let tests = |path: &str| path.ends_with("/tests.rs") || path.contains("/tests/");
    let production = sources.iter().filter(|file| !tests(&file.path));
    assert_none(
        &production
            .flat_map(|file| faults(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn an_import_upwards_is_found() {
    assert_eq!(
        faults("host/src/model/request.rs", "use crate::catalog::Catalog;").len(),
        1
    );
    assert_eq!(
        faults("host/src/catalog.rs", "use crate::model::Request;"),
        [""; 0]
    );
}

#[test]
fn an_import_of_the_same_layer_is_found_also_in_braces() {
    assert_eq!(
        faults(
            "host/src/router.rs",
            "use crate::{model::Request, policy::Policy};"
        )
        .len(),
        1
    );
    assert_eq!(
        faults(
            "host/src/policy/call.rs",
            "use crate::policy::limits::Limits;"
        ),
        [""; 0]
    );
}

#[test]
fn an_import_past_a_facade_is_found() {
    assert_eq!(
        faults("host/src/catalog.rs", "use crate::policy::limits::Limits;").len(),
        1
    );
    assert_eq!(
        faults("host/src/catalog.rs", "use crate::policy::Limits;"),
        [""; 0]
    );
}

#[test]
fn a_room_without_a_layer_is_found() {
    assert_eq!(faults("host/src/attic.rs", "").len(), 1);
}
