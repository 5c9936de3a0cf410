//! The rooms of the service: imports point downwards, and rooms of the same layer do not import each other. Between crates,
//! Cargo ensures that.

use super::house::{File, assert_none, files};
use super::modules::Crate;
use super::paths::named;

/// The rooms of `host/service/src` by layer, lowest first. Add a new room here.
const LAYERS: [&[&str]; 7] = [
    &["clock"],
    &["router", "telemetry", "throttle"],
    &["catalog"],
    &["authorizer", "reload"],
    &["http", "nats", "workers"],
    &["config"],
    &["service"],
];

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

fn faults(root: &str, files: &[File]) -> Vec<String> {
    let read = Crate::read(root, files);
    let mut found = Vec::new();
    for (name, module) in &read.modules {
        let Some(here) = name.first() else {
            continue;
        };
        let Some(our_layer) = layer(here) else {
            found.push(format!(
                "{}: the room {here} is in no layer; add it to tests/tidy/layers.rs",
                module.path
            ));
            continue;
        };
        for path in named(&module.items) {
            let resolved = path.resolve(name, |word| read.has_child(name, word));
            let Some(there) = resolved
                .and_then(|path| path.first().cloned())
                .filter(|there| there != here)
            else {
                continue;
            };
            if layer(&there).is_some_and(|their_layer| their_layer >= our_layer) {
                found.push(format!(
                    "{}:{}: {here} may not import {there} ({})",
                    module.path,
                    path.line,
                    path.text()
                ));
            }
        }
    }
    found
}

#[test]
fn imports_point_downwards() {
    assert_none(&faults(
        "host/service/src/lib.rs",
        &files("host/service", &[".rs"]),
    ));
}

fn service(catalog: &str, router: &str) -> Vec<String> {
    let file = |path: &str, text: &str| File {
        path: path.into(),
        text: text.into(),
    };
    let files = [
        file("a/lib.rs", "mod catalog; mod router;"),
        file("a/catalog.rs", catalog),
        file("a/router.rs", router),
    ];
    faults("a/lib.rs", &files)
}

#[test]
fn an_import_upwards_is_found() {
    assert_eq!(service("use crate::router::Routes;", ""), [""; 0]);
    assert_eq!(service("", "use crate::{catalog::Catalog};").len(), 1);
    assert_eq!(service("", "fn f() { crate::catalog::f() }").len(), 1);
}

#[test]
fn a_room_without_a_layer_is_found() {
    let file = |path: &str, text: &str| File {
        path: path.into(),
        text: text.into(),
    };
    let files = [file("a/lib.rs", "mod attic;"), file("a/attic.rs", "")];
    assert_eq!(faults("a/lib.rs", &files).len(), 1);
}
