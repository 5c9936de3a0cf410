use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use super::tool::Finding;
use crate::project::Language;

/// Why a build produced no module.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{finding}; policies in {language} need it")]
    Tool {
        language: Language,
        finding: Finding,
    },
    /// The tool's output was shown before.
    #[error("`{line}` failed ({status}); see its output above")]
    Failed { line: String, status: ExitStatus },
    #[error("{path}: {fault}", path = .path.display())]
    Project { path: PathBuf, fault: String },
    #[error("cannot {verb} {path}: {error}", path = .path.display())]
    Io {
        verb: &'static str,
        path: PathBuf,
        error: io::Error,
    },
}

impl BuildError {
    pub(super) fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { verb, path, error }
    }

    pub(super) fn project(path: impl Into<PathBuf>, fault: impl Into<String>) -> Self {
        Self::Project {
            path: path.into(),
            fault: fault.into(),
        }
    }
}
