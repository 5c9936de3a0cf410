//! Each package of ours keeps the checks of a debug build. The development profile turns them off for everything that it does
//! not name, because dependencies do not need them.

use std::fs;

use toml::{Table, Value};

use super::house::{assert_none, root};

#[test]
fn every_package_of_ours_keeps_its_debug_assertions_and_overflow_checks() {
    let workspace = manifest("Cargo.toml");
    let members = workspace["workspace"]["members"].as_array();
    let members = members.expect("members").iter().filter_map(Value::as_str);
    let packages: Vec<_> = members
        .map(|member| manifest(&format!("{member}/Cargo.toml")))
        .collect();
    let names: Vec<_> = packages
        .iter()
        .filter_map(|package| package["package"]["name"].as_str())
        .collect();
    assert!(!names.is_empty());
    assert_none(&faults(&workspace, &names));
}

fn manifest(path: &str) -> Table {
    let text = fs::read_to_string(root().join(path)).expect("the manifest");
    text.parse().expect("TOML")
}

fn faults(workspace: &Table, names: &[&str]) -> Vec<String> {
    let of_package = &workspace["profile"]["dev"]["package"];
    let is_on = |name: &str, check: &str| {
        let profile = of_package.get(name).and_then(|profile| profile.get(check));
        profile.and_then(Value::as_bool) == Some(true)
    };
    let lacks = |name: &&str| !is_on(name, "debug-assertions") || !is_on(name, "overflow-checks");
    let lacking = names.iter().copied().filter(lacks);
    lacking
        .map(|name| format!("Cargo.toml: [profile.dev.package] needs {name} = {{ debug-assertions = true, overflow-checks = true }}"))
        .collect()
}

#[test]
fn a_package_without_its_checks_is_found() {
    let workspace: Table = "[profile.dev.package]\n\
        good = { debug-assertions = true, overflow-checks = true }\n\
        half = { opt-level = 1, debug-assertions = true }"
        .parse()
        .expect("TOML");
    let found = faults(&workspace, &["good", "half", "new"]);
    assert_eq!(found.len(), 2, "{found:?}");
}
