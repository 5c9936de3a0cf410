//! One module, loaded as `serve` would load it.

use std::time::{Duration, Instant};

use super::super::material::wall_clock;
use super::super::report::Found;
use portcullis_sandbox::{About, Effort, LogLine, Sandbox};
use portcullis_service::reload::{Material, ReadError};

/// Why a module is not a policy.
pub(super) enum NotLoaded {
    /// The module or its data cannot be read.
    Read(ReadError),
    Refused(String),
}

impl NotLoaded {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Read(error) => error.to_string(),
            Self::Refused(text) => text.clone(),
        }
    }
}

pub(super) fn inspect(sandbox: &Sandbox, material: &Material) -> Result<Found, NotLoaded> {
    let started = Instant::now();
    let source = material.read().map_err(NotLoaded::Read)?.source;
    match sandbox.load(&source, Effort::Whole, wall_clock()) {
        Ok(policy) => Ok(found(policy.about(), started.elapsed())),
        Err(error) => Err(NotLoaded::Refused(error.to_string())),
    }
}

fn found(about: &About, load: Duration) -> Found {
    let line = |line: &LogLine| {
        (
            tracing::Level::from(line.level).as_str().to_lowercase(),
            line.text.clone(),
        )
    };
    Found {
        digest: about.digest.clone(),
        bytes: about.module_bytes,
        world: about.world.clone(),
        imports: about.imports.clone(),
        closed: about.closed.clone(),
        instances: about.instances.word(),
        load,
        warnings: about.warnings.clone(),
        log: about.log.iter().map(line).collect(),
    }
}
