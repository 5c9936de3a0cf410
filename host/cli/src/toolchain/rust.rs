use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::BuildError;
use super::install::Installable;
use super::project_dir::ProjectDir;
use super::step::Step;
use super::tool::{Finding, Tool, output};
use super::version::Version;

const TARGET: &str = "wasm32-unknown-unknown";
/// The version in the SDK's manifest.
const RUST_MIN: Version = Version::new(1, 95);

pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    let tools = [("rustc", Installable::Rust), ("cargo", Installable::Cargo)];
    let mut found = Vec::new();
    for (name, thing) in tools {
        let tool = Tool {
            name,
            line: &[name, "--version"],
            needed: RUST_MIN,
            thing,
        };
        found.push(tool.look(folder).await);
    }
    if found.iter().all(Finding::is_ready) {
        let line = ["rustc", "--print", "target-libdir", "--target", TARGET];
        let libraries = output(&line, folder).await;
        let is_there = libraries.is_ok_and(|path| Path::new(&path).is_dir());
        found.push(Finding::presence(
            "the target wasm32-unknown-unknown",
            Installable::WasmTarget,
            is_there,
        ));
    }
    found
}

pub(super) async fn build(project_dir: &ProjectDir) -> Result<Vec<u8>, BuildError> {
    let step =
        Step::new("cargo", &project_dir.folder).args(["build", "--release", "--target", TARGET]);
    let messages = step
        .arg("--message-format=json-render-diagnostics")
        .capture()
        .await?;
    let manifest = project_dir.folder.join("Cargo.toml");
    let modules = modules(&String::from_utf8_lossy(&messages), &manifest);
    let module = match modules.as_slice() {
        [module] => module,
        [] => {
            let fault = "it builds no library of the type \"cdylib\"; write crate-type = [\"cdylib\", \"rlib\"] under [lib]";
            return Err(BuildError::project(manifest, fault));
        }
        several => {
            let fault = format!(
                "it builds {} modules; a project must contain one policy",
                several.len()
            );
            return Err(BuildError::project(manifest, fault));
        }
    };
    fs::read(module).map_err(BuildError::io("read", module))
}

/// The modules that cargo built from that manifest's package, according to its messages (`cargo build --message-format`).
fn modules(messages: &str, manifest: &Path) -> Vec<PathBuf> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let libraries = messages.filter(|message| {
        let text = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
        let kinds = message
            .pointer("/target/crate_types")
            .and_then(Value::as_array);
        text("/reason") == Some("compiler-artifact")
            && text("/manifest_path").map(Path::new) == Some(manifest)
            && kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "cdylib"))
    });
    let files = libraries.flat_map(|message| {
        let names = message.get("filenames").and_then(Value::as_array);
        names.cloned().unwrap_or_default()
    });
    files
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_is_that_of_the_project_s_own_library() {
        let messages = r#"
            {"reason":"compiler-artifact","manifest_path":"/p/portcullis/Cargo.toml","target":{"crate_types":["lib"]},"filenames":["/t/libsdk.rlib"]}
            {"reason":"compiler-artifact","manifest_path":"/q/Cargo.toml","target":{"crate_types":["cdylib"]},"filenames":["/t/other.wasm"]}
            {"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","target":{"crate_types":["cdylib","rlib"]},"filenames":["/t/x.wasm","/t/libx.rlib"]}
            {"reason":"build-finished","success":true}
            no message"#;
        assert_eq!(
            modules(messages, Path::new("/p/Cargo.toml")),
            [Path::new("/t/x.wasm")]
        );
        assert!(modules(messages, Path::new("/p/portcullis/Cargo.toml")).is_empty());
    }

    #[test]
    fn the_oldest_rust_is_that_of_the_sdk() {
        let manifest = include_str!("../../../../guest-sdk/Cargo.toml");
        let line = manifest
            .lines()
            .find(|line| line.starts_with("rust-version"))
            .unwrap();
        assert_eq!(Version::parse(line), Some(RUST_MIN));
    }
}
