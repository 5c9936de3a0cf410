use std::path::Path;

/// The folders that a build needs in addition to the project.
#[derive(Clone, Copy, Debug)]
pub struct BuildDirs<'a> {
    /// The folder with the contract.
    pub wit: &'a Path,
    /// An empty folder for temporary files. The caller deletes it.
    pub scratch: &'a Path,
}
