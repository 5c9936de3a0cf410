//! The loaded policies, each in its last good version.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::files::ReadError;
use super::parts::Parts;
use super::plan::PolicyPlan;
use crate::telemetry::Redactor;
use portcullis_model::Blame;
use portcullis_sandbox::{Decide, LoadedPolicy, PolicySource};

/// By name.
#[derive(Clone, Debug, Default)]
pub(super) struct Installed(BTreeMap<String, Version>);

#[derive(Clone, Debug)]
struct Version {
    identity: String,
    policy: Arc<LoadedPolicy>,
}

/// A fault in a file or setting of the operator.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LoadFault {
    /// The policy that has it; none if it is in the configuration.
    pub(super) policy: Option<String>,
    pub(super) blame: Blame,
    pub(super) text: String,
    /// The load is tried again without any change by the operator.
    pub(super) transient: bool,
}

impl Installed {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The loaded policy of that name.
    pub(super) fn decide(&self, name: &str) -> Option<Arc<dyn Decide>> {
        let policy = self.0.get(name)?.policy.clone();
        Some(policy)
    }

    /// Removes all policies that the plan does not name.
    pub(super) fn keep(&mut self, policies: &[PolicyPlan]) {
        self.0
            .retain(|name, _| policies.iter().any(|policy| policy.name == *name));
    }

    /// Loads a policy unless the same version is installed already. Returns whether it is new.
    pub(super) fn load(&mut self, plan: &PolicyPlan, parts: &Parts) -> Result<bool, LoadFault> {
        let (source, identity) = plan
            .material
            .read()
            .map_err(|error| LoadFault::unreadable(&plan.name, &error))?;
        if self
            .0
            .get(&plan.name)
            .is_some_and(|version| version.identity == identity)
        {
            return Ok(false);
        }
        let policy = Arc::new(compile(&plan.name, &source, parts)?);
        tell(&plan.name, &policy, parts);
        self.0
            .insert(plan.name.clone(), Version { identity, policy });
        Ok(true)
    }
}

/// A panic while a module is loaded fails that module only, and not the thread that reloads all policies.
fn compile(name: &str, source: &PolicySource, parts: &Parts) -> Result<LoadedPolicy, LoadFault> {
    let now = (parts.now)();
    let fault = |blame, text| LoadFault {
        policy: Some(name.to_owned()),
        blame,
        text,
        transient: false,
    };
    match catch_unwind(AssertUnwindSafe(|| parts.sandbox.load(source, now))) {
        Ok(loaded) => loaded.map_err(|error| fault(Blame::Policy, error.to_string())),
        Err(_) => Err(fault(
            Blame::Bug,
            "a bug in the host while it loaded the policy; please report it with the lines around it in the log".into(),
        )),
    }
}

fn tell(name: &str, policy: &LoadedPolicy, parts: &Parts) {
    let about = policy.about();
    let (digest, imports) = (about.digest.as_str(), about.imports.join(", "));
    tracing::info!(target: "portcullis::reload", policy = name, digest, imports, "policy loaded");
    for text in &about.warnings {
        tracing::warn!(target: "portcullis::reload", policy = name, cause = text, "policy warning");
    }
    for line in &about.log {
        let redactor = Redactor::default();
        parts
            .telemetry
            .policy_log(name, None, line.level.into(), &line.text, &redactor);
    }
}

impl LoadFault {
    /// The configuration cannot be used.
    pub(super) fn of_configuration(text: String) -> Self {
        Self {
            policy: None,
            blame: Blame::Operator,
            text,
            transient: false,
        }
    }

    fn unreadable(name: &str, error: &ReadError) -> Self {
        let transient = error.is_transient();
        Self {
            policy: Some(name.to_owned()),
            blame: Blame::Operator,
            text: error.to_string(),
            transient,
        }
    }
}
