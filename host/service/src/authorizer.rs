//! Decides about one request: open, route, ask the policies, check the bounds, reply.
//!
//! This room knows neither NATS nor WebAssembly. It takes bytes, returns bytes or no answer, and records each request once.

mod chain;
mod clock;
mod job;
mod queue;
mod rule;
mod ruling;
mod setup;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

pub use self::chain::Chain;
pub use self::clock::Clock;
pub use self::job::{Job, Opened, Outbox, Received, Stage};
pub use self::queue::Queue;
use self::rule::UNROUTED;
pub use self::rule::{Ruled, RulingContext};
pub use self::ruling::Ruling;
use self::setup::SetupCheck;
use crate::catalog::{Catalog, Generation, Slot};
use crate::telemetry::{DENIED_BY_POLICY, Record, Redactor, Stages, Telemetry};
use crate::throttle::{Attempt, Throttle};
use portcullis_callout::{Callout, Rejection, ReplyError, Verified};
use portcullis_model::{Blame, Cause, Silence};
use portcullis_permits::bounds::Permit;
use portcullis_sandbox::CallOutput;

/// Answers requests. There is one for the process, shared by all decision threads.
#[derive(Debug)]
pub struct Authorizer {
    catalog: Arc<Catalog>,
    callout: Callout,
    throttle: Throttle,
    setup: SetupCheck,
    telemetry: Arc<Telemetry>,
    callout_account: ArcSwapOption<String>,
    answer_bytes_max: AtomicUsize,
}

impl Authorizer {
    pub fn new(
        catalog: Arc<Catalog>,
        callout: Callout,
        throttle: Throttle,
        telemetry: Arc<Telemetry>,
    ) -> Self {
        Self {
            catalog,
            callout,
            throttle,
            setup: SetupCheck::default(),
            telemetry,
            callout_account: ArcSwapOption::empty(),
            answer_bytes_max: AtomicUsize::new(usize::MAX),
        }
    }

    /// Sets the account in which the callout is asked. Until it is known, every account is treated as that account.
    pub fn set_callout_account(&self, name: String) {
        self.callout_account.store(Some(Arc::new(name)));
    }

    /// Sets the largest answer that the server accepts (its `max_payload`).
    pub fn set_answer_bytes_max(&self, bytes: usize) {
        self.answer_bytes_max.store(bytes, Ordering::Relaxed);
    }

    /// What the operator needs to know about clients that guess, since the last call.
    pub fn throttle_report(&self) -> Option<String> {
        self.throttle.report()
    }

    /// Why nobody is admitted, although requests arrive: no request fits the keys, the clock or the mode of this service.
    pub fn setup_report(&self) -> Option<String> {
        self.setup.report()
    }

    /// Unseals a message and reads its deadline. Messages that cannot be read are counted and not answered.
    pub fn open(&self, received: &Received, clock: &impl Clock) -> Option<Opened> {
        let started = clock.now();
        let Some(generation) = self.catalog.load() else {
            let text = "no policies are loaded yet";
            self.telemetry.rejected("not_loaded", text, started);
            return None;
        };
        match self.callout.unseal(&generation.keys, &received.inbound) {
            Ok(unsealed) => {
                let opened = clock.now();
                let stages = Stages {
                    queue: started - received.arrived,
                    open: opened - started,
                    ..Stages::default()
                };
                let deadline = received.arrived + unsealed.timeout();
                let received_at = received.received_at;
                Some(Opened {
                    unsealed,
                    generation,
                    received_at,
                    deadline,
                    opened,
                    stages,
                })
            }
            Err(rejection) => {
                self.reject(&rejection, started);
                None
            }
        }
    }

    /// Verifies the request, decides, and replies. `None` means no answer.
    pub fn answer(&self, opened: Opened, clock: &impl Clock, nonce: [u8; 24]) -> Option<Vec<u8>> {
        let Opened {
            unsealed,
            generation,
            received_at,
            deadline,
            opened,
            mut stages,
        } = opened;
        let resumed = clock.now();
        stages.queue += resumed - opened;
        if resumed >= deadline {
            let text = "the server has stopped waiting for the answer";
            self.telemetry.rejected("late", text, resumed);
            return None;
        }
        let attempt = self.throttle.attempt(unsealed.claimant());
        if let Err(throttled) = self.throttle.check(&attempt, unsealed.claimant(), resumed) {
            self.shed(throttled.kind, &throttled.to_string(), resumed);
            return None;
        }
        let verified = match self.callout.verify(&generation.keys, unsealed, received_at) {
            Ok(verified) => verified,
            Err(rejection) => {
                self.reject(&rejection, resumed);
                return None;
            }
        };
        if self.is_operator_mode(&verified) {
            self.setup.misfit(OPERATOR_MODE);
            self.shed("operator_mode", OPERATOR_MODE, resumed);
            return None;
        }
        self.setup.fits();
        let begun = clock.now();
        stages.open += begun - resumed;
        let decision = VerifiedRequest {
            generation: &generation,
            verified: &verified,
            attempt: &attempt,
            stages,
            begun,
        };
        self.decide(&decision, deadline - begun, clock, nonce)
    }

    fn decide(
        &self,
        decision: &VerifiedRequest<'_>,
        budget: Duration,
        clock: &impl Clock,
        nonce: [u8; 24],
    ) -> Option<Vec<u8>> {
        let VerifiedRequest {
            generation,
            verified,
            attempt,
            mut stages,
            begun,
        } = *decision;
        let redactor = Redactor::new(&verified.request.credentials);
        let callout_account = self.callout_account.load();
        let chain = Chain {
            routes: &generation.routes,
            slots: &generation.slots,
            context: RulingContext {
                request: &verified.request,
                issued_at: verified.issued_at(),
                callout_account: callout_account.as_ref().map(|name| name.as_str()),
                spread_by: Some(&verified.request.user_nkey),
            },
            ends: begun + budget,
        };
        let is_refused = self.throttle.is_refused(attempt, generation.number, begun);
        let ruled = match is_refused {
            true => rule::refused_again(),
            false => chain.ask(clock, |slot, output| {
                self.forward_log(slot, output, verified, &redactor);
            }),
        };
        let decided = clock.now();
        self.count(attempt, generation.number, &ruled.ruling, decided);
        stages.decide = decided - begun;
        let (ruled, reply) = self.reply(generation, verified, ruled, nonce);
        stages.reply = clock.now() - decided;
        self.telemetry.decided(
            &Record {
                outcome: ruled.ruling.outcome(),
                cause: ruled.ruling.cause(),
                policy: ruled.policy,
                generation: generation.number,
                request: &verified.request,
                account: ruled.ruling.account(),
                correlation_id: verified.correlation_id(),
                failure: ruled.failure,
                stages,
                clock_skew_seconds: verified.clock_skew_seconds(),
                redactor: &redactor,
            },
            decided,
        );
        reply
    }

    /// Tells the throttle what the policies said about the client's credential. What the bounds forbid is no guess.
    fn count(&self, attempt: &Attempt, generation: u64, ruling: &Ruling, now: Instant) {
        match ruling {
            Ruling::Allow(_) => self.throttle.admitted(attempt),
            Ruling::Deny(cause) if [DENIED_BY_POLICY, UNROUTED].contains(&cause.kind) => {
                self.throttle.refused(attempt, generation, now);
            }
            Ruling::Deny(_) | Ruling::Silence(..) => {}
        }
    }

    fn forward_log(
        &self,
        slot: &Slot,
        output: &CallOutput,
        verified: &Verified,
        redactor: &Redactor<'_>,
    ) {
        for line in &output.log {
            let id = Some(verified.correlation_id());
            let level = line.level.into();
            self.telemetry
                .policy_log(&slot.name, id, level, &line.text, redactor);
        }
    }

    /// Signs and seals the answer. If the host cannot make the answer, the fault is ours and the client gets none. If the
    /// answer is too large, the policy granted too much, and the client is denied.
    fn reply<'a>(
        &self,
        generation: &Generation,
        verified: &Verified,
        mut ruled: Ruled<'a>,
        nonce: [u8; 24],
    ) -> (Ruled<'a>, Option<Vec<u8>>) {
        if let Ruling::Allow(permit) = &ruled.ruling {
            match self.allow(generation, verified, permit, nonce) {
                Ok(reply) => return (ruled, Some(reply)),
                Err(ruling) => ruled.ruling = ruling,
            }
        }
        if matches!(ruled.ruling, Ruling::Silence(..)) {
            return (ruled, None);
        }
        match self.callout.deny(&generation.keys, verified, nonce) {
            Ok(reply) => (ruled, Some(reply)),
            Err(error) => {
                ruled.ruling = unanswerable(&error);
                (ruled, None)
            }
        }
    }

    fn allow(
        &self,
        generation: &Generation,
        verified: &Verified,
        permit: &Permit,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, Ruling> {
        let limit = self.answer_bytes_max.load(Ordering::Relaxed);
        match self
            .callout
            .allow(&generation.keys, verified, permit, nonce)
        {
            Ok(reply) if reply.len() <= limit => Ok(reply),
            Ok(reply) => {
                let bytes = reply.len();
                Err(too_large(format!(
                    "the answer has {bytes} bytes, but the server's max_payload is {limit}; grant less, or raise max_payload"
                )))
            }
            Err(error @ ReplyError::TooLarge { .. }) => Err(too_large(error.to_string())),
            Err(error) => Err(unanswerable(&error)),
        }
    }

    /// In configuration mode, the issuer is a key of its own, and accounts have names. In operator mode, the issuer is the
    /// callout's account: an answer that it signs places the client in that account, whatever the policy says.
    fn is_operator_mode(&self, verified: &Verified) -> bool {
        let account = self.callout_account.load();
        account
            .as_ref()
            .is_some_and(|account| account.as_str() == verified.issuer())
    }

    fn reject(&self, rejection: &Rejection, now: Instant) {
        let text = rejection.to_string();
        if rejection.is_of_setup() {
            self.setup.misfit(&text);
        }
        self.telemetry.rejected(rejection.kind(), &text, now);
    }

    /// Counts a message that was dropped: the queue was full, the client is throttled, or the host failed.
    pub fn shed(&self, kind: &'static str, text: &str, now: Instant) {
        self.telemetry.rejected(kind, text, now);
    }
}

const OPERATOR_MODE: &str = "the server is in operator mode, which is not supported yet: each client would be placed in the callout's own account; use a \
    server that has its accounts in its configuration file";

fn too_large(text: String) -> Ruling {
    let (blame, kind) = (Blame::Policy, rule::ANSWER_TOO_LARGE);
    Ruling::Deny(Cause { blame, kind, text })
}

fn unanswerable(error: &ReplyError) -> Ruling {
    let cause = Cause {
        blame: Blame::Bug,
        kind: error.kind(),
        text: error.to_string(),
    };
    Ruling::Silence(Silence::Fail, cause)
}

/// A verified request, before its record is written.
struct VerifiedRequest<'a> {
    generation: &'a Generation,
    verified: &'a Verified,
    attempt: &'a Attempt,
    stages: Stages,
    begun: Instant,
}

#[cfg(test)]
mod tests;
