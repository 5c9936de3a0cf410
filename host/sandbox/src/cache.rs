//! Keeps compiled code by digest in a private directory.
//!
//! The host trusts compiled code like its own binary, so it loads such code from no other place. The directory must belong to
//! the host's user and be closed to all others, and every file is checked against the digest that was written with it.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{
    Access, AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, access, utimensat,
};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// The most bytes in the directory. The oldest files are removed first. A policy in Python takes some 100 MiB.
const BYTES_MAX: u64 = 2 << 30;
const DIGEST_BYTES: usize = 32;

/// Why a directory cannot hold compiled code.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error(
        "cannot use {path} for compiled code: {error}; choose another directory with --cache, or `--cache none`"
    )]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error(
        "{path} must be closed to other users, but its mode is {mode:o}; run `chmod 700` on it, or choose another directory with --cache"
    )]
    NotPrivate { path: PathBuf, mode: u32 },
    #[error(
        "{path} belongs to another user; choose another directory with --cache, or `--cache none`"
    )]
    NotOurs { path: PathBuf },
}

/// A private directory of compiled modules.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Opens the directory. If it does not exist, it is created with mode 0700.
    pub fn open(directory: &Path) -> Result<Self, CacheError> {
        let io = |error| CacheError::Io {
            path: directory.to_owned(),
            error,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(io)?;
        Self::inspect(directory)?;
        let probe = directory.join(format!("probe.{}", std::process::id()));
        File::create(&probe).map_err(io)?;
        fs::remove_file(&probe).map_err(io)?;
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// Says what `open` would refuse, and writes nothing. A directory that does not exist is no fault: `open` creates it.
    pub fn inspect(directory: &Path) -> Result<(), CacheError> {
        let path = directory.to_owned();
        let metadata = match fs::metadata(directory) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return can_be_made(directory),
            Err(error) => return Err(CacheError::Io { path, error }),
        };
        if !metadata.is_dir() {
            let error = ErrorKind::NotADirectory.into();
            return Err(CacheError::Io { path, error });
        }
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(CacheError::NotPrivate { path, mode });
        }
        if metadata.uid() != geteuid().as_raw() {
            return Err(CacheError::NotOurs { path });
        }
        Ok(())
    }

    /// The compiled component of these bytes, if it is here.
    pub(super) fn known(&self, engine: &Engine, wasm: &[u8]) -> Option<Component> {
        let path = self.path(engine, wasm);
        let component = deserialize(engine, &read(&path)?).ok()?;
        used(&path);
        Some(component)
    }

    /// Compiles these bytes and keeps the result. A file that cannot be written only costs time.
    pub(super) fn compile(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
        let compiled = engine.precompile_component(wasm)?;
        self.keep(&self.path(engine, wasm), &compiled);
        deserialize(engine, &compiled)
    }

    /// Whether there are functions of the code with that digest.
    pub(super) fn has_functions(&self, digest: &str) -> bool {
        self.functions_path(digest).is_file()
    }

    /// The functions of the code with that digest, as `keep_functions` stored them.
    pub(super) fn functions(&self, digest: &str) -> Option<Vec<u8>> {
        let path = self.functions_path(digest);
        read(&path).inspect(|_| used(&path))
    }

    pub(super) fn keep_functions(&self, digest: &str, functions: &[u8]) {
        self.keep(&self.functions_path(digest), functions);
    }

    fn functions_path(&self, digest: &str) -> PathBuf {
        self.directory.join(format!("{digest}.functions"))
    }

    fn keep(&self, path: &Path, compiled: &[u8]) {
        if write(&self.directory, path, compiled).is_ok() {
            self.evict(BYTES_MAX);
        }
    }

    fn path(&self, engine: &Engine, wasm: &[u8]) -> PathBuf {
        let mut hash = Sha256Hasher(Sha256::new());
        std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hash);
        hash.0.update(wasm);
        self.directory
            .join(format!("{:x}.compiled", hash.0.finalize()))
    }

    /// Removes the files that were not used for longest. The folder may have files that are not ours: they stay.
    fn evict(&self, bytes_max: u64) {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return;
        };
        let about = |entry: fs::DirEntry| {
            let path = entry.path();
            let metadata = entry.metadata().ok()?;
            let is_ours = metadata.is_file() && is_our_name(&path);
            is_ours.then_some((metadata.modified().ok()?, metadata.len(), path))
        };
        let mut files: Vec<_> = entries.filter_map(|entry| about(entry.ok()?)).collect();
        files.sort();
        let mut bytes = 0;
        for (_, length, path) in files.iter().rev() {
            bytes += length;
            if bytes > bytes_max {
                // Another process may have removed it already; then there is nothing left to do.
                let _ = fs::remove_file(path);
            }
        }
    }
}

struct Sha256Hasher(Sha256);

impl std::hash::Hasher for Sha256Hasher {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Makes the file the last that is evicted. It is one of ours, so that a failure only costs time later.
fn used(path: &Path) {
    let time = |tv_nsec| Timespec { tv_sec: 0, tv_nsec };
    let times = Timestamps {
        last_access: time(UTIME_OMIT),
        last_modification: time(UTIME_NOW),
    };
    let _ = utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW);
}

/// A digest with the ending of one of our files.
fn is_our_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let parts = name.and_then(|name| name.split_once('.'));
    parts.is_some_and(|(digest, ending)| {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest
            && ["compiled", "functions", "part"]
                .iter()
                .any(|ours| ending.ends_with(ours))
    })
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

/// The contents of a file. `None` if it does not match its digest.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(path).ok()?;
    let (digest, compiled) = bytes.split_at_checked(DIGEST_BYTES)?;
    let intact = Sha256::digest(compiled).as_slice() == digest;
    intact.then(|| bytes.split_off(DIGEST_BYTES))
}

fn write(directory: &Path, path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = File::create(&temporary)?;
    file.write_all(&Sha256::digest(compiled))?;
    file.write_all(compiled)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()
}

#[expect(
    unsafe_code,
    reason = "wasmtime cannot verify compiled code; these bytes were made by this engine just now, or come from a private \
              directory and match their digest"
)]
fn deserialize(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: see the reason above. No bytes from a user reach this function.
    unsafe { Component::deserialize(engine, compiled) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    fn private() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        directory
    }

    #[test]
    fn a_directory_that_others_may_read_is_refused() {
        let directory = private();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let error = Cache::open(directory.path()).unwrap_err();
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }

    #[test]
    fn an_inspection_finds_the_same_and_creates_nothing() {
        let directory = private();
        assert!(Cache::inspect(directory.path()).is_ok());
        let missing = directory.path().join("missing");
        assert!(Cache::inspect(&missing).is_ok());
        assert!(!missing.exists());

        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Cache::inspect(&file).unwrap_err().to_string();
        assert!(error.contains("not a directory"), "{error}");

        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o750)).unwrap();
        let error = Cache::inspect(directory.path()).unwrap_err().to_string();
        assert!(error.contains("its mode is 750"), "{error}");
    }

    #[test]
    fn a_missing_directory_is_created_closed_to_others() {
        let directory = private();
        let inner = directory.path().join("a/b");
        Cache::open(&inner).unwrap();
        assert_eq!(
            fs::metadata(inner).unwrap().permissions().mode() & 0o777,
            0o700
        );
    }

    #[test]
    fn the_oldest_files_make_room_for_the_newest() {
        let directory = private();
        let cache = Cache::open(directory.path()).unwrap();
        let file = |name: &str| directory.path().join(format!("{name:0>64}.compiled"));
        fs::write(directory.path().join("notes.txt"), "not ours").unwrap();
        for (age, name) in ["aaa", "bbb", "ccc"].into_iter().enumerate() {
            let file = File::create(file(name)).unwrap();
            file.set_len(10).unwrap();
            let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(100 - age as u64);
            file.set_modified(modified).unwrap();
        }
        cache.evict(25);
        let is_there = |name: &str| file(name).exists();
        assert_eq!(["aaa", "bbb", "ccc"].map(is_there), [true, true, false]);
        used(&file("bbb"));
        cache.evict(10);
        assert_eq!(["aaa", "bbb", "ccc"].map(is_there), [false, true, false]);
        cache.evict(0);
        assert!(directory.path().join("notes.txt").exists());
    }

    #[test]
    fn a_damaged_file_is_compiled_again() {
        let directory = private();
        let engine = Engine::default();
        let cache = Cache::open(directory.path()).unwrap();
        cache.compile(&engine, EMPTY_COMPONENT).unwrap();
        let path = cache.path(&engine, EMPTY_COMPONENT);
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert!(read(&path).is_none());
        cache.compile(&engine, EMPTY_COMPONENT).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }
}
