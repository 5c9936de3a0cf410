//! The development profile. Each package of ours keeps the checks of a debug build: the profile turns them off for everything
//! that it does not name, because dependencies do not need them. And macros share with the rest what they need.

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

/// What cargo cannot set for macros and build scripts. A package that they share with the rest would be compiled in one way or
/// the other, depending on the targets asked for.
const NOT_FOR_MACROS: [&str; 2] = ["lto", "panic"];

#[test]
fn macros_share_what_they_need_with_the_rest() {
    assert_none(&unshared(&manifest("Cargo.toml")));
}

fn unshared(workspace: &Table) -> Vec<String> {
    let dev = &workspace["profile"]["dev"];
    let keys = NOT_FOR_MACROS.iter().filter(|key| dev.get(key).is_some());
    let mut faults: Vec<_> = keys
        .map(|key| format!("Cargo.toml: [profile.dev]: {key} cannot be set for macros"))
        .collect();
    for key in ["opt-level", "codegen-units"] {
        if dev.get(key) != dev.get("build-override").and_then(|macros| macros.get(key)) {
            faults.push(format!(
                "Cargo.toml: [profile.dev.build-override] needs the {key} of [profile.dev]"
            ));
        }
    }
    faults
}

#[test]
fn a_profile_that_macros_cannot_have_is_found() {
    let workspace: Table = "[profile.dev]\n\
        opt-level = 0\n\
        lto = 'off'\n\
        [profile.dev.build-override]\n\
        opt-level = 3"
        .parse()
        .expect("TOML");
    let found = unshared(&workspace);
    assert_eq!(found.len(), 2, "{found:?}");
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
