//! The tools of each language: which of them are there, and the steps by which they turn a project into a module.
//!
//! Programs are run and their output is shown as it is; of WebAssembly nothing is known here. A build that is given up
//! (its future dropped) ends the program that it runs.

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

/// Runs the language's own tools, and gives the module that they made: a core module, or a component. Needs a Tokio
/// runtime with IO.
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

/// What building in that folder needs of the machine, and what was found: the folder may have tools of its own.
pub async fn examine(language: Language, folder: &Path) -> Vec<Finding> {
    match language {
        Language::Rust => rust::needs(folder).await,
        Language::Go => go::needs(folder).await,
        Language::Python => python::needs(folder).await,
        Language::JavaScript | Language::TypeScript => javascript::needs(folder).await,
        Language::C => c::needs(folder).await,
    }
}
