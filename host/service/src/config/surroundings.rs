use std::io;
use std::path::Path;

use crate::reload::has_files;

/// What the settings are read from, in addition to the command line: the process itself, or the replacement of a test.
pub trait Surroundings {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// The whole text of a file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Whether the file could be read, without reading it.
    fn probe(&self, path: &Path) -> io::Result<()>;

    /// Whether there is data: a file that can be read, or a folder that can be read and has at least one file.
    fn has_data(&self, path: &Path) -> io::Result<bool>;
}

/// The environment and the files of this process.
#[derive(Clone, Copy, Debug)]
pub struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn probe(&self, path: &Path) -> io::Result<()> {
        if std::fs::File::open(path)?.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(())
    }

    fn has_data(&self, path: &Path) -> io::Result<bool> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return has_files(path);
        }
        // Opening anything else, such as a pipe, could wait for ever. The reader refuses it.
        if metadata.is_file() {
            std::fs::File::open(path)?;
        }
        Ok(true)
    }
}
