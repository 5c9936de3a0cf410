//! The policies that decide: one module with flags, or the policies of a settings file.

use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use super::super::material::Configuration;
use portcullis_sandbox::EngineSettings;
use portcullis_service::catalog::OnFailure;
use portcullis_service::config::{self, Flags, Loaded, Process};
use portcullis_service::reload::PolicyPlan;
use portcullis_service::router::Condition;
use portcullis_service::service::engine_settings;

/// 'serve' learns it from NATS. A wrong guess could admit a client here that 'serve' denies.
const NO_CALLOUT_ACCOUNT: &str = "--callout-account: the account of the auth callout is not known, as eval does not connect to NATS; give its name with this flag, or as callout-account under [service] in the settings file";

pub(super) struct Deployment {
    /// The settings file; none for a single module, after which a chain may have others.
    pub(super) config: Option<PathBuf>,
    /// In the order in which they are asked.
    pub(super) policies: Vec<PolicyPlan>,
    /// The account of the auth callout.
    pub(super) callout_account: String,
    /// Where compiled policies are kept, as `serve` keeps them.
    pub(super) cache: Option<PathBuf>,
    /// How policies run.
    pub(super) engine: EngineSettings,
}

impl Deployment {
    /// One module, as `serve` would run it with no settings but these.
    ///
    /// # Errors
    ///
    /// A flag that cannot be used.
    pub(super) fn of_module(
        module: &Path,
        configuration: &Configuration,
        accounts: &[String],
        callout_account: &str,
    ) -> Result<Self, Failure> {
        let bounds = config::standard_bounds(accounts)
            .map_err(|error| Failure::Settings(format!("--account: {error}")))?;
        let policy = PolicyPlan {
            name: module.display().to_string(),
            material: configuration.material(module)?,
            bounds,
            on_failure: OnFailure::default(),
            condition: Condition::default(),
        };
        Ok(Self {
            config: None,
            policies: vec![policy],
            callout_account: callout_account.to_owned(),
            cache: config::cache_without_settings(&Process),
            engine: EngineSettings::default(),
        })
    }

    /// The policies of a settings file, as `serve --config` would load them in this environment.
    ///
    /// # Errors
    ///
    /// Every fault of the settings, and a missing account of the auth callout.
    pub(super) fn of_settings(path: &Path, callout_account: Option<&str>) -> Result<Self, Failure> {
        let flags = Flags {
            config: Some(path.to_owned()),
            ..Flags::default()
        };
        let Loaded { service, plan, .. } = config::load(&flags, &Process)?;
        let engine = engine_settings(&service);
        let callout_account = callout_account
            .map(str::to_owned)
            .or(service.callout_account)
            .ok_or_else(|| Failure::Settings(NO_CALLOUT_ACCOUNT.to_owned()))?;
        Ok(Self {
            config: Some(path.to_owned()),
            policies: plan.policies,
            callout_account,
            engine,
            // A folder that another user creates here could not be used by the service.
            cache: service.cache.filter(|folder| folder.is_dir()),
        })
    }

    /// A text about a policy. It names the policy if there may be several.
    pub(super) fn about(&self, policy: &str, text: &str) -> String {
        match self.config {
            Some(_) => format!("policy `{policy}`: {text}"),
            None => text.to_owned(),
        }
    }
}
