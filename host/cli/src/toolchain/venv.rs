//! Tools from `requirements.txt`, installed into the project's `.venv`, which is created if it is needed.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::BuildError;
use super::install::Installable;
use super::state::State;
use super::step::Step;
use super::tool::{Finding, NoOutput, Tool, output};
use super::version::Version;

pub(super) const PYTHON_MIN: Version = Version::new(3, 10);

const REQUIREMENTS: &str = "requirements.txt";
/// A copy of the requirements that were installed.
const INSTALLED: &str = ".venv/installed-requirements.txt";

/// A program of the project's environment, if it is installed and the requirements have not changed since.
pub(super) fn installed(folder: &Path, program: &str) -> Option<PathBuf> {
    let path = folder.join(".venv/bin").join(program);
    let recorded = fs::read(folder.join(INSTALLED)).ok();
    let wanted = fs::read(folder.join(REQUIREMENTS)).ok();
    let is_current = recorded.is_none() || recorded == wanted;
    (is_current && path.exists()).then_some(path)
}

/// Creates the environment and installs the requirements.
pub(super) async fn install(folder: &Path, program: &str) -> Result<PathBuf, BuildError> {
    let requirements = folder.join(REQUIREMENTS);
    let wanted = fs::read(&requirements).map_err(|error| {
        let fault = format!("cannot read the versions of the tools: {error}");
        BuildError::project(&requirements, fault)
    })?;
    Step::new("python3", folder)
        .args(["-m", "venv", ".venv"])
        .run()
        .await?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    let python = folder.join(".venv/bin/python");
    let step = Step::new(&python, folder).args(pip);
    step.args(["--requirement", REQUIREMENTS]).run().await?;
    let record = folder.join(INSTALLED);
    fs::write(&record, wanted).map_err(BuildError::io("write", &record))?;
    installed(folder, program).ok_or_else(|| {
        let fault = format!("it does not name the package that contains {program}; add it");
        BuildError::project(requirements, fault)
    })
}

/// The version that the requirements pin a package to: `name==1.2.3`.
pub(super) fn pinned(folder: &Path, package: &str) -> Option<Version> {
    let text = fs::read_to_string(folder.join(REQUIREMENTS)).ok()?;
    let pins = text.lines().filter_map(|line| line.split_once("=="));
    let mut pins = pins.filter(|(name, _)| name.trim().eq_ignore_ascii_case(package));
    pins.next().and_then(|(_, version)| Version::parse(version))
}

/// What is needed to create an environment.
pub(super) async fn needs(folder: &Path) -> Vec<Finding> {
    let python = Tool {
        name: "python3",
        line: &["python3", "--version"],
        needed: PYTHON_MIN,
        thing: Installable::Python,
    };
    let mut found = vec![python.look(folder).await];
    if found.iter().all(Finding::is_ready) {
        let line = ["python3", "-c", "import ensurepip, venv"];
        let is_there = output(&line, folder).await.is_ok();
        found.push(Finding::presence(
            "Python's venv",
            Installable::Venv,
            is_there,
        ));
    }
    found
}

/// The version that a program prints, if it runs and is new enough.
pub(super) async fn version(line: &[&str], folder: &Path, needed: Version) -> Option<Version> {
    let text: Result<String, NoOutput> = output(line, folder).await;
    Version::parse(&text.ok()?).filter(|found| *found >= needed)
}

/// A finding: the tool is installed in an accepted version.
pub(super) fn ready(tool: &'static str, found: Version, needed: Version) -> Finding {
    Finding {
        tool,
        state: State::Ready(Some(found)),
        needed: Some(needed),
        install: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".venv/bin")).unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_tool_of_other_requirements_is_installed_anew() {
        let tool = (".venv/bin/tool", "");
        let is_installed =
            |files: &[(&str, &str)]| installed(project(files).path(), "tool").is_some();
        assert!(is_installed(&[
            tool,
            (REQUIREMENTS, "tool==1"),
            (INSTALLED, "tool==1")
        ]));
        assert!(!is_installed(&[
            tool,
            (REQUIREMENTS, "tool==2"),
            (INSTALLED, "tool==1")
        ]));
        assert!(!is_installed(&[
            (REQUIREMENTS, "tool==1"),
            (INSTALLED, "tool==1")
        ]));
    }

    #[test]
    fn the_author_s_own_environment_is_used_unchanged() {
        let folder = project(&[(".venv/bin/tool", ""), (REQUIREMENTS, "tool==1")]);
        assert!(installed(folder.path(), "tool").is_some());
    }

    #[test]
    fn a_pin_is_read() {
        let folder = project(&[(REQUIREMENTS, "# tools\nother==9.9\nTool == 1.2.3  # why\n")]);
        assert_eq!(pinned(folder.path(), "tool").unwrap().to_string(), "1.2.3");
        assert_eq!(pinned(folder.path(), "third"), None);
    }
}
