//! A directory that belongs to this user and is closed to all others.
//!
//! It is held open. Whoever may write to a directory above it could put another one, or a link, into its place, and that has no
//! effect. Its files are neither links nor files of other users.

use std::fs::{DirBuilder, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{
    Access, AtFlags, Dir, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW,
    UTIME_OMIT, access, fstat, fsync, open, openat, renameat, statat, unlinkat, utimensat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

/// Why a directory cannot hold compiled code.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error(
        "cannot use {path} for compiled code: {error}; choose another directory with --cache, or `--cache none`"
    )]
    Io { path: PathBuf, error: io::Error },
    #[error(
        "{path} must be closed to other users, but its mode is {mode:o}; run `chmod 700` on it, or choose another directory with --cache"
    )]
    NotPrivate { path: PathBuf, mode: u32 },
    #[error(
        "{path} belongs to another user; choose another directory with --cache, or `--cache none`"
    )]
    NotOurs { path: PathBuf },
}

#[derive(Clone, Debug)]
pub(super) struct PrivateDirectory(Arc<OwnedFd>);

/// A file of the directory.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Seconds and nanoseconds.
    pub(super) modified: (i64, u64),
    pub(super) bytes: u64,
    pub(super) name: String,
}

impl PrivateDirectory {
    /// Opens the directory. If it does not exist, it is created with mode 0700.
    pub(super) fn open(path: &Path) -> Result<Self, CacheError> {
        let io = |error| CacheError::Io {
            path: path.to_owned(),
            error,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(io)?;
        let directory = Self(Arc::new(opened(path)?));
        let probe = directory.temporary("probe");
        directory
            .create(&probe, &[])
            .and_then(|()| directory.remove(&probe))
            .map_err(io)?;
        Ok(directory)
    }

    /// Says what `open` would refuse, and writes nothing. A directory that does not exist is no fault: `open` creates it.
    pub(super) fn inspect(path: &Path) -> Result<(), CacheError> {
        match opened(path) {
            Err(CacheError::Io { error, .. }) if error.kind() == ErrorKind::NotFound => {
                can_be_made(path)
            }
            opened => opened.map(drop),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let stat = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW);
        stat.is_ok_and(|stat| is_our_file(&stat))
    }

    /// The contents of a file, if it is one of ours.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = openat(&self.0, name, flags, Mode::empty()).ok()?;
        let is_ours = fstat(&file).is_ok_and(|stat| is_our_file(&stat));
        let mut bytes = Vec::new();
        let mut file = is_ours.then(|| File::from(file))?;
        file.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Replaces a file by these parts, one after the other. Nobody sees half of it.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let temporary = self.temporary(name);
        self.create(&temporary, parts)?;
        renameat(&self.0, &temporary, &self.0, name)?;
        Ok(fsync(&self.0)?)
    }

    /// Makes the file the last that is evicted. A failure only costs time later.
    pub(super) fn touch(&self, name: &str) {
        let time = |tv_nsec| Timespec { tv_sec: 0, tv_nsec };
        let times = Timestamps {
            last_access: time(UTIME_OMIT),
            last_modification: time(UTIME_NOW),
        };
        let _ = utimensat(&self.0, name, &times, AtFlags::SYMLINK_NOFOLLOW);
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Our files, without links and directories.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let Ok(directory) = Dir::read_from(&self.0) else {
            return Vec::new();
        };
        let entry = |name: String| {
            let stat = statat(&self.0, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            is_our_file(&stat).then(|| Entry {
                modified: (stat.st_mtime, stat.st_mtime_nsec),
                bytes: u64::try_from(stat.st_size).unwrap_or_default(),
                name,
            })
        };
        let names =
            directory.filter_map(|entry| entry.ok()?.file_name().to_str().ok().map(str::to_owned));
        names.filter_map(entry).collect()
    }

    fn create(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?;
        let mut file = File::from(file);
        for part in parts {
            file.write_all(part)?;
        }
        file.sync_all()
    }

    /// A name that neither another process nor another thread uses. What an earlier process of this number left is removed.
    fn temporary(&self, name: &str) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let temporary = format!("{name}.{process}-{number}.part");
        let _ = self.remove(&temporary);
        temporary
    }
}

fn opened(path: &Path) -> Result<OwnedFd, CacheError> {
    let io = |errno: Errno| CacheError::Io {
        path: path.to_owned(),
        error: match errno {
            Errno::NOTDIR => ErrorKind::NotADirectory.into(),
            errno => errno.into(),
        },
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = open(path, flags, Mode::empty()).map_err(io)?;
    let stat = fstat(&directory).map_err(io)?;
    let (path, mode) = (path.to_owned(), stat.st_mode & 0o777);
    if stat.st_uid != geteuid().as_raw() {
        return Err(CacheError::NotOurs { path });
    }
    if mode & 0o077 != 0 {
        return Err(CacheError::NotPrivate { path, mode });
    }
    Ok(directory)
}

fn is_our_file(stat: &Stat) -> bool {
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file && stat.st_uid == geteuid().as_raw()
}

/// Whether the folder does not exist but could be made, as far as that shows without making it.
fn can_be_made(directory: &Path) -> Result<(), CacheError> {
    let mut above = directory.ancestors().skip(1);
    let here = |above: &&Path| above.as_os_str().is_empty() || above.exists();
    let parent = above.find(here).unwrap_or(directory);
    let parent = match parent.as_os_str().is_empty() {
        true => Path::new("."),
        false => parent,
    };
    access(parent, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| CacheError::Io {
        path: directory.to_owned(),
        error: error.into(),
    })
}
