//! A loaded policy, and how it is asked about a client.

use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use wasmtime::Engine;

use super::bindings::PolicyPre;
use super::error::Failure;
use super::instance::{CallOutput, InstanceTemplate, LiveInstance};
use super::limits::SandboxLimits;
use super::source::{About, ConfigureInput};
use super::state::State;
use portcullis_model::Request;

/// A policy that can decide. All decision threads share it.
#[derive(Debug)]
pub struct LoadedPolicy {
    pub(super) guest: Guest,
    pub(super) about: About,
}

/// Decides about a client. It is a trait so that decisions can be tested without WebAssembly.
pub trait Decide: fmt::Debug + Send + Sync {
    /// Asks about one client. `budget` is the time until the server stops waiting. The policy's own deadline also applies.
    fn decide(&self, request: &Request, budget: Duration) -> CallOutput;
}

impl Decide for LoadedPolicy {
    fn decide(&self, request: &Request, budget: Duration) -> CallOutput {
        self.guest.decide(request, budget)
    }
}

impl LoadedPolicy {
    /// What is known about the policy since it was loaded.
    pub fn about(&self) -> &About {
        &self.about
    }
}

/// The code of a policy, its limits, and how its instances are made.
pub(super) struct Guest {
    pub(super) engine: Engine,
    pub(super) pre: PolicyPre<State>,
    pub(super) limits: SandboxLimits,
    pub(super) strategy: Strategy,
}

pub(super) enum Strategy {
    Snapshot,
    Fresh(ConfigureInput),
    Warm {
        configuration: ConfigureInput,
        uses_max: u32,
        idle: Mutex<Vec<IdleInstance>>,
    },
}

/// An instance that waits for its next decision, and the number of decisions that it has made.
pub(super) struct IdleInstance {
    live: LiveInstance,
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
    pub(super) fn decide(&self, request: &Request, budget: Duration) -> CallOutput {
        let deadline = budget.min(self.limits.decide_deadline);
        match &self.strategy {
            Strategy::Snapshot => self.ask(
                self.template().instantiate(request.received_at, deadline),
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

    fn template(&self) -> InstanceTemplate<'_> {
        InstanceTemplate {
            engine: &self.engine,
            pre: &self.pre,
            limits: &self.limits,
        }
    }

    fn ask(
        &self,
        live: Result<LiveInstance, Failure>,
        request: &Request,
        deadline: Duration,
    ) -> CallOutput {
        match live {
            Ok(mut live) => live.decide(request, deadline),
            Err(failure) => CallOutput {
                decision: Err(failure),
                log: Vec::new(),
            },
        }
    }

    /// Makes and configures a new instance within the time that is left.
    fn configured(
        &self,
        configuration: &ConfigureInput,
        request: &Request,
        budget: Duration,
    ) -> Result<LiveInstance, Failure> {
        let deadline = budget.min(self.limits.configure_deadline);
        let mut live = self.template().instantiate(request.received_at, deadline)?;
        match live.configure(configuration, deadline)? {
            Ok(()) => {
                // The same lines were logged when the policy was loaded.
                live.take_log();
                Ok(live)
            }
            Err(refusal) => Err(Failure::Trap(format!(
                "it refused its configuration: {refusal}"
            ))),
        }
    }

    fn start(&self, warm: &Warm<'_>, request: &Request, budget: Duration) -> CallOutput {
        let deadline = budget.min(self.limits.decide_deadline);
        match self.configured(warm.configuration, request, budget) {
            Ok(live) => warm.ask(IdleInstance { live, uses: 0 }, request, deadline),
            Err(failure) => CallOutput {
                decision: Err(failure),
                log: Vec::new(),
            },
        }
    }

    /// The cause of a failure may be what an earlier decision left in the instance. Therefore a failed decision is tried once
    /// more with a new instance.
    fn reuse(
        &self,
        warm: &Warm<'_>,
        reused: IdleInstance,
        request: &Request,
        budget: Duration,
    ) -> CallOutput {
        let output = warm.ask(reused, request, budget.min(self.limits.decide_deadline));
        match output.decision {
            Err(Failure::Trap(_) | Failure::Memory(_)) => self.start(warm, request, budget),
            _ => output,
        }
    }
}

struct Warm<'a> {
    configuration: &'a ConfigureInput,
    uses_max: u32,
    idle: &'a Mutex<Vec<IdleInstance>>,
}

impl Warm<'_> {
    /// An instance that failed is never used again.
    fn ask(&self, mut reused: IdleInstance, request: &Request, deadline: Duration) -> CallOutput {
        let output = reused.live.decide(request, deadline);
        reused.uses += 1;
        if output.decision.is_ok() && reused.uses < self.uses_max {
            self.idle.lock().push(reused);
        }
        output
    }
}
