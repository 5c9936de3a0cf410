use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::build_dirs::BuildDirs;
use super::error::BuildError;
use super::install::Installable;
use super::project_dir::ProjectDir;
use super::step::Step;
use super::tool::{Finding, Tool};
use super::version::Version;
use crate::project::Language;

const NODE_MIN: Version = Version::new(20, 0);
const NPM_MIN: Version = Version::new(9, 0);

pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    let tools = [
        ("node", NODE_MIN, Installable::Node),
        ("npm", NPM_MIN, Installable::Npm),
    ];
    let mut found = Vec::new();
    for (name, needed, thing) in tools {
        let line = [name, "--version"];
        let tool = Tool {
            name,
            line: &line,
            needed,
            thing,
        };
        found.push(tool.look(folder).await);
    }
    found
}

/// Builds a component.
pub(super) async fn build(
    project_dir: &ProjectDir,
    dirs: BuildDirs<'_>,
) -> Result<Vec<u8>, BuildError> {
    let folder = &project_dir.folder;
    install(folder).await?;
    let source = match project_dir.language {
        Language::TypeScript => {
            tool(folder, "tsc")?.arg("--noEmit").run().await?;
            "src/policy.ts"
        }
        _ => "src/policy.js",
    };
    let bundle = dirs.scratch.join("policy.mjs");
    // The contract's imports stay imports: componentize-js binds them.
    tool(folder, "esbuild")?
        .args([
            source,
            "--bundle",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
        ])
        .args([
            "--main-fields=module,main",
            "--external:portcullis:*",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
        ])
        .arg(format!("--outfile={}", bundle.display()))
        .run()
        .await?;
    let module = dirs.scratch.join("policy.wasm");
    // Random numbers, clocks and output come from the host, not from the build.
    tool(folder, "componentize-js")?
        .arg(&bundle)
        .arg("--wit")
        .arg(dirs.wit)
        .args(["--world-name", "policy", "--disable", "http", "fetch-event"])
        // For packages that read `location` while they are loaded; the address leads nowhere.
        .args(["--runtime-args", "--init-location https://policy.invalid/"])
        .arg("--out")
        .arg(&module)
        .run()
        .await?;
    fs::read(&module).map_err(BuildError::io("read", &module))
}

/// Installs the dependencies if they are missing or older than the manifest.
async fn install(folder: &Path) -> Result<(), BuildError> {
    // npm writes this file last.
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    let wanted = changed(&folder.join("package.json"));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    let verb = match folder.join("package-lock.json").is_file() {
        true => "ci",
        false => "install",
    };
    Step::new("npm", folder)
        .args([verb, "--no-audit", "--no-fund"])
        .run()
        .await
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// A tool from the project's dependencies.
fn tool(folder: &Path, name: &str) -> Result<Step, BuildError> {
    let program = folder.join("node_modules/.bin").join(name);
    if !program.exists() {
        let fault = format!("the build needs {name}; add it to devDependencies");
        return Err(BuildError::project(folder.join("package.json"), fault));
    }
    Ok(Step::new(program, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_that_the_project_does_not_depend_on_is_named() {
        let error = tool(Path::new("nowhere"), "esbuild")
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("package.json") && error.contains("esbuild"),
            "{error}"
        );
    }
}
