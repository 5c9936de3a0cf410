//! What the tests run that has to be built or fetched first: the binary, the guests, nats-server. Each is made once per
//! test run, by the same cargo and in the same target directory, where most of it lies ready.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// The `portcullis` binary; `PORTCULLIS_BIN` names another. Everything is built, as `cargo test` does it: fewer targets
/// would have other features, and wasmtime would be compiled once more.
pub fn portcullis() -> &'static Path {
    static NAMED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let named = NAMED.get_or_init(|| std::env::var_os("PORTCULLIS_BIN").map(PathBuf::from));
    named.as_deref().unwrap_or_else(|| binary("portcullis"))
}

/// A binary of the workspace.
pub fn binary(name: &str) -> &'static Path {
    static BUILT: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build(&["--workspace", "--all-targets"], "executable"));
    let path = built.get(name);
    path.unwrap_or_else(|| panic!("cargo built no {name}"))
}

/// Where processes under test keep compiled policies: beside the binary.
pub fn cache_home() -> PathBuf {
    portcullis().with_file_name("test-cache")
}

/// A guest by the name of its file in `tests/guests`, or a policy by the name of its package: a core module with component
/// metadata, except `prints`, which is a component for WASI.
pub fn guest(name: &str) -> &'static Path {
    static GUESTS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    if name == "prints" {
        return guest_of_wasi(name);
    }
    let guests = GUESTS.get_or_init(|| {
        let mut arguments = vec!["--lib", "--examples", "--target", "wasm32-unknown-unknown"];
        for package in ["portcullis-guests", "portcullis-conformance"]
            .into_iter()
            .chain(crate_names())
        {
            arguments.extend(["--package", package]);
        }
        build(&arguments, "filenames")
    });
    find(guests, name)
}

/// The same for the target `wasm32-wasip2`: a component that imports WASI.
pub fn guest_of_wasi(name: &str) -> &'static Path {
    static GUESTS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    let guests = GUESTS.get_or_init(|| {
        let arguments = [
            "--package",
            "portcullis-guests",
            "--package",
            "portcullis-conformance",
            "--lib",
            "--example",
            "prints",
            "--target",
            "wasm32-wasip2",
        ];
        build(&arguments, "filenames")
    });
    find(guests, name)
}

fn find(guests: &'static BTreeMap<String, PathBuf>, name: &str) -> &'static Path {
    let found = guests
        .get(name)
        .or_else(|| guests.get(&name.replace('-', "_")));
    found.unwrap_or_else(|| panic!("there is no guest {name}, only {:?}", guests.keys()))
}

/// The folders of `examples/` that hold a package.
fn crate_names() -> Vec<&'static str> {
    include!(concat!(env!("OUT_DIR"), "/examples.rs")).to_vec()
}

/// The path of a nats-server of that version.
pub fn nats_server(version: &str) -> PathBuf {
    static FOUND: Mutex<Option<HashMap<String, PathBuf>>> = Mutex::new(None);
    let mut found = FOUND.lock().expect("the paths");
    let paths = found.get_or_insert_default();
    if let Some(path) = paths.get(version) {
        return path.clone();
    }
    let output = Command::new(root().join("tests/tools/nats-server"))
        .arg(version)
        .stderr(Stdio::inherit())
        .output()
        .expect("tests/tools/nats-server runs");
    assert!(
        output.status.success(),
        "there is no nats-server {version}: see the lines above"
    );
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    paths.insert(version.to_owned(), path.clone());
    path
}

/// The path of the `nats` command line tool, of the version that `tests/tools/nats-cli` has by default.
pub fn nats_cli() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let output = Command::new(root().join("tests/tools/nats-cli"))
            .stderr(Stdio::inherit())
            .output()
            .expect("tests/tools/nats-cli runs");
        assert!(
            output.status.success(),
            "there is no nats command line tool: see the lines above"
        );
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    })
}

/// Runs `cargo build` and gives the path of each target by its name.
fn build(arguments: &[&str], field: &str) -> BTreeMap<String, PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root())
        .args([
            "build",
            "--quiet",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo build {} failed",
        arguments.join(" ")
    );
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let artifacts = messages.filter(|message| {
        message["reason"] == "compiler-artifact" && message["profile"]["test"] == false
    });
    artifacts
        .filter_map(|artifact| named_path(&artifact, field))
        .collect()
}

fn named_path(artifact: &Value, field: &str) -> Option<(String, PathBuf)> {
    let name = artifact["target"]["name"].as_str()?.to_owned();
    let path = match &artifact[field] {
        Value::Array(paths) => {
            let mut paths = paths.iter().filter_map(Value::as_str);
            paths.find(|path| path.ends_with(".wasm"))?
        }
        path => path.as_str()?,
    };
    Some((name, PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::guest;

    const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn guests_are_core_modules_but_the_one_for_wasi_is_a_component() {
        for (name, header) in [("remembers", CORE_MODULE), ("prints", COMPONENT)] {
            let bytes = std::fs::read(guest(name)).expect("the guest");
            assert!(bytes.starts_with(header), "{name}");
        }
    }
}
