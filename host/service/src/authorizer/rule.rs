//! Turns the answer of a policy into a ruling. This is the only way from a grant to a permit, with or without a server.

use super::ruling::Ruling;
use crate::catalog::{OnFailure, Slot};
use crate::telemetry::DENIED_BY_POLICY;
use portcullis_model::{Blame, Cause, Decision, Grant, Request, Silence, Timestamp};
use portcullis_permits::bounds::Permit;
use portcullis_permits::{Compiled, compile};
use portcullis_sandbox::Failure;

/// The kind of a denial because the answer is too large for any server.
pub(super) const ANSWER_TOO_LARGE: &str = "answer_too_large";

/// The kind of a denial because no policy answered.
pub(super) const UNROUTED: &str = "unrouted";

/// One client, and what is needed to rule on a policy's answer about it.
#[derive(Clone, Copy, Debug)]
pub struct RulingContext<'a> {
    pub request: &'a Request,
    /// The server's time. Lifetimes count from it.
    pub issued_at: Timestamp,
    /// The account in which the callout is asked. While it is unknown, every account is treated as that account.
    pub callout_account: Option<&'a str>,
    /// The connection's user nkey, by which its lifetime is shortened a little; none to keep the longest.
    pub spread_by: Option<&'a str>,
}

/// A ruling, and the policy that it comes from.
#[derive(Debug)]
pub struct Ruled<'a> {
    pub ruling: Ruling,
    /// The name of the policy that answered; none if no policy of the chain answered.
    pub policy: Option<&'a str>,
    /// The kind of a policy's failure, whatever answer the client gets.
    pub failure: Option<&'static str>,
}

impl RulingContext<'_> {
    /// Rules on the answer of the slot's policy. `None`: ask the next policy.
    pub(super) fn rule<'s>(
        &self,
        slot: &'s Slot,
        answer: Result<Decision, Failure>,
    ) -> Option<Ruled<'s>> {
        let ruling = match answer {
            Ok(Decision::Pass) => return None,
            Ok(Decision::Deny(text)) => Ruling::Deny(denial(text)),
            Ok(Decision::Ignore(text)) => Ruling::Silence(Silence::Ignore, denial(text)),
            Ok(Decision::Allow(grant)) => self.bound(slot, *grant),
            Err(failure @ Failure::TooLarge(_)) => return Some(too_large(slot, &failure)),
            Err(Failure::Late) => return Some(late(slot)),
            Err(failure) => {
                let (kind, text) = (failure.kind(), failure.to_string());
                return Some(failed(slot, kind, text, Blame::Policy));
            }
        };
        Some(Ruled {
            ruling,
            policy: Some(&slot.name),
            failure: None,
        })
    }

    /// A grant outside the bounds is a denial, because trying again would not help.
    fn bound(&self, slot: &Slot, grant: Grant) -> Ruling {
        let transport = self.request.client.transport;
        let rules =
            compile(&grant.access, transport).map(|compiled| compiled.map(Compiled::into_rules));
        let permit = rules.and_then(|rules| {
            let Self {
                request,
                issued_at,
                callout_account,
                ..
            } = *self;
            slot.bounds
                .admit(grant, rules, request, issued_at, callout_account)
        });
        match permit {
            Ok(permit) => Ruling::Allow(Box::new(self.spread(permit))),
            Err(cause) => Ruling::Deny(cause),
        }
    }

    fn spread(&self, permit: Permit) -> Permit {
        match self.spread_by {
            Some(user_nkey) => permit.spread(self.issued_at, user_nkey),
            None => permit,
        }
    }
}

/// The ruling if every policy passed, or none was asked.
pub(super) fn unrouted() -> Ruled<'static> {
    by_no_policy(Cause {
        blame: Blame::Operator,
        kind: UNROUTED,
        text: "no policy of the chain answered for this client".into(),
    })
}

/// The ruling if the same client was refused a moment ago.
pub(super) fn refused_again() -> Ruled<'static> {
    by_no_policy(Cause {
        blame: Blame::Peer,
        kind: "refused_again",
        text: "the policies refused the same client with the same credential a moment ago, so they were not asked".into(),
    })
}

fn by_no_policy(cause: Cause) -> Ruled<'static> {
    Ruled {
        ruling: Ruling::Deny(cause),
        policy: None,
        failure: None,
    }
}

/// The ruling if no version of the policy could ever be loaded.
pub(super) fn not_loaded(slot: &Slot, why: String) -> Ruled<'_> {
    failed(slot, "not_loaded", why, Blame::Operator)
}

/// The ruling if the server has stopped waiting. It is never the policy's failure, and never an answer: the server would not
/// read it.
pub(super) fn late(slot: &Slot) -> Ruled<'_> {
    let cause = Cause {
        blame: Blame::Operator,
        kind: "late",
        text: "the server stopped waiting while the policies were asked; add instances, or shorten the chain".into(),
    };
    Ruled {
        ruling: Ruling::Silence(Silence::Fail, cause),
        policy: Some(&slot.name),
        failure: None,
    }
}

/// The ruling if a policy cannot answer. The operator chooses whether the client gets an answer.
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

/// A grant of megabytes is out of bounds, like one of a foreign account: trying again would not help.
fn too_large<'s>(slot: &'s Slot, failure: &Failure) -> Ruled<'s> {
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
