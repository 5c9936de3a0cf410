use std::io;
use std::path::{Path, PathBuf};

/// Why the operator's files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read {}: {cause}; check the path and that this user may read it", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{} is neither a file nor a directory; name one of these", .0.display())]
    Kind(PathBuf),
    #[error("{} is a folder, but has to be a file", .0.display())]
    Folder(PathBuf),
    #[error("{} has a name that is not UTF-8; rename it, because a policy could not ask for it", .0.display())]
    Name(PathBuf),
    #[error("both {} and {} have the name `{name}`: give one of them another name with NAME=PATH", first.display(), second.display())]
    Duplicate {
        name: String,
        first: PathBuf,
        second: PathBuf,
    },
    #[error("more than {max} files, the limit for a policy, at {}; put several into one file", path.display())]
    TooMany { path: PathBuf, max: usize },
    #[error("more than {max} bytes, the limit for a policy, at {}; shorten it, or raise module-bytes (of a module) or data-bytes (of data)", path.display())]
    TooLarge { path: PathBuf, max: u64 },
    #[error("directories in {} are nested more than {max} deep, or a link leads back into them; remove the link, or nest fewer", path.display())]
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

    /// Whether reading may succeed a moment later, without any change by the operator.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Changing(_))
    }
}
