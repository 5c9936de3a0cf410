//! Each technology belongs to one crate or room, and clocks only to the outer ones.

use super::circles::CRATES;
use super::house::{File, assert_none, files};
use super::modules::Crate;
use super::paths::named;

/// Dependencies that only one crate may have.
const CRATE_OWNERS: &[(&str, &str)] = &[
    ("aws-lc-rs", "callout"),
    ("crypto_box", "callout"),
    ("nkeys", "callout"),
    ("x509-parser", "callout"),
    ("wasm-encoder", "componentize"),
    ("wasmparser", "componentize"),
    ("wit-component", "componentize"),
    ("wit-parser", "componentize"),
    ("wasmtime", "sandbox"),
    ("wasmtime-wasi", "sandbox"),
    ("wasmtime-wizer", "sandbox"),
    ("async-nats", "service"),
    ("axum", "service"),
    ("notify", "service"),
    ("prometheus-client", "service"),
    ("toml", "service"),
];

/// Paths that only some rooms of the service may use: the beginning of a path, and the rooms.
const ROOM_OWNERS: &[(&str, &[&str])] = &[
    ("async_nats", &["nats"]),
    ("axum", &["http"]),
    ("clap", &["config"]),
    ("notify", &["reload"]),
    ("prometheus_client", &["telemetry"]),
    ("toml", &["config"]),
    ("SystemTime::now", &["clock"]),
    ("clock::wall_clock", &["nats", "service"]),
    (
        "Instant::now",
        &["nats", "workers", "http", "service", "reload"],
    ),
];

/// Clocks in the other crates: the command line is an outer crate and takes the service's wall clock; the sandbox measures its own
/// deadlines.
const CLOCK_OWNERS: &[(&str, &[&str])] = &[
    ("SystemTime::now", &[]),
    ("clock::wall_clock", &["cli"]),
    ("Instant::now", &["cli", "sandbox"]),
];

/// Dependencies in a crate's manifest that it may not have.
fn foreign(path: &str, text: &str) -> Vec<String> {
    let folder = path
        .trim_start_matches("host/")
        .trim_end_matches("/Cargo.toml");
    let manifest: toml::Table = text
        .parse()
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    let dependencies = manifest.get("dependencies").and_then(|it| it.as_table());
    let names = dependencies.into_iter().flat_map(toml::Table::keys);
    let owner = |name: &str| {
        CRATE_OWNERS
            .iter()
            .find(|(owned, _)| *owned == name)
            .map(|(_, owner)| *owner)
    };
    names
        .filter_map(|name| {
            let owner = owner(name).filter(|owner| *owner != folder)?;
            Some(format!("{path}: only {owner} depends on {name}"))
        })
        .collect()
}

/// Paths in a crate that only others may use. `place` is the room, or the crate if it has no rooms.
fn misplaced(
    read: &Crate,
    owners: &[(&str, &[&str])],
    place: impl Fn(&[String]) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, module) in &read.modules {
        let place = place(name);
        for path in named(&module.items) {
            let text = path.text();
            let owned = owners.iter().find(|(owned, owners)| {
                let is_named = text == *owned
                    || text.starts_with(&format!("{owned}::"))
                    || text.ends_with(&format!("::{owned}"));
                is_named && !owners.contains(&place.as_str())
            });
            if let Some((owned, _)) = owned {
                found.push(format!(
                    "{}:{}: {owned} may not be used in {place}",
                    module.path, path.line
                ));
            }
        }
    }
    found
}

#[test]
fn each_technology_stays_in_its_crate() {
    let manifests = files("host", &["/Cargo.toml"]);
    let ours = manifests.iter().filter(|file| {
        CRATES
            .iter()
            .any(|name| file.path == format!("host/{name}/Cargo.toml"))
    });
    assert_none(
        &ours
            .flat_map(|file| foreign(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn each_technology_stays_in_its_room() {
    let service = Crate::read("host/service/src/lib.rs", &files("host/service", &[".rs"]));
    let room = |name: &[String]| name.first().cloned().unwrap_or_default();
    assert_none(&misplaced(&service, ROOM_OWNERS, room));
}

#[test]
fn clocks_are_read_at_the_rim() {
    let all = files("host", &[".rs"]);
    let others = CRATES.iter().filter(|name| **name != "service");
    let faults = others.flat_map(|name| {
        let read = Crate::read(&format!("host/{name}/src/lib.rs"), &all);
        misplaced(&read, CLOCK_OWNERS, |_| (*name).to_owned())
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn a_technology_out_of_its_place_is_found() {
    let manifest = "[dependencies]\nwasmtime.workspace = true\n";
    assert_eq!(foreign("host/service/Cargo.toml", manifest).len(), 1);
    assert_eq!(foreign("host/sandbox/Cargo.toml", manifest), [""; 0]);
}

#[test]
fn a_clock_below_the_rim_is_found() {
    let read = |text: &str| {
        let files = [File {
            path: "a/lib.rs".into(),
            text: text.into(),
        }];
        let read = Crate::read("a/lib.rs", &files);
        misplaced(&read, CLOCK_OWNERS, |_| "model".to_owned()).len()
    };
    assert_eq!(
        read("fn f() { let now = std::time::SystemTime::now(); }"),
        1
    );
    assert_eq!(
        read("use std::time::Instant; fn f() { g(Instant::now()) }"),
        1
    );
    assert_eq!(read("fn f(now: std::time::Instant) {}"), 0);
}
