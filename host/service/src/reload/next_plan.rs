use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::installed::Version;
use super::plan::Plan;

/// A plan whose policies are being loaded.
#[derive(Debug)]
pub(super) struct NextPlan {
    pub(super) plan: Arc<Plan>,
    pub(super) started: Instant,
    /// The policies that are loaded. Without a version: as installed.
    settled: BTreeMap<String, Option<Version>>,
}

impl NextPlan {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan: Arc::new(plan),
            started: Instant::now(),
            settled: BTreeMap::new(),
        }
    }

    pub(super) fn settle(&mut self, policy: &str, version: Option<Version>) {
        self.settled.insert(policy.to_owned(), version);
    }

    pub(super) fn wait_for(&mut self, policy: &str) {
        self.settled.remove(policy);
    }

    pub(super) fn is_complete(&self) -> bool {
        let mut policies = self.plan.policies.iter();
        policies.all(|policy| self.settled.contains_key(&policy.name))
    }

    /// The versions to install.
    pub(super) fn into_versions(self) -> impl Iterator<Item = (String, Version)> {
        let settled = self.settled.into_iter();
        settled.filter_map(|(name, version)| Some((name, version?)))
    }
}
