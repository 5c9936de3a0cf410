use std::io;
use std::path::{Path, PathBuf};

/// Why files of the operator cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{} is neither a file nor a directory", .0.display())]
    Kind(PathBuf),
    #[error("{} is a folder where a file is due", .0.display())]
    Folder(PathBuf),
    #[error("{} has a name that is not UTF-8, which a policy could not ask for", .0.display())]
    Name(PathBuf),
    #[error("both {} and {} go by the name `{name}`: give one of them another with NAME=PATH", first.display(), second.display())]
    Duplicate {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("more than {max} files at {}: a policy gets no more", path.display())]
    TooMany { path: PathBuf, max: usize },
    #[error("more than {max} bytes, reached at {}: a policy gets no more", path.display())]
    TooLarge { path: PathBuf, max: u64 },
    #[error("directories at {} lie more than {max} deep, or within themselves by a link", path.display())]
    TooDeep { path: PathBuf, max: usize },
    #[error("{} is still being written", .0.display())]
    Changing(PathBuf),
}

impl ReadError {
    /// Where reading ended.
    pub fn path(&self) -> &Path {
        match self {
            Self::Kind(path) | Self::Folder(path) | Self::Name(path) | Self::Changing(path) => path,
            Self::Unreadable { path, .. }
            | Self::Duplicate { second: path, .. }
            | Self::TooMany { path, .. }
            | Self::TooLarge { path, .. }
            | Self::TooDeep { path, .. } => path,
        }
    }

    /// Whether the same may succeed a moment later, without anybody mending anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Changing(_))
    }
}
