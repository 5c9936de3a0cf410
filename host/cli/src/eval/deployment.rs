//! What decides: one module with flags, or the policies of a settings file.

use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use super::super::material::Configuration;
use portcullis_service::catalog::OnFailure;
use portcullis_service::config;
use portcullis_service::reload::PolicyPlan;
use portcullis_service::router::Condition;

pub(super) struct Deployment {
    /// The settings file; none for a module by itself, which is not the end of a chain.
    pub(super) config: Option<PathBuf>,
    /// In the order in which they are asked.
    pub(super) policies: Vec<PolicyPlan>,
    /// The account of the auth callout.
    pub(super) callout_account: String,
    pub(super) warnings: Vec<String>,
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
            warnings: Vec::new(),
        })
    }

    /// A text about a policy, which names the policy where there may be several.
    pub(super) fn about(&self, policy: &str, text: &str) -> String {
        match self.config {
            Some(_) => format!("policy `{policy}`: {text}"),
            None => text.to_owned(),
        }
    }
}
