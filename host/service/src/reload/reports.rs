//! Tells the operator about faults, once each, and about their end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::load_fault::LoadFault;
use super::parts::Parts;

/// The name of the configuration in logs and health reports of a reload.
pub(super) const CONFIGURATION: &str = "configuration";

/// A policy, or the configuration.
type Part = Option<String>;

/// The faults that are not over.
#[derive(Debug)]
pub(super) struct Reports {
    parts: Arc<Parts>,
    faulty: BTreeSet<Part>,
    /// What was said about each part since its files changed.
    told: BTreeMap<Part, String>,
}

impl Reports {
    pub(super) fn new(parts: Arc<Parts>) -> Self {
        Self {
            parts,
            faulty: BTreeSet::new(),
            told: BTreeMap::new(),
        }
    }

    /// `stays` says whether something that was in force stays in force.
    pub(super) fn report(&mut self, fault: &LoadFault, stays: bool) {
        if fault.transient {
            return;
        }
        self.faulty.insert(fault.policy.clone());
        let told = self.told.insert(fault.policy.clone(), fault.text.clone());
        if told.as_ref() == Some(&fault.text) {
            return;
        }
        let (policy, text) = (fault.policy.as_deref(), &fault.text);
        match policy.filter(|_| !stays) {
            Some(policy) => self.parts.telemetry.load_failed(policy, fault.blame, text),
            None => self
                .parts
                .telemetry
                .reload_failed(policy, fault.blame, text),
        }
        let (part, now) = (policy.unwrap_or(CONFIGURATION), (self.parts.now)());
        self.parts.health.degrade(part, text, now);
    }

    /// The policy has no fault any more.
    pub(super) fn recovered(&mut self, policy: &str) {
        self.faulty.remove(&Some(policy.to_owned()));
        self.recover(Some(policy));
    }

    /// A plan is in force. What was reported about another is over, except where a policy of this one is `still_faulty`.
    pub(super) fn recovered_but(&mut self, still_faulty: impl Fn(&str) -> bool) {
        for part in std::mem::take(&mut self.faulty) {
            match part.as_deref().is_some_and(&still_faulty) {
                true => _ = self.faulty.insert(part),
                false => self.recover(part.as_deref()),
            }
        }
    }

    /// The same fault of these parts will be told again.
    pub(super) fn tell_again(&mut self, is_meant: impl Fn(Option<&str>) -> bool) {
        self.told.retain(|part, _| !is_meant(part.as_deref()));
    }

    fn recover(&mut self, policy: Option<&str>) {
        self.told.remove(&policy.map(str::to_owned));
        let part = policy.unwrap_or(CONFIGURATION);
        if self.parts.health.recover(part) {
            self.parts.telemetry.recovered(policy);
        }
    }
}
