//! The rules, parsed and compiled once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portcullis_sdk::{Error, Result, log};
use regorus::{Engine, Value};

use crate::builtins;
use crate::documents::Documents;

/// Rules ready for evaluation, which needs exclusive access to the engine. Each decision has its own
/// instance of the policy, so that the lock is always free and nothing is copied.
pub(crate) struct Rules {
    engine: Mutex<Engine>,
    now: Arc<AtomicU64>,
}

impl Rules {
    /// # Errors
    ///
    /// The first fault, with its file, line and column.
    pub(crate) fn compile(documents: Documents) -> Result<Self> {
        let mut engine = Engine::new();
        engine.set_gather_prints(true);
        engine.set_strict_builtin_errors(false);
        let now = Arc::new(AtomicU64::new(0));
        builtins::add_to(&mut engine, &now).map_err(|error| Error::new(Fault(error)))?;
        for (name, text) in documents.modules {
            engine
                .add_policy(name, text)
                .map_err(|error| Error::new(Fault(error)))?;
        }
        engine
            .add_data(Value::from(serde_json::Value::Object(documents.data)))
            .map_err(|error| Error::new(Fault(error)))?;
        let engine = Mutex::new(engine);
        Ok(Self { engine, now })
    }

    /// Evaluates once while the policy is configured. The first evaluation compiles the rules and fills
    /// tables, which are then in the snapshot.
    ///
    /// # Errors
    ///
    /// Names what is wrong with the rules for every client, or the setting whose rule does not exist.
    pub(crate) fn warm_up(&self, setting: &str, path: &str, input: Value) -> Result<()> {
        let mut engine = self.engine();
        let compiled = engine.compile_with_entrypoint(&path.into());
        compiled.map_err(|error| match error.to_string().as_str() {
            "not a valid rule path" => Error::new(format_args!(
                "settings: {setting}: no *.rego file has the rule {path}: write it, or name another rule"
            )),
            _ => Error::new(Fault(error)),
        })?;
        engine.set_input(input);
        let value = engine.eval_rule(path.to_owned());
        let _ = engine.take_prints();
        match value.map_err(Fault) {
            Err(fault) if fault.is_of_everybody() => Err(Error::new(format_args!(
                "{fault}: this function is not available; README.md of this policy lists those that are"
            ))),
            // This is not the input of a client, and rules may fail with it.
            _ => Ok(()),
        }
    }

    /// Sets the input of the next evaluations.
    pub(crate) fn set_input(&self, input: Value, received_at: u64) {
        self.now.store(received_at, Ordering::Relaxed);
        self.engine().set_input(input);
    }

    /// The value of a rule. Lines that the rules print go to the log.
    ///
    /// # Errors
    ///
    /// The rules contradict each other, or call a function that does not exist.
    pub(crate) fn value(&self, path: &str) -> Result<Value, Fault> {
        let mut engine = self.engine();
        let value = engine.eval_rule(path.to_owned());
        for line in engine.take_prints().unwrap_or_default() {
            log::info!("{line}");
        }
        value.map_err(Fault)
    }

    /// A panic while the engine was locked has already ended the instance.
    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// regorus writes errors of several lines; this is one line:
/// `acl.rego:4:9: expected ...: near "x"`.
#[derive(Debug)]
pub(crate) struct Fault(anyhow::Error);

impl Fault {
    /// regorus notices functions that do not exist when they are called.
    fn is_of_everybody(&self) -> bool {
        self.0.to_string().contains("could not find function")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let place = text.lines().find_map(|line| line.strip_prefix("--> "));
        let what = text.lines().find_map(|line| line.strip_prefix("error: "));
        match (place, what) {
            (Some(place), Some(what)) => write!(formatter, "{place}: {what}"),
            _ => formatter.write_str(&text.replace('\n', " ")),
        }
    }
}
