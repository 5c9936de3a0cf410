//! The parts of a policy, from the flags of verbs that load one without a settings file.

use std::path::Path;

use clap::Args;

use super::failure::Failure;
use portcullis_model::Secret;
use portcullis_sandbox::{Cache, EngineSettings, Instances, Sandbox, SandboxLimits};
pub(super) use portcullis_service::clock::wall_clock;
use portcullis_service::config::{self, Process};
use portcullis_service::reload::Material;

#[derive(Args, Debug)]
pub(super) struct Configuration {
    /// Data for 'configure'; repeatable
    #[arg(long, value_name = "[NAME=]FILE|DIR")]
    data: Vec<String>,
    /// Settings for 'configure', a JSON object, or @FILE
    #[arg(long, value_name = "JSON|@FILE")]
    settings: Option<Secret>,
}

impl Configuration {
    pub(super) fn material(&self, module: &Path) -> Result<Material, Failure> {
        material(module, &self.data, self.settings.as_ref())
    }
}

/// How `serve` would load this module with no limits of its own.
pub(super) fn material(
    module: &Path,
    data: &[String],
    settings: Option<&Secret>,
) -> Result<Material, Failure> {
    let data = data.iter().map(|entry| {
        entry
            .parse()
            .map_err(|error| Failure::Settings(format!("--data: {error}")))
    });
    Ok(Material {
        module: module.to_owned(),
        data: data.collect::<Result<_, _>>()?,
        settings: config::json_object(settings, &Process)?,
        instances: Instances::Snapshot,
        limits: SandboxLimits::default(),
        data_bytes_max: config::Limits::default().data_bytes,
    })
}

/// A sandbox as the service makes it, which keeps compiled policies in this folder, if it can be used: a cache only saves time.
pub(super) fn sandbox(engine: EngineSettings, cache: Option<&Path>) -> Result<Sandbox, Failure> {
    let cache = cache.and_then(|folder| Cache::open(folder).ok());
    Sandbox::new(engine, cache).map_err(|error| Failure::Run(error.to_string()))
}
