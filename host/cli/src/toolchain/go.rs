use std::fs;
use std::path::Path;

use super::build_dirs::BuildDirs;
use super::error::BuildError;
use super::install::Installable;
use super::project_dir::ProjectDir;
use super::step::Step;
use super::tool::{Finding, Tool};
use super::version::Version;

/// The first version that can export functions from a library for WASI (`//go:wasmexport`, `-buildmode=c-shared`).
const GO_MIN: Version = Version::new(1, 24);

pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    let go = Tool {
        name: "go",
        line: &["go", "version"],
        needed: GO_MIN,
        thing: Installable::Go,
    };
    vec![go.look(folder).await]
}

/// Builds a core module for WASI preview 1.
pub(super) async fn build(
    project_dir: &ProjectDir,
    dirs: BuildDirs<'_>,
) -> Result<Vec<u8>, BuildError> {
    let module = dirs.scratch.join("policy.wasm");
    Step::new("go", &project_dir.folder)
        .args([
            "build",
            "-buildmode=c-shared",
            "-trimpath",
            "-ldflags=-s -w",
            "-o",
        ])
        .arg(&module)
        .arg(".")
        .env("GOARCH", "wasm")
        .env("GOOS", "wasip1")
        .run()
        .await?;
    fs::read(&module).map_err(BuildError::io("read", &module))
}
