//! The sandbox in the process of the tests.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::sync::OnceLock;

use portcullis_sandbox::{Cache, EngineSettings, Sandbox};

use crate::artifacts;

/// One for all tests. It shares the cache of the processes under test, because compiling a large module takes long.
pub fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let directory = artifacts::cache_home().join("portcullis");
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory);
        made.expect("a directory for compiled code");
        let cache = Cache::open(&directory).expect("a cache");
        Sandbox::new(EngineSettings::default(), Some(cache)).expect("a sandbox")
    })
}
