use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::read_error::ReadError;

/// What can be seen of a path without reading it: of the file that it leads to, or of a directory with all its files. If
/// two are equal, nothing was written in between; if they differ, the files have to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(Vec<(PathBuf, Stamp)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stamp {
    /// Does not exist, or cannot be seen.
    Missing(io::ErrorKind),
    Directory {
        device: u64,
        inode: u64,
    },
    File {
        device: u64,
        inode: u64,
        size: u64,
        modified: (i64, i64),
        changed: (i64, i64),
    },
    Beyond,
}

impl Fingerprint {
    /// The number of files that are empty or missing. A file that is about to be written looks like that.
    pub(crate) fn empty_or_missing(&self) -> usize {
        let hollow =
            |stamp: &Stamp| matches!(stamp, Stamp::Missing(_) | Stamp::File { size: 0, .. });
        self.0.iter().filter(|(_, stamp)| hollow(stamp)).count()
    }

    /// The path itself, if it is a directory, and all directories below it.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &Path> {
        let directories = self
            .0
            .iter()
            .filter(|(_, stamp)| matches!(stamp, Stamp::Directory { .. }));
        directories.map(|(path, _)| path.as_path())
    }
}

/// Reads the current state of the path.
pub fn fingerprint(path: &Path) -> Fingerprint {
    let mut stamps = Vec::new();
    stamp(path, 0, &mut stamps);
    Fingerprint(stamps)
}

fn stamp(path: &Path, depth: usize, stamps: &mut Vec<(PathBuf, Stamp)>) {
    if stamps.len() > STAMPS_MAX {
        return;
    }
    if stamps.len() == STAMPS_MAX || depth > DEPTH_MAX {
        stamps.push((path.to_owned(), Stamp::Beyond));
        return;
    }
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            stamps.push((path.to_owned(), Stamp::Missing(error.kind())));
            return;
        }
    };
    stamps.push((path.to_owned(), Stamp::of(&metadata)));
    if !metadata.is_dir() {
        return;
    }
    match entries(path) {
        Ok(entries) => entries
            .iter()
            .for_each(|entry| stamp(entry, depth + 1, stamps)),
        Err(error) => stamps.push((path.to_owned(), Stamp::Missing(error.kind()))),
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let (device, inode) = (metadata.dev(), metadata.ino());
        match metadata.is_dir() {
            // The times of a directory show only that names came and went, including names that are ignored.
            true => Self::Directory { device, inode },
            false => Self::File {
                device,
                inode,
                size: metadata.size(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            },
        }
    }
}

/// A file to read; `inside` is its path relative to the directory that the operator named.
pub(super) struct FoundFile {
    pub(super) path: PathBuf,
    pub(super) inside: Option<PathBuf>,
}

/// The file itself, or the files of the directory, ordered by name.
pub(super) fn files(path: &Path, files_max: usize) -> Result<Vec<FoundFile>, ReadError> {
    let metadata = metadata(path)?;
    if metadata.is_file() {
        return Ok(vec![FoundFile {
            path: path.to_owned(),
            inside: None,
        }]);
    }
    if !metadata.is_dir() {
        return Err(ReadError::Kind(path.to_owned()));
    }
    let mut walk = Walk {
        files_max,
        found: Vec::new(),
        open: Vec::new(),
    };
    walk.collect(path, Path::new(""), &metadata)?;
    Ok(walk.found)
}

/// Whether the directory, or one below it, has a file. An error if the directory itself cannot be read; what is wrong with
/// those below it shows when the files are read.
pub fn has_files(directory: &Path) -> io::Result<bool> {
    entries(directory)?;
    Ok(files(directory, usize::MAX).map_or(true, |found| !found.is_empty()))
}

struct Walk {
    files_max: usize,
    found: Vec<FoundFile>,
    /// Device and inode of each directory on the current path.
    open: Vec<(u64, u64)>,
}

impl Walk {
    fn collect(
        &mut self,
        directory: &Path,
        inside: &Path,
        metadata: &Metadata,
    ) -> Result<(), ReadError> {
        let identity = (metadata.dev(), metadata.ino());
        if self.open.contains(&identity) || self.open.len() > DEPTH_MAX {
            return Err(ReadError::TooDeep {
                path: directory.to_owned(),
                max: DEPTH_MAX,
            });
        }
        self.open.push(identity);
        let entries = entries(directory).map_err(|cause| ReadError::Unreadable {
            path: directory.to_owned(),
            cause,
        })?;
        for path in entries {
            let inside = inside.join(path.file_name().unwrap_or_default());
            let metadata = self::metadata(&path)?;
            if metadata.is_dir() {
                self.collect(&path, &inside, &metadata)?;
            } else if metadata.is_file() {
                self.found(path, inside)?;
            }
        }
        self.open.pop();
        Ok(())
    }

    fn found(&mut self, path: PathBuf, inside: PathBuf) -> Result<(), ReadError> {
        if self.found.len() >= self.files_max {
            return Err(ReadError::TooMany {
                path,
                max: self.files_max,
            });
        }
        self.found.push(FoundFile {
            path,
            inside: Some(inside),
        });
        Ok(())
    }
}

fn metadata(path: &Path) -> Result<Metadata, ReadError> {
    fs::metadata(path).map_err(|cause| ReadError::Unreadable {
        path: path.to_owned(),
        cause,
    })
}

/// The entries of the directory without left-over files, sorted.
fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !is_left_over(&entry.file_name().to_string_lossy()) {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

/// Scratch files of editors, directories of Kubernetes (`..data`, `..2026_11_22...`), and hidden files.
fn is_left_over(name: &str) -> bool {
    let endings = ["~", ".swp", ".tmp"];
    name.starts_with('.') || name == "4913" || endings.iter().any(|ending| name.ends_with(ending))
}

/// Limits a directory that links to itself.
const DEPTH_MAX: usize = 16;
/// More than a policy may read, so that the limit is noticed when the files are read.
const STAMPS_MAX: usize = 20_000;
