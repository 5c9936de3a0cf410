//! The tools of each language: which of them are there, and the steps by which they turn a project into a module.
//!
//! Programs are run and their output is shown as it is; of WebAssembly nothing is known here. A build that is given up
//! (its future dropped) ends the program that it runs.

mod c;
mod error;
mod go;
mod install;
mod javascript;
mod python;
mod rust;
mod site;
mod step;
mod tool;
mod venv;
mod version;

use std::path::Path;

pub use error::BuildError;
pub use site::{Site, SiteError};
pub use tool::{Finding, State};
pub use version::Version;

use crate::project::Language;

/// Where a build takes what the project has not, and leaves what is for nobody else.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The folder with the contract.
    pub wit: &'a Path,
    /// An empty folder, thrown away afterwards.
    pub scratch: &'a Path,
}

/// Runs the language's own tools, and gives the module that they made: a core module, or a component. Needs a Tokio
/// runtime with IO.
pub async fn build(site: &Site, bench: Bench<'_>) -> Result<Vec<u8>, BuildError> {
    let missing = examine(site.language, &site.folder).await;
    if let Some(finding) = missing.into_iter().find(|finding| !finding.is_ready()) {
        let language = site.language;
        return Err(BuildError::Tool { language, finding });
    }
    match site.language {
        Language::Rust => rust::build(site).await,
        Language::Go => go::build(site, bench).await,
        Language::Python => python::build(site, bench).await,
        Language::JavaScript | Language::TypeScript => javascript::build(site, bench).await,
        Language::C => c::build(site, bench).await,
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
