//! No circles between the files of a crate. A file that declares a module depends on it, so no file may import from a file
//! that declares it, not even a re-exported name.

use std::collections::{BTreeMap, BTreeSet};

use super::house::{File, assert_none, files};
use super::modules::Crate;
use super::paths::named;

/// The crates of the host, by folder.
pub(super) const CRATES: [&str; 7] = [
    "callout",
    "cli",
    "componentize",
    "model",
    "permits",
    "sandbox",
    "service",
];

/// Which file uses which others.
type Uses = BTreeMap<String, BTreeSet<String>>;

fn uses(root: &str, files: &[File]) -> Uses {
    let read = Crate::read(root, files);
    let mut uses = Uses::new();
    for (name, module) in &read.modules {
        let mut used = BTreeSet::new();
        for path in named(&module.items) {
            if let Some(path) = path.resolve(name, |word| read.has_child(name, word)) {
                used.insert(read.module_of(&path).to_vec());
            }
        }
        let declared = read.modules.keys().filter(|other| {
            other
                .split_last()
                .is_some_and(|(_, above)| above == name.as_slice())
        });
        used.extend(declared.cloned());
        used.remove(name);
        let files = used.iter().map(|used| read.modules[used].path.clone());
        uses.insert(module.path.clone(), files.collect());
    }
    uses
}

/// Every pair of files that reach each other, with one line for each direction that is short enough to read.
fn faults(uses: &Uses) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for file in uses.keys() {
        let Some(circle) = circle(file, uses) else {
            continue;
        };
        let members: BTreeSet<_> = circle.iter().cloned().collect();
        if seen.insert(members) {
            found.push(format!("a circle: {}", circle.join(" -> ")));
        }
    }
    found
}

/// The shortest path from a file back to itself.
fn circle(start: &str, uses: &Uses) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut reached = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = way.last().cloned().unwrap_or_default();
            for next in uses.get(&last).into_iter().flatten() {
                let more = [way.as_slice(), std::slice::from_ref(next)].concat();
                if next == start {
                    return Some(more);
                }
                if reached.insert(next.clone()) {
                    longer.push(more);
                }
            }
        }
        ways = longer;
    }
    None
}

#[test]
fn no_file_of_a_crate_depends_on_itself() {
    let all = files("host", &[".rs"]);
    let crates = CRATES.map(|name| faults(&uses(&format!("host/{name}/src/lib.rs"), &all)));
    assert_none(&crates.concat());
}

#[test]
fn every_crate_of_the_host_is_looked_at() {
    let manifests = files("host", &["/Cargo.toml"]);
    let folders: Vec<_> = manifests
        .iter()
        .filter_map(|file| file.path.strip_prefix("host/")?.strip_suffix("/Cargo.toml"))
        // Not crates of the host: what `new` writes, and what packs the archive.
        .filter(|folder| !folder.contains('/') && *folder != "dist")
        .collect();
    assert_eq!(folders, CRATES);
}

#[test]
fn a_circle_is_found_also_through_a_facade() {
    let file = |path: &str, text: &str| File {
        path: path.into(),
        text: text.into(),
    };
    let through = |child: &str| {
        let files = [
            file("a/src/lib.rs", "mod one; mod two; pub use one::One;"),
            file("a/src/one.rs", "pub struct One;"),
            file("a/src/two.rs", child),
        ];
        faults(&uses("a/src/lib.rs", &files)).len()
    };
    assert_eq!(through("use super::one::One;"), 0);
    assert_eq!(through("use crate::One;"), 1);
    assert_eq!(through("fn f() { println!(\"{}\", super::One) }"), 1);
}
