//! One technology, one room; and the clock only at the rim.

use super::house::{assert_none, files};
use super::rust_text::code;

/// A name that appears in code, and the rooms (paths below `host/src`) that may say it.
const OWNERS: &[(&str, &[&str])] = &[
    ("async_nats", &["nats"]),
    ("wasmtime", &["policy"]),
    ("wasmtime_wasi", &["policy"]),
    ("wasmtime_wizer", &["policy"]),
    ("wit_component", &["policy"]),
    ("wasmparser", &["policy"]),
    ("wasm_encoder", &["policy"]),
    ("wit_parser", &["policy"]),
    ("aws_lc_rs", &["callout"]),
    ("crypto_box", &["callout"]),
    ("nkeys", &["callout"]),
    ("x509_parser", &["callout"]),
    ("axum", &["http"]),
    ("toml", &["config"]),
    ("clap", &["cli", "config", "main"]),
    ("notify", &["reload"]),
    ("prometheus_client", &["telemetry"]),
    (
        "SystemTime::now",
        &["nats", "workers", "http", "service", "cli", "main"],
    ),
    (
        "Instant::now",
        &[
            "nats", "workers", "http", "service", "cli", "main", TIMERS[0], TIMERS[1], TIMERS[2],
        ],
    ),
    ("Utc::now", &[]),
];

/// Below the rim, only what has a deadline of its own or measures itself may look at a stopwatch: a decision's
/// deadline, the timings of a load, and the settling of watched files.
const TIMERS: [&str; 3] = ["policy", "reload", "authorizer"];

fn faults(path: &str, text: &str) -> Vec<String> {
    let inside = path.strip_prefix("host/src/").unwrap_or(path);
    let room = inside.split(['/', '.']).next().unwrap_or_default();
    let mut found = Vec::new();
    for (number, line) in code(text).iter().enumerate() {
        for (name, _) in OWNERS.iter().filter(|(_, rooms)| !rooms.contains(&room)) {
            if says(line, name) {
                found.push(format!(
                    "{path}:{}: {name} has no place in {room}",
                    number + 1
                ));
            }
        }
    }
    found
}

/// Whether the line has the name as a crate in a path or an import, not as a part of another word, nor a field.
fn says(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + name.len()..).unwrap_or_default();
        let word = |character: char| character.is_alphanumeric() || character == '_';
        let a_path = name.contains("::") || after.starts_with("::") || after.starts_with(';');
        a_path
            && !before.is_some_and(|character| {
                word(character) || (character == ':' && !name.contains("::")) || character == '.'
            })
    })
}

#[test]
fn each_technology_stays_in_its_room() {
    let sources = files("host/src", &[".rs"]);
    let production = sources
        .iter()
        .filter(|file| !file.path.ends_with("/tests.rs"));
    assert_none(
        &production
            .flat_map(|file| faults(&file.path, &file.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_technology_out_of_its_room_is_found() {
    assert_eq!(
        faults("host/src/catalog.rs", "use wasmtime::Engine;").len(),
        1
    );
    assert_eq!(
        faults("host/src/policy/call.rs", "use wasmtime::Engine;"),
        [""; 0]
    );
    assert_eq!(
        faults(
            "host/src/catalog.rs",
            "use crate::nkeys::Thing; // wasmtime::Engine"
        ),
        [""; 0]
    );
}

#[test]
fn a_clock_below_the_rim_is_found() {
    assert_eq!(
        faults(
            "host/src/callout/request.rs",
            "let now = std::time::SystemTime::now();"
        )
        .len(),
        1
    );
    assert_eq!(
        faults("host/src/bounds.rs", "let start = Instant::now();").len(),
        1
    );
    assert_eq!(
        faults("host/src/service.rs", "let start = Instant::now();"),
        [""; 0]
    );
}
