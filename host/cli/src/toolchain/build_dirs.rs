use std::path::Path;

/// The folders of one build beside the project itself.
#[derive(Clone, Copy, Debug)]
pub struct BuildDirs<'a> {
    /// The folder with the contract.
    pub wit: &'a Path,
    /// An empty folder for files in between; the caller deletes it afterwards.
    pub scratch: &'a Path,
}
