//! Keeps compiled code by digest in a private directory.
//!
//! The host trusts compiled code like its own binary, so it loads such code from no other place. The directory must belong to
//! the host's user and be closed to all others, and every file is checked against the digest that was written with it.

use std::path::Path;

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::private_directory::{CacheError, PrivateDirectory};

/// The most bytes in the directory. The oldest files are removed first. A policy in Python takes some 100 MiB.
const BYTES_MAX: u64 = 2 << 30;
const DIGEST_BYTES: usize = 32;

/// A private directory of compiled modules.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PrivateDirectory,
}

impl Cache {
    /// Opens the directory. If it does not exist, it is created with mode 0700.
    pub fn open(directory: &Path) -> Result<Self, CacheError> {
        let directory = PrivateDirectory::open(directory)?;
        Ok(Self { directory })
    }

    /// Says what `open` would refuse, and writes nothing. A directory that does not exist is no fault: `open` creates it.
    pub fn inspect(directory: &Path) -> Result<(), CacheError> {
        PrivateDirectory::inspect(directory)
    }

    /// The compiled component of these bytes, if it is here.
    pub(super) fn known(&self, engine: &Engine, wasm: &[u8]) -> Option<Component> {
        let compiled = self.read(&compiled_name(engine, wasm))?;
        deserialize(engine, &compiled).ok()
    }

    /// Compiles these bytes and keeps the result. A file that cannot be written only costs time.
    pub(super) fn compile(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
        let compiled = engine.precompile_component(wasm)?;
        self.keep(&compiled_name(engine, wasm), &compiled);
        deserialize(engine, &compiled)
    }

    /// Whether there are functions of the code with that digest.
    pub(super) fn has_functions(&self, digest: &str) -> bool {
        self.directory.has(&functions_name(digest))
    }

    /// The functions of the code with that digest, as `keep_functions` stored them.
    pub(super) fn functions(&self, digest: &str) -> Option<Vec<u8>> {
        self.read(&functions_name(digest))
    }

    pub(super) fn keep_functions(&self, digest: &str, functions: &[u8]) {
        self.keep(&functions_name(digest), functions);
    }

    /// None if the file does not match its digest.
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = self.directory.read(name)?;
        let (digest, content) = bytes.split_at_checked(DIGEST_BYTES)?;
        let is_intact = Sha256::digest(content).as_slice() == digest;
        is_intact.then(|| {
            self.directory.touch(name);
            bytes.split_off(DIGEST_BYTES)
        })
    }

    fn keep(&self, name: &str, content: &[u8]) {
        let digest = Sha256::digest(content);
        if self.directory.write(name, &[&digest, content]).is_ok() {
            self.evict(BYTES_MAX);
        }
    }

    /// Removes the files that were not used for longest. The folder may have files that are not ours: they stay.
    fn evict(&self, bytes_max: u64) {
        let mut entries = self.directory.entries();
        entries.retain(|entry| is_our_name(&entry.name));
        entries.sort();
        let mut bytes = 0;
        for entry in entries.iter().rev() {
            bytes += entry.bytes;
            if bytes > bytes_max {
                // Another process may have removed it already; then there is nothing left to do.
                let _ = self.directory.remove(&entry.name);
            }
        }
    }
}

fn compiled_name(engine: &Engine, wasm: &[u8]) -> String {
    let mut hash = Sha256Hasher(Sha256::new());
    std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hash);
    hash.0.update(wasm);
    format!("{:x}.compiled", hash.0.finalize())
}

fn functions_name(digest: &str) -> String {
    format!("{digest}.functions")
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

/// A digest with the ending of one of our files.
fn is_our_name(name: &str) -> bool {
    name.split_once('.').is_some_and(|(digest, ending)| {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let endings = ["compiled", "functions", "part"];
        is_digest && endings.iter().any(|ours| ending.ends_with(ours))
    })
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
    use std::fs::{self, File};
    use std::os::unix::fs::{PermissionsExt, symlink};

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
        cache.directory.touch(&format!("{:0>64}.compiled", "bbb"));
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
        let name = compiled_name(&engine, EMPTY_COMPONENT);
        let path = directory.path().join(&name);
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        *damaged.last_mut().unwrap() ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert!(cache.read(&name).is_none());
        cache.compile(&engine, EMPTY_COMPONENT).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    /// Somebody who may write to the folder above has put another directory into its place.
    #[test]
    fn a_directory_that_takes_its_place_has_no_effect() {
        let above = private();
        let (path, moved) = (above.path().join("cache"), above.path().join("moved"));
        let cache = Cache::open(&path).unwrap();
        cache.keep("a", b"ours");
        fs::rename(&path, &moved).unwrap();
        let theirs = Cache::open(&path).unwrap();
        theirs.keep("a", b"theirs");
        theirs.keep("b", b"theirs");
        assert_eq!(cache.read("a").as_deref(), Some(&b"ours"[..]));
        assert_eq!(cache.read("b"), None);
        cache.keep("c", b"ours");
        assert!(moved.join("c").exists() && !path.join("c").exists());
    }

    #[test]
    fn a_link_is_neither_read_nor_written_through() {
        let (directory, elsewhere) = (private(), private());
        let cache = Cache::open(directory.path()).unwrap();
        cache.keep("a", b"ours");
        let target = elsewhere.path().join("a");
        fs::rename(directory.path().join("a"), &target).unwrap();
        symlink(&target, directory.path().join("a")).unwrap();
        assert!(!cache.directory.has("a"));
        assert_eq!(cache.read("a"), None);
        cache.keep("a", b"new");
        assert_eq!(cache.read("a").as_deref(), Some(&b"new"[..]));
        assert!(fs::read(&target).unwrap().ends_with(b"ours"));
    }

    #[test]
    fn two_loads_may_keep_the_same_file_at_once() {
        let directory = private();
        let cache = Cache::open(directory.path()).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20).for_each(|_| cache.keep("a", &[7; 10_000])));
            }
        });
        assert_eq!(cache.read("a"), Some(vec![7; 10_000]));
        assert_eq!(cache.directory.entries().len(), 1);
    }
}
