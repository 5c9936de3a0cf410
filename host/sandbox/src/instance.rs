//! One instance of a policy: made, configured, asked. Every failure of a guest becomes a `Failure` here.

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

/// What came of one call into a policy.
#[derive(Debug)]
pub struct CallOutput {
    pub decision: Result<Decision, Failure>,
    /// Lines that the policy wrote, not yet cleaned of secrets.
    pub log: Vec<LogLine>,
}

/// An instance, with the bounds that its calls are held to.
pub(super) struct LiveInstance {
    pub(super) store: Store<State>,
    pub(super) instance: Instance,
    bound: Bound,
    memory_bytes: usize,
    answer_bytes: usize,
}

/// What an instance is made of.
pub(super) struct InstanceTemplate<'a> {
    pub(super) engine: &'a Engine,
    pub(super) pre: &'a PolicyPre<State>,
    pub(super) limits: &'a SandboxLimits,
}

impl InstanceTemplate<'_> {
    /// A new instance; code that runs on instantiation is held to the deadline as well.
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
            memory_bytes: self.limits.memory_bytes,
            answer_bytes: self.limits.answer_bytes,
        })
    }
}

impl LiveInstance {
    /// The policy's own refusal is the inner error.
    pub(super) fn configure(
        &mut self,
        configuration: &ConfigureInput,
        deadline: Duration,
    ) -> Result<Result<(), String>, Failure> {
        let data: Vec<(&str, &[u8])> = configuration
            .data
            .iter()
            .map(|(name, contents)| (name.as_str(), contents.as_slice()))
            .collect();
        let settings = authorizer::Settings {
            json: &configuration.settings_json,
            data: &data,
        };
        self.store.set_epoch_deadline(engine::ticks(deadline));
        let guest = self.bound.portcullis_policy_authorizer();
        guest
            .call_configure(&mut self.store, settings)
            .map_err(|error| failure(&error, &self.store, self.memory_bytes, deadline))
    }

    fn decide(&mut self, request: &Request, deadline: Duration) -> Result<Decision, Failure> {
        self.store.data().set_now(request.received_at);
        self.store.set_epoch_deadline(engine::ticks(deadline));
        let guest = self.bound.portcullis_policy_authorizer();
        let answer = convert::with_request(request, |request| {
            guest.call_decide(&mut self.store, request)
        });
        let decision = answer
            .map(convert::decision)
            .map_err(|error| failure(&error, &self.store, self.memory_bytes, deadline))?;
        match convert::size(&decision) {
            size if size > self.answer_bytes => Err(Failure::TooLarge(format!(
                "{size} bytes of text, more than the {} allowed",
                self.answer_bytes
            ))),
            _ => Ok(decision),
        }
    }

    /// Decides, and hands out what the policy wrote meanwhile.
    pub(super) fn verdict(&mut self, request: &Request, deadline: Duration) -> CallOutput {
        let decision = self.decide(request, deadline);
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

/// What wasmtime says when a call would copy more than it may; the error has no type of its own.
const COPY_EXHAUSTED: &str = "fuel allocated for hostcalls has been exhausted";
