//! Reads the files and directories that the operator names, once and completely.

mod read_error;
mod scan;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

pub use read_error::ReadError;
use scan::FoundFile;
pub use scan::{Fingerprint, fingerprint, has_files};

/// `[NAME=]FILE|DIR`: where data is, and what a policy calls it. By default a file has its own name, and a file in a
/// directory its relative path, with `/`. A given name replaces the file's name, or precedes the paths in the directory.
///
/// Inside a directory, files that editors and Kubernetes leave behind are ignored: names that begin with a dot, `*~`,
/// `*.swp`, `*.tmp` and `4913`. Everything that is not a file is ignored, too. Symbolic links are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSpec {
    pub name: Option<String>,
    pub path: PathBuf,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("`{0}` has no path: write FILE, DIR, NAME=FILE or NAME=DIR")]
    NoPath(String),
    #[error(
        "`{0}` begins with an empty name: write NAME=FILE, or ./FILE if the name of the file contains `=`"
    )]
    NoName(String),
    #[error(
        "`{0}`: the name has an empty part, `.` or `..` in it; write a relative path such as users.json or keys/a.pem"
    )]
    BadName(String),
}

impl FromStr for DataSpec {
    type Err = SpecError;

    /// A text that begins with `.` or `/` is always a path, so that a path can contain `=`.
    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, path) = match text.split_once('=') {
            Some(("", _)) => return Err(SpecError::NoName(text.to_owned())),
            Some((name, path)) if !name.starts_with(['.', '/']) => (Some(name.to_owned()), path),
            _ => (None, text),
        };
        if name.as_deref().is_some_and(|name| !is_plain(name)) {
            return Err(SpecError::BadName(text.to_owned()));
        }
        match path {
            "" => Err(SpecError::NoPath(text.to_owned())),
            path => Ok(Self {
                name,
                path: PathBuf::from(path),
            }),
        }
    }
}

/// Whether the name is a relative path without empty parts, `.` and `..`.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// How much one read may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLimits {
    pub files_max: usize,
    pub bytes_max: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            files_max: 10_000,
            bytes_max: 256 * 1024 * 1024,
        }
    }
}

/// The files as they were at one moment, ordered by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Contents {
    pub files: Vec<(String, Vec<u8>)>,
    /// SHA-256 over names and contents, in hex. If it is the same, nothing has to be reloaded.
    pub digest: String,
}

impl std::fmt::Debug for Contents {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Contents({} files, {})",
            self.files.len(),
            self.digest
        )
    }
}

/// Reads one file. A directory is an error, because a file inside it would be taken for the file.
pub fn read_file(path: &Path, bounds: ReadLimits) -> Result<Contents, ReadError> {
    if path.is_dir() {
        return Err(ReadError::Folder(path.to_owned()));
    }
    let spec = DataSpec {
        name: None,
        path: path.to_owned(),
    };
    read(&[spec], bounds)
}

/// Reads all files once. If one changes meanwhile, that is an error, so that no caller gets half of a change.
pub fn read(specs: &[DataSpec], bounds: ReadLimits) -> Result<Contents, ReadError> {
    let before: Vec<Fingerprint> = specs.iter().map(|spec| fingerprint(&spec.path)).collect();
    let files = read_all(specs, bounds);
    for (spec, before) in specs.iter().zip(before) {
        if fingerprint(&spec.path) != before {
            return Err(ReadError::Changing(spec.path.clone()));
        }
    }
    let files: Vec<_> = files?
        .into_iter()
        .map(|(name, (_, bytes))| (name, bytes))
        .collect();
    let digest = digest(&files);
    Ok(Contents { files, digest })
}

type FilesByName = BTreeMap<String, (PathBuf, Vec<u8>)>;

fn read_all(specs: &[DataSpec], bounds: ReadLimits) -> Result<FilesByName, ReadError> {
    let mut files = FilesByName::new();
    let mut bytes_left = bounds.bytes_max;
    for spec in specs {
        for FoundFile { path, inside } in scan::files(&spec.path, bounds.files_max)? {
            let name = spec.name_of(inside.as_deref(), &path)?;
            if let Some((first, _)) = files.get(&name) {
                return Err(ReadError::Duplicate {
                    name,
                    first: first.clone(),
                    second: path,
                });
            }
            if files.len() >= bounds.files_max {
                return Err(ReadError::TooMany {
                    path,
                    max: bounds.files_max,
                });
            }
            let bytes = read_one(&path, bytes_left, bounds.bytes_max)?;
            bytes_left = bytes_left.saturating_sub(length(&bytes));
            files.insert(name, (path, bytes));
        }
    }
    Ok(files)
}

impl DataSpec {
    /// What the policy calls the file: the name given, or the file's own.
    pub fn own_name(&self) -> Option<&str> {
        let given = self.name.as_deref();
        given.or_else(|| self.path.file_name()?.to_str())
    }

    /// `inside` is the path relative to the directory, if the data is a directory.
    fn name_of(&self, inside: Option<&Path>, path: &Path) -> Result<String, ReadError> {
        let own = match inside {
            Some(inside) => inside.to_str(),
            None => path.file_name().and_then(|name| name.to_str()),
        };
        let name = match (&self.name, inside.is_some()) {
            (Some(name), false) => Some(name.clone()),
            (Some(name), true) => own.map(|own| format!("{name}/{own}")),
            (None, _) => own.map(str::to_owned),
        };
        name.ok_or_else(|| ReadError::Name(path.to_owned()))
    }
}

fn read_one(path: &Path, bytes_left: u64, bytes_max: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    // Reading one byte more than allowed shows that the file is too large.
    let read = File::open(path).and_then(|file| {
        file.take(bytes_left.saturating_add(1))
            .read_to_end(&mut bytes)
    });
    match read {
        Err(cause) => Err(ReadError::Unreadable {
            path: path.to_owned(),
            cause,
        }),
        Ok(_) if length(&bytes) > bytes_left => Err(ReadError::TooLarge {
            path: path.to_owned(),
            max: bytes_max,
        }),
        Ok(_) => Ok(bytes),
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Each length precedes what it measures, so that different names and contents cannot have the same digest.
fn digest(files: &[(String, Vec<u8>)]) -> String {
    let mut digest = Sha256::new();
    for (name, bytes) in files {
        for part in [name.as_bytes(), bytes] {
            digest.update(length(part).to_le_bytes());
            digest.update(part);
        }
    }
    HEXLOWER.encode(&digest.finalize())
}

#[cfg(test)]
mod tests;
