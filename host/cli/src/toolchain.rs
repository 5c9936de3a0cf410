//! The tools of each language: which of them are installed, and the steps that build a module from a project.
//!
//! It runs programs and shows their output unchanged; it knows nothing of WebAssembly. If the future of a build is
//! dropped, the running program is ended.

mod build_dirs;
mod c;
mod error;
mod go;
mod install;
mod javascript;
mod project_dir;
mod python;
mod rust;
mod state;
mod step;
mod tool;
mod venv;
mod version;

use std::path::Path;

pub use build_dirs::BuildDirs;
pub use error::BuildError;
pub use project_dir::{ProjectDir, ProjectDirError};
pub use state::State;
pub use tool::Finding;
pub use version::Version;

use crate::project::Language;

/// Runs the language's tools and returns the module: a core module or a component. Needs a Tokio runtime with IO.
pub async fn build(project_dir: &ProjectDir, dirs: BuildDirs<'_>) -> Result<Vec<u8>, BuildError> {
    let missing = examine(project_dir.language, &project_dir.folder).await;
    if let Some(finding) = missing.into_iter().find(|finding| !finding.is_ready()) {
        let language = project_dir.language;
        return Err(BuildError::Tool { language, finding });
    }
    match project_dir.language {
        Language::Rust => rust::build(project_dir).await,
        Language::Go => go::build(project_dir, dirs).await,
        Language::Python => python::build(project_dir, dirs).await,
        Language::JavaScript | Language::TypeScript => javascript::build(project_dir, dirs).await,
        Language::C => c::build(project_dir, dirs).await,
    }
}

/// What a build in that folder needs, and what was found. The folder may contain tools of its own.
pub async fn examine(language: Language, folder: &Path) -> Vec<Finding> {
    match language {
        Language::Rust => rust::needs(folder).await,
        Language::Go => go::needs(folder).await,
        Language::Python => python::needs(folder).await,
        Language::JavaScript | Language::TypeScript => javascript::needs(folder).await,
        Language::C => c::needs(folder).await,
    }
}
