//! A loaded policy, and how it is asked about a client.

use std::fmt;
use std::time::{Duration, Instant};

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

impl Decide for Guest {
    /// Everything ends when the budget is used up, whatever is done meanwhile: instantiation, configuration, another try.
    fn decide(&self, request: &Request, budget: Duration) -> CallOutput {
        let had_less = budget < self.limits.decide_deadline;
        let mut output = self.decide_until(request, budget, Instant::now() + budget);
        if had_less && matches!(output.decision, Err(Failure::Deadline(_))) {
            output.decision = Err(Failure::Late);
        }
        output
    }
}

impl Guest {
    fn decide_until(&self, request: &Request, budget: Duration, ends: Instant) -> CallOutput {
        let deadline = budget.min(self.limits.decide_deadline);
        match &self.strategy {
            // One deadline for instantiation and decision.
            Strategy::Snapshot => answer(
                self.template().instantiate(request.received_at, deadline),
                |live| live.decide(request),
            ),
            Strategy::Fresh(configuration) => {
                answer(self.configured(configuration, request, ends), |live| {
                    live.allow(left(ends).min(deadline));
                    live.decide(request)
                })
            }
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
                    Some(reused) => self.reuse(&warm, reused, request, deadline, ends),
                    None => self.start(&warm, request, deadline, ends),
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

    /// Makes and configures a new instance within the time that is left.
    fn configured(
        &self,
        configuration: &ConfigureInput,
        request: &Request,
        ends: Instant,
    ) -> Result<LiveInstance, Failure> {
        let deadline = left(ends).min(self.limits.configure_deadline);
        let mut live = self.template().instantiate(request.received_at, deadline)?;
        match live.configure(configuration)? {
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

    fn start(
        &self,
        warm: &Warm<'_>,
        request: &Request,
        deadline: Duration,
        ends: Instant,
    ) -> CallOutput {
        match self.configured(warm.configuration, request, ends) {
            Ok(live) => {
                let time = left(ends).min(deadline);
                warm.ask(IdleInstance { live, uses: 0 }, request, time)
            }
            Err(failure) => failed(failure),
        }
    }

    /// The cause of a failure may be what an earlier decision left in the instance. Therefore a failed decision is tried once
    /// more with a new instance, in the time that the first one left.
    fn reuse(
        &self,
        warm: &Warm<'_>,
        reused: IdleInstance,
        request: &Request,
        deadline: Duration,
        ends: Instant,
    ) -> CallOutput {
        let started = Instant::now();
        let output = warm.ask(reused, request, deadline);
        match output.decision {
            Err(Failure::Trap(_) | Failure::Memory(_)) => {
                let rest = deadline.saturating_sub(started.elapsed());
                self.start(warm, request, rest, ends)
            }
            _ => output,
        }
    }
}

fn left(ends: Instant) -> Duration {
    ends.saturating_duration_since(Instant::now())
}

fn answer(
    live: Result<LiveInstance, Failure>,
    ask: impl FnOnce(&mut LiveInstance) -> CallOutput,
) -> CallOutput {
    match live {
        Ok(mut live) => ask(&mut live),
        Err(failure) => failed(failure),
    }
}

fn failed(failure: Failure) -> CallOutput {
    CallOutput {
        decision: Err(failure),
        log: Vec::new(),
    }
}

struct Warm<'a> {
    configuration: &'a ConfigureInput,
    uses_max: u32,
    idle: &'a Mutex<Vec<IdleInstance>>,
}

impl Warm<'_> {
    /// An instance that failed is never used again.
    fn ask(&self, mut reused: IdleInstance, request: &Request, time: Duration) -> CallOutput {
        reused.live.allow(time);
        let output = reused.live.decide(request);
        reused.uses += 1;
        if output.decision.is_ok() && reused.uses < self.uses_max {
            self.idle.lock().push(reused);
        }
        output
    }
}
