//! A loaded policy, and how it is asked.

use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use wasmtime::Engine;

use super::bindings::PolicyPre;
use super::error::Failure;
use super::instance::{Live, Mold, Verdict};
use super::limits::Limits;
use super::source::{About, Configuration};
use super::state::State;
use crate::model::Request;

/// A policy that decides. Shared by all decision threads.
#[derive(Debug)]
pub struct Policy {
    pub(super) guest: Guest,
    pub(super) about: About,
}

/// The one question. A seam, so that the journey of a decision is tested without WebAssembly.
pub trait Decide: fmt::Debug + Send + Sync {
    /// Asks about one client. `budget` is what is left of the client's patience; a policy's own deadline holds as well.
    fn decide(&self, request: &Request, budget: Duration) -> Verdict;
}

impl Decide for Policy {
    fn decide(&self, request: &Request, budget: Duration) -> Verdict {
        self.guest.decide(request, budget)
    }
}

impl Policy {
    pub fn about(&self) -> &About {
        &self.about
    }
}

/// Code, bounds and the way in which instances are made of them.
pub(super) struct Guest {
    pub(super) engine: Engine,
    pub(super) pre: PolicyPre<State>,
    pub(super) limits: Limits,
    pub(super) strategy: Strategy,
}

pub(super) enum Strategy {
    Snapshot,
    Fresh(Configuration),
    Warm {
        configuration: Configuration,
        uses_max: u32,
        idle: Mutex<Vec<Reused>>,
    },
}

/// An instance that waits for its next decision, with the number of those that it has made.
pub(super) struct Reused {
    live: Live,
    uses: u32,
}

impl fmt::Debug for Guest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Guest")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Guest {
    pub(super) fn decide(&self, request: &Request, budget: Duration) -> Verdict {
        let deadline = budget.min(self.limits.decide_deadline);
        match &self.strategy {
            Strategy::Snapshot => self.ask(
                self.mold().instantiate(request.received_at, deadline),
                request,
                deadline,
            ),
            Strategy::Fresh(configuration) => self.ask(
                self.configured(configuration, request, budget),
                request,
                deadline,
            ),
            Strategy::Warm {
                configuration,
                uses_max,
                idle,
            } => {
                let reused = idle.lock().pop();
                let warm = Warm {
                    configuration,
                    uses_max: *uses_max,
                    idle,
                };
                match reused {
                    Some(reused) => self.reuse(&warm, reused, request, budget),
                    None => self.start(&warm, request, budget),
                }
            }
        }
    }

    fn mold(&self) -> Mold<'_> {
        Mold {
            engine: &self.engine,
            pre: &self.pre,
            limits: &self.limits,
        }
    }

    fn ask(&self, live: Result<Live, Failure>, request: &Request, deadline: Duration) -> Verdict {
        match live {
            Ok(mut live) => live.verdict(request, deadline),
            Err(failure) => Verdict {
                decision: Err(failure),
                log: Vec::new(),
            },
        }
    }

    /// A new instance, configured within the time that the client has.
    fn configured(
        &self,
        configuration: &Configuration,
        request: &Request,
        budget: Duration,
    ) -> Result<Live, Failure> {
        let deadline = budget.min(self.limits.configure_deadline);
        let mut live = self.mold().instantiate(request.received_at, deadline)?;
        match live.configure(configuration, deadline)? {
            Ok(()) => {
                // It said the same when it was loaded; the operator has read it.
                live.take_log();
                Ok(live)
            }
            Err(refusal) => Err(Failure::Trap(format!(
                "it refused its configuration: {refusal}"
            ))),
        }
    }

    fn start(&self, warm: &Warm<'_>, request: &Request, budget: Duration) -> Verdict {
        let deadline = budget.min(self.limits.decide_deadline);
        match self.configured(warm.configuration, request, budget) {
            Ok(live) => warm.ask(Reused { live, uses: 0 }, request, deadline),
            Err(failure) => Verdict {
                decision: Err(failure),
                log: Vec::new(),
            },
        }
    }

    /// What an earlier decision left behind may be what makes this one fail, so a failure is tried once more from the start.
    fn reuse(
        &self,
        warm: &Warm<'_>,
        reused: Reused,
        request: &Request,
        budget: Duration,
    ) -> Verdict {
        let verdict = warm.ask(reused, request, budget.min(self.limits.decide_deadline));
        match verdict.decision {
            Err(Failure::Trap(_) | Failure::Memory(_)) => self.start(warm, request, budget),
            _ => verdict,
        }
    }
}

struct Warm<'a> {
    configuration: &'a Configuration,
    uses_max: u32,
    idle: &'a Mutex<Vec<Reused>>,
}

impl Warm<'_> {
    /// An instance that failed is never used again.
    fn ask(&self, mut reused: Reused, request: &Request, deadline: Duration) -> Verdict {
        let verdict = reused.live.verdict(request, deadline);
        reused.uses += 1;
        if verdict.decision.is_ok() && reused.uses < self.uses_max {
            self.idle.lock().push(reused);
        }
        verdict
    }
}
