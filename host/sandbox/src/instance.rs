//! Makes, configures and asks one instance of a policy. Every failure of a guest becomes a `Failure` here.

use std::time::Duration;

use wasmtime::component::Instance;
use wasmtime::{Engine, Store, Trap};

use super::bindings::{Policy as Bound, PolicyPre, authorizer};
use super::convert;
use super::engine;
use super::error::Failure;
use super::limits::SandboxLimits;
use super::lines::LogLine;
use super::source::ConfigureInput;
use super::state::State;
use portcullis_model::{Decision, Request, Timestamp};

/// The result of one call of a policy.
#[derive(Debug)]
pub struct CallOutput {
    pub decision: Result<Decision, Failure>,
    /// The lines that the policy wrote. They may contain secrets.
    pub log: Vec<LogLine>,
}

/// An instance, with the limits of its calls.
pub(super) struct LiveInstance {
    pub(super) store: Store<State>,
    pub(super) instance: Instance,
    bound: Bound,
    /// How long the guest could run since that was set, for messages.
    allowed: Duration,
    memory_bytes: usize,
    answer_bytes: usize,
}

/// Everything that is needed to make instances of a policy.
pub(super) struct InstanceTemplate<'a> {
    pub(super) engine: &'a Engine,
    pub(super) pre: &'a PolicyPre<State>,
    pub(super) limits: &'a SandboxLimits,
}

impl InstanceTemplate<'_> {
    /// Makes a new instance. The deadline applies to code that runs on instantiation and to all calls after it, until
    /// another one is set.
    pub(super) fn instantiate(
        &self,
        now: Timestamp,
        deadline: Duration,
    ) -> Result<LiveInstance, Failure> {
        let mut store = engine::store(self.engine, self.limits, now);
        store.set_epoch_deadline(engine::ticks(deadline));
        let instance = match self.pre.instance_pre().instantiate(&mut store) {
            Ok(instance) => instance,
            Err(error) => return Err(failure(&error, &store, self.limits.memory_bytes, deadline)),
        };
        let bound = Bound::new(&mut store, &instance)
            .map_err(|error| Failure::Sandbox(format!("{error:#}")))?;
        Ok(LiveInstance {
            store,
            instance,
            bound,
            allowed: deadline,
            memory_bytes: self.limits.memory_bytes,
            answer_bytes: self.limits.answer_bytes,
        })
    }
}

impl LiveInstance {
    /// Sets a new deadline, counted from now.
    pub(super) fn allow(&mut self, time: Duration) {
        self.store.set_epoch_deadline(engine::ticks(time));
        self.allowed = time;
    }

    /// Calls `configure`. The inner error is the policy's own refusal.
    pub(super) fn configure(
        &mut self,
        configuration: &ConfigureInput,
    ) -> Result<Result<(), String>, Failure> {
        let data: Vec<(&str, &[u8])> = configuration
            .data
            .iter()
            .map(|(name, contents)| (name.as_str(), contents.as_slice()))
            .collect();
        let settings = authorizer::Settings {
            json: configuration.settings_json.expose(),
            data: &data,
        };
        let guest = self.bound.portcullis_policy_authorizer();
        guest
            .call_configure(&mut self.store, settings)
            .map_err(|error| failure(&error, &self.store, self.memory_bytes, self.allowed))
    }

    fn call_decide(&mut self, request: &Request) -> Result<Decision, Failure> {
        self.store.data().set_now(request.received_at);
        let guest = self.bound.portcullis_policy_authorizer();
        let answer = convert::with_request(request, |request| {
            guest.call_decide(&mut self.store, request)
        });
        let decision = answer
            .map(convert::decision)
            .map_err(|error| failure(&error, &self.store, self.memory_bytes, self.allowed))?;
        match convert::size(&decision) {
            size if size > self.answer_bytes => Err(Failure::TooLarge(format!(
                "it has {size} bytes of text, but at most {} are allowed",
                self.answer_bytes
            ))),
            _ => Ok(decision),
        }
    }

    /// Calls `decide`, and returns the decision with the lines that the policy wrote.
    pub(super) fn decide(&mut self, request: &Request) -> CallOutput {
        let decision = self.call_decide(request);
        CallOutput {
            decision,
            log: self.take_log(),
        }
    }

    pub(super) fn take_log(&mut self) -> Vec<LogLine> {
        self.store.data().lines.take()
    }
}

fn failure(
    error: &wasmtime::Error,
    store: &Store<State>,
    memory_bytes: usize,
    deadline: Duration,
) -> Failure {
    let text = error.root_cause().to_string();
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Failure::Deadline(deadline.as_millis()),
        Some(Trap::StackOverflow) => Failure::Stack,
        _ if store.data().meter.refused_memory() => Failure::Memory(memory_bytes),
        Some(trap) => Failure::Trap(trap.to_string()),
        None if error.downcast_ref::<wasmtime_wasi::I32Exit>().is_some() => Failure::Trap(text),
        None if error
            .downcast_ref::<wasmtime::PoolConcurrencyLimitError>()
            .is_some() =>
        {
            Failure::Sandbox(text)
        }
        None if text.contains(COPY_EXHAUSTED) => Failure::TooLarge(text),
        None => Failure::Answer(text),
    }
}

/// The text of wasmtime's error when a call copies more than it may. The error has no type of its own.
const COPY_EXHAUSTED: &str = "fuel allocated for hostcalls has been exhausted";
