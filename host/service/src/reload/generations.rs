//! Puts a plan and the installed policies into force, all at once.

use std::sync::Arc;
use std::time::Instant;

use super::installed::Installed;
use super::parts::Parts;
use super::plan::{Plan, PolicyPlan};
use crate::catalog::{Generation, Slot};
use crate::router::Routes;
use crate::telemetry::Unable;

/// Called once the instance can decide, as far as the operator asks for. Before that it must not join the queue group: it would
/// leave requests without an answer that other instances could answer.
pub type Announce = Box<dyn FnMut() + Send>;

/// When an instance may join the queue group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartRule {
    /// Every policy can decide.
    #[default]
    Complete,
    /// At least one policy can decide. A request that reaches another is a failure of that policy.
    Incomplete,
}

pub(super) struct Generations {
    parts: Arc<Parts>,
    announce: Announce,
    rule: StartRule,
    number: u64,
}

impl std::fmt::Debug for Generations {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Generations")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl Generations {
    pub(super) fn new(parts: Arc<Parts>, rule: StartRule, announce: Announce) -> Self {
        Self {
            parts,
            announce,
            rule,
            number: 0,
        }
    }

    pub(super) fn is_first_awaited(&self) -> bool {
        self.number == 0
    }

    /// `what` changed, and was noticed at `started`.
    pub(super) fn put(&mut self, plan: &Plan, installed: &Installed, what: &str, started: Instant) {
        self.number += 1;
        let policies = plan.policies.iter();
        let slots: Vec<Slot> = policies.map(|policy| slot(policy, installed)).collect();
        let unable: Vec<Unable> = slots.iter().filter_map(unable).collect();
        let (able, is_complete) = (slots.len() - unable.len(), unable.is_empty());
        let conditions = plan.policies.iter().map(|policy| policy.condition.clone());
        self.parts.catalog.replace(Generation {
            number: self.number,
            keys: plan.keys.clone(),
            routes: Routes::new(conditions.collect()),
            slots,
        });
        let is_enough = is_complete || (self.rule == StartRule::Incomplete && able > 0);
        self.parts
            .health
            .loaded(self.number, able, unable, is_enough);
        let telemetry = &self.parts.telemetry;
        telemetry.policies(plan.policies.iter().map(|policy| policy.name.as_str()));
        match able {
            0 => telemetry.nothing_in_force(self.number),
            _ => telemetry.reloaded(what, self.number, started.elapsed()),
        }
        if is_enough {
            (self.announce)();
        }
    }
}

fn slot(plan: &PolicyPlan, installed: &Installed) -> Slot {
    let missing =
        || "no version of this policy could be loaded; see `load failed` in the log".to_owned();
    Slot {
        name: plan.name.clone(),
        policy: installed.decide(&plan.name).ok_or_else(missing),
        bounds: plan.bounds.clone(),
        on_failure: plan.on_failure,
    }
}

fn unable(slot: &Slot) -> Option<Unable> {
    let cause = slot.policy.as_ref().err()?.clone();
    Some(Unable {
        policy: slot.name.clone(),
        cause,
    })
}
