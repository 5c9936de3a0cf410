//! The policies in force, each in its last good version.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::PolicyPlan;
use portcullis_sandbox::{Decide, LoadedPolicy};

/// By name.
#[derive(Debug, Default)]
pub(super) struct Installed(BTreeMap<String, Version>);

/// A policy that was loaded.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) identity: String,
    pub(super) module_digest: String,
    pub(super) policy: Arc<LoadedPolicy>,
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

    pub(super) fn has(&self, name: &str, identity: &str) -> bool {
        let version = self.0.get(name);
        version.is_some_and(|version| version.identity == identity)
    }

    /// Whether the policy has this module, perhaps with other data or settings.
    pub(super) fn has_module(&self, name: &str, digest: &str) -> bool {
        let version = self.0.get(name);
        version.is_some_and(|version| version.module_digest == digest)
    }

    pub(super) fn put(&mut self, name: &str, version: Version) {
        self.0.insert(name.to_owned(), version);
    }

    /// Removes all policies that the plan does not name.
    pub(super) fn keep(&mut self, policies: &[PolicyPlan]) {
        self.0
            .retain(|name, _| policies.iter().any(|policy| policy.name == *name));
    }
}
