use std::fs;
use std::path::{Path, PathBuf};

use super::build_dirs::BuildDirs;
use super::error::BuildError;
use super::project_dir::ProjectDir;
use super::step::Step;
use super::tool::Finding;
use super::venv;
use super::version::Version;

const TOOL: &str = "componentize-py";
/// The oldest version that was tested.
const TOOL_MIN: Version = Version::new(0, 25);

pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    match tool(folder).await {
        Some((_, version)) => vec![venv::ready(TOOL, version, TOOL_MIN)],
        None => venv::needs(folder).await,
    }
}

/// Builds a component.
pub(super) async fn build(
    project_dir: &ProjectDir,
    dirs: BuildDirs<'_>,
) -> Result<Vec<u8>, BuildError> {
    let folder = &project_dir.folder;
    let tool = match tool(folder).await {
        Some((tool, _)) => tool,
        None => venv::install(folder, TOOL).await?,
    };
    let module = dirs.scratch.join("policy.wasm");
    // Without --stub-wasi: it would freeze the source of random numbers into the module.
    Step::new(tool, folder)
        .arg("-d")
        .arg(dirs.wit)
        .args(["-w", "policy", "componentize", "app", "-p"])
        .arg(folder)
        .args(
            linked_sdk(folder)
                .iter()
                .flat_map(|sdk| [Path::new("-p"), sdk]),
        )
        .arg("-o")
        .arg(&module)
        .run()
        .await?;
    fs::read(&module).map_err(BuildError::io("read", &module))
}

/// The folder that contains the package `portcullis`, if the project has only a link to it. componentize-py gives the
/// folders of `-p` to the guest, where a link that leads out of them cannot be followed.
fn linked_sdk(folder: &Path) -> Option<PathBuf> {
    let package = folder.join("portcullis");
    package.read_link().ok()?;
    Some(package.canonicalize().ok()?.parent()?.to_owned())
}

/// The project's own tool; without an environment, the machine's, if it has the version that the project pins.
async fn tool(folder: &Path) -> Option<(PathBuf, Version)> {
    let own = venv::installed(folder, TOOL);
    if own.is_none() && folder.join(".venv").exists() {
        return None;
    }
    let program = own.clone().unwrap_or_else(|| PathBuf::from(TOOL));
    let line = [program.to_str()?, "--version"];
    let version = venv::version(&line, folder, TOOL_MIN).await?;
    let is_pinned = venv::pinned(folder, TOOL).is_none_or(|pinned| pinned == version);
    (own.is_some() || is_pinned).then_some((program, version))
}
