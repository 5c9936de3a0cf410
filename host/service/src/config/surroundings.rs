use std::io;
use std::path::Path;

/// What the settings are read from, in addition to the command line: the process itself, or the replacement of a test.
pub trait Surroundings {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;

    /// The whole text of a file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Whether the file could be read, without reading it.
    fn probe(&self, path: &Path) -> io::Result<()>;

    /// Whether there is a file or a folder.
    fn exists(&self, path: &Path) -> io::Result<()>;
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

    fn exists(&self, path: &Path) -> io::Result<()> {
        std::fs::metadata(path).map(drop)
    }
}
