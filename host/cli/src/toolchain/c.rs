use std::fs;
use std::path::Path;

use super::build_dirs::BuildDirs;
use super::error::BuildError;
use super::project_dir::{ProjectDir, sources};
use super::step::Step;
use super::tool::Finding;
use super::venv;
use super::version::Version;

/// The oldest version that was tested. It contains clang and the C library of WASI.
const ZIG_MIN: Version = Version::new(0, 13);

pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    match zig(folder).await {
        Some((_, version)) => vec![venv::ready("zig", version, ZIG_MIN)],
        None => venv::needs(folder).await,
    }
}

/// Builds a core module for WASI preview 1.
pub(super) async fn build(
    project_dir: &ProjectDir,
    dirs: BuildDirs<'_>,
) -> Result<Vec<u8>, BuildError> {
    let folder = &project_dir.folder;
    let zig = match zig(folder).await {
        Some((words, _)) => words,
        None => of_python(&venv::install(folder, "python").await?),
    };
    let module = dirs.scratch.join("policy.wasm");
    let relative = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_owned();
    let own = sources(&folder.join("src"), "c");
    let sdk = sources(&folder.join("portcullis"), "c");
    Step::of_words(&zig, folder)
        .args([
            "cc",
            "-target",
            "wasm32-wasi",
            "-mexec-model=reactor",
            "-Oz",
        ])
        .args(["-Wl,--strip-all", "-I", "portcullis", "-o"])
        .arg(&module)
        .args(own.iter().chain(&sdk).map(|path| relative(path)))
        .run()
        .await?;
    fs::read(&module).map_err(BuildError::io("read", &module))
}

/// The command that runs zig: from PATH, from Python's packages, or from the project.
async fn zig(folder: &Path) -> Option<(Vec<String>, Version)> {
    let mut ways = vec![vec!["zig".to_owned()], of_python(Path::new("python3"))];
    ways.extend(venv::installed(folder, "python").map(|python| of_python(&python)));
    for words in ways {
        let mut line: Vec<_> = words.iter().map(String::as_str).collect();
        line.push("version");
        if let Some(version) = venv::version(&line, folder, ZIG_MIN).await {
            return Some((words, version));
        }
    }
    None
}

fn of_python(python: &Path) -> Vec<String> {
    let python = python.to_string_lossy().into_owned();
    vec![python, "-m".to_owned(), "ziglang".to_owned()]
}
