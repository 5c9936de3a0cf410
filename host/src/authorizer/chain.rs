//! Asks the policies of a chain until one answers, and holds its answer against the bounds.

use std::time::Instant;

use super::Clock;
use super::ruling::Ruling;
use crate::callout::Verified;
use crate::catalog::{OnFailure, Slot, Snapshot};
use crate::model::{Blame, Cause, Decision, Grant, Silence};
use crate::permits;
use crate::policy;
use crate::telemetry::{DENIED_BY_POLICY, Redactor, Telemetry};

/// The kind of the denial of a grant that no server could take.
pub(super) const ANSWER_TOO_LARGE: &str = "answer_too_large";

/// All that is needed to come to a ruling.
pub(super) struct Asked<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) verified: &'a Verified,
    pub(super) redactor: &'a Redactor<'a>,
    pub(super) telemetry: &'a Telemetry,
    pub(super) callout_account: Option<&'a str>,
    /// When the client's server stops waiting.
    pub(super) ends: Instant,
}

/// A ruling, and whose it is.
pub(super) struct Ruled<'a> {
    pub(super) ruling: Ruling,
    pub(super) policy: Option<&'a str>,
    /// The kind of a policy's failure, whatever the client gets for it.
    pub(super) failure: Option<&'static str>,
}

impl<'a> Asked<'a> {
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
            Err(why) => return Some(failed(slot, "not_loaded", why.clone(), Blame::Operator)),
        };
        let budget = self.ends.saturating_duration_since(clock.now());
        let verdict = policy.decide(&self.verified.request, budget);
        self.forward(slot, &verdict.log);
        let ruling = match verdict.decision {
            Ok(Decision::Pass) => return None,
            Ok(Decision::Deny(text)) => Ruling::Deny(denial(text)),
            Ok(Decision::Ignore(text)) => Ruling::Silence(Silence::Ignore, denial(text)),
            Ok(Decision::Allow(grant)) => self.bound(slot, *grant),
            Err(failure @ policy::Failure::TooLarge(_)) => return Some(too_large(slot, &failure)),
            Err(failure) => {
                return Some(failed(
                    slot,
                    failure.kind(),
                    failure.to_string(),
                    Blame::Policy,
                ));
            }
        };
        Some(Ruled {
            ruling,
            policy: Some(&slot.name),
            failure: None,
        })
    }

    /// What is outside the bounds is a denial: trying again would not help.
    fn bound(&self, slot: &Slot, grant: Grant) -> Ruling {
        let request = &self.verified.request;
        let issued_at = self.verified.issued_at();
        let permit = permits::compile(&grant.access).and_then(|rules| {
            slot.bounds
                .admit(grant, rules, request, issued_at, self.callout_account)
        });
        match permit {
            Ok(permit) => Ruling::Allow(Box::new(permit)),
            Err(cause) => Ruling::Deny(cause),
        }
    }

    fn forward(&self, slot: &Slot, log: &[policy::LogLine]) {
        for line in log {
            let id = Some(self.verified.correlation_id());
            let level = line.level.into();
            self.telemetry
                .policy_log(&slot.name, id, level, &line.text, self.redactor);
        }
    }
}

fn failed<'a>(slot: &'a Slot, kind: &'static str, text: String, blame: Blame) -> Ruled<'a> {
    let cause = Cause { blame, kind, text };
    let ruling = match slot.on_failure {
        OnFailure::Silence => Ruling::Silence(Silence::Fail, cause),
        OnFailure::Deny => Ruling::Deny(cause),
    };
    Ruled {
        ruling,
        policy: Some(&slot.name),
        failure: Some(kind),
    }
}

/// A grant of megabytes is as far out of bounds as one of a foreign account: trying again would not help.
fn too_large<'a>(slot: &'a Slot, failure: &policy::Failure) -> Ruled<'a> {
    let cause = Cause {
        blame: Blame::Policy,
        kind: ANSWER_TOO_LARGE,
        text: failure.to_string(),
    };
    Ruled {
        ruling: Ruling::Deny(cause),
        policy: Some(&slot.name),
        failure: Some(failure.kind()),
    }
}

fn denial(text: String) -> Cause {
    Cause {
        blame: Blame::Peer,
        kind: DENIED_BY_POLICY,
        text,
    }
}
