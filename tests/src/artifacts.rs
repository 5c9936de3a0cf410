//! What has to be built or fetched before the tests: the binary, the guests, nats-server. Each is made once per test run, by
//! the same cargo and in the same target directory, where most of it exists already.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use serde_json::Value;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

/// The `portcullis` binary; `PORTCULLIS_BIN` names another.
pub fn portcullis() -> &'static Path {
    static NAMED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let named = NAMED.get_or_init(|| std::env::var_os("PORTCULLIS_BIN").map(PathBuf::from));
    named.as_deref().unwrap_or_else(|| binary("portcullis"))
}

/// A binary of the workspace, built with the features that `cargo test --workspace` gives its dependencies: cargo counts
/// those of tests as soon as an example is asked for. With others, wasmtime would be compiled once more.
pub fn binary(name: &str) -> &'static Path {
    static BUILT: Made = Made::new();
    BUILT.get(name, || {
        let arguments = ["--workspace", "--example", "prints", "--bin", name];
        build(&arguments, "executable")
    })
}

/// An example of a crate in `host/`.
pub fn host_example(name: &str) -> &'static Path {
    static BUILT: Made = Made::new();
    BUILT.get(name, || {
        build(&["--workspace", "--example", name], "executable")
    })
}

/// Where tested processes keep compiled policies: beside the binary.
pub fn cache_home() -> PathBuf {
    portcullis().with_file_name("test-cache")
}

/// A guest by the name of its file in `tests/guests`, or a policy by the name of its package: a core module with component
/// metadata; only `prints` is a component for WASI.
pub fn guest(name: &str) -> &'static Path {
    static GUESTS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    if name == "prints" {
        return guest_of_wasi(name);
    }
    if crate_names().contains(&name) {
        return example(name);
    }
    let guests = GUESTS.get_or_init(|| {
        let packages = [
            "--package",
            "portcullis-guests",
            "--package",
            "portcullis-conformance",
        ];
        let targets = ["--lib", "--examples", "--target", "wasm32-unknown-unknown"];
        build(&[packages, targets].concat(), "filenames")
    });
    find(guests, name)
}

/// A package of `examples/` and no other, as some take long; the features that they share are named by the package of the
/// guests.
fn example(name: &str) -> &'static Path {
    static EXAMPLES: Made = Made::new();
    EXAMPLES.get(name, || {
        let packages = ["--package", "portcullis-guests", "--package", name];
        let targets = ["--lib", "--target", "wasm32-unknown-unknown"];
        build(&[&packages[..], &targets].concat(), "filenames")
    })
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

fn find(built: &'static BTreeMap<String, PathBuf>, name: &str) -> &'static Path {
    let found = named(built, name);
    found.unwrap_or_else(|| panic!("there is no guest {name}, only {:?}", built.keys()))
}

/// Libraries are named with underscores, whatever their packages are called.
fn named<'a>(built: &'a BTreeMap<String, PathBuf>, name: &str) -> Option<&'a PathBuf> {
    let found = built.get(name);
    found.or_else(|| built.get(&name.replace('-', "_")))
}

/// What was built one by one. Paths are kept for as long as the process runs.
struct Made(Mutex<BTreeMap<String, &'static Path>>);

impl Made {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The artifact of that name, which is built when it is first asked for; others wait meanwhile.
    fn get(&self, name: &str, build: impl FnOnce() -> BTreeMap<String, PathBuf>) -> &'static Path {
        let mut made = self.0.lock().expect("no build failed");
        if let Some(path) = made.get(name) {
            return path;
        }
        let built = build();
        let path = named(&built, name).unwrap_or_else(|| panic!("cargo built no {name}"));
        let path: &'static Path = Box::leak(path.clone().into_boxed_path());
        made.insert(name.to_owned(), path);
        path
    }
}

/// The folders of `examples/` that contain a package.
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

/// The path of the `nats` command line tool, in the default version of `tests/tools/nats-cli`.
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

/// Runs `cargo build` and returns the path of each target by its name.
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
