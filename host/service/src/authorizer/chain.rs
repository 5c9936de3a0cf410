//! Asks the policies of a chain until one answers.

use std::time::Instant;

use super::case::{Case, Ruled, not_loaded};
use super::clock::Clock;
use super::ruling::Ruling;
use crate::catalog::{Slot, Snapshot};
use crate::telemetry::{Redactor, Telemetry};
use portcullis_callout::Verified;
use portcullis_model::{Blame, Cause};
use portcullis_sandbox::LogLine;

/// All that is needed to come to a ruling.
pub(super) struct ChainRun<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) verified: &'a Verified,
    pub(super) redactor: &'a Redactor<'a>,
    pub(super) telemetry: &'a Telemetry,
    pub(super) callout_account: Option<&'a str>,
    /// When the client's server stops waiting.
    pub(super) ends: Instant,
}

impl<'a> ChainRun<'a> {
    /// The first answer other than `pass` counts. A policy that fails ends the chain: it never counts as `pass`.
    pub(super) fn ask(&self, clock: &impl Clock) -> Ruled<'a> {
        for index in self.snapshot.routes.chain(&self.verified.request) {
            let Some(slot) = self.snapshot.slots.get(index) else {
                continue;
            };
            if let Some(ruled) = self.ask_one(slot, clock) {
                return ruled;
            }
        }
        let cause = Cause {
            blame: Blame::Operator,
            kind: "unrouted",
            text: "no policy of the chain answered for this client".into(),
        };
        Ruled {
            ruling: Ruling::Deny(cause),
            policy: None,
            failure: None,
        }
    }

    fn ask_one(&self, slot: &'a Slot, clock: &impl Clock) -> Option<Ruled<'a>> {
        let policy = match &slot.policy {
            Ok(policy) => policy,
            Err(why) => return Some(not_loaded(slot, why.clone())),
        };
        let budget = self.ends.saturating_duration_since(clock.now());
        let verdict = policy.decide(&self.verified.request, budget);
        self.forward(slot, &verdict.log);
        let case = Case {
            request: &self.verified.request,
            issued_at: self.verified.issued_at(),
            callout_account: self.callout_account,
        };
        case.rule(slot, verdict.decision)
    }

    fn forward(&self, slot: &Slot, log: &[LogLine]) {
        for line in log {
            let id = Some(self.verified.correlation_id());
            let level = line.level.into();
            self.telemetry
                .policy_log(&slot.name, id, level, &line.text, self.redactor);
        }
    }
}
