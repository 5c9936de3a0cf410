//! Loads policies, each on a thread of its own, so that none waits for another.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::installed::Version;
use super::load_fault::LoadFault;
use super::material::Reading;
use super::parts::Parts;
use super::watch::WatchHandle;
use crate::telemetry::Redactor;
use portcullis_model::Blame;
use portcullis_sandbox::{Effort, LoadedPolicy, PolicySource};

/// A version of a policy: its name and its identity.
type Key = (String, String);

/// The loads under way, and the results that nobody has taken yet.
#[derive(Debug)]
pub(super) struct Loads {
    parts: Arc<Parts>,
    loads: BTreeMap<Key, Load>,
    sender: Sender<(Key, Result<Version, LoadFault>)>,
    finished: Receiver<(Key, Result<Version, LoadFault>)>,
}

#[derive(Clone, Debug)]
pub(super) enum Load {
    Running,
    Ready(Version),
    Failed(LoadFault),
}

impl Load {
    /// Versions that nobody took belong to a configuration that did not go into force.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self, Self::Ready(_))
    }

    pub(super) fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl Loads {
    pub(super) fn new(parts: Arc<Parts>) -> Self {
        let (sender, finished) = channel();
        Self {
            parts,
            loads: BTreeMap::new(),
            sender,
            finished,
        }
    }

    /// How far the load of this version is. If it was not begun, it begins now, unless two other versions of the policy are
    /// being loaded: one for the plan in force and one for the next. When one of them ends, ask again.
    pub(super) fn pursue(
        &mut self,
        name: &str,
        reading: Reading,
        effort: Effort,
        done: &WatchHandle,
    ) -> Load {
        let key = (name.to_owned(), reading.identity.clone());
        if let Some(load) = self.loads.get(&key) {
            return load.clone();
        }
        if self.running(name) < LOADS_OF_A_POLICY_MAX {
            self.forget(|it, load| it == name && load.is_ready());
            match self.start(key.clone(), reading, effort, done) {
                Ok(()) => _ = self.loads.insert(key, Load::Running),
                Err(fault) => return Load::Failed(fault),
            }
        }
        Load::Running
    }

    fn running(&self, name: &str) -> usize {
        let of_policy = self.loads.iter().filter(|(key, _)| key.0 == name);
        of_policy
            .filter(|(_, load)| matches!(load, Load::Running))
            .count()
    }

    fn start(
        &self,
        key: Key,
        reading: Reading,
        effort: Effort,
        done: &WatchHandle,
    ) -> Result<(), LoadFault> {
        let (parts, sender, done) = (self.parts.clone(), self.sender.clone(), done.clone());
        let name = key.0.clone();
        tracing::info!(target: "portcullis::reload", policy = name, "loading");
        let load = move || {
            let Reading {
                source,
                identity,
                module_digest,
            } = reading;
            let version = compile(&key.0, &source, effort, &parts).map(|policy| Version {
                identity,
                module_digest,
                policy: Arc::new(policy),
            });
            // Without a receiver, the process is about to end.
            let _ = sender.send((key, version));
            done.report_load();
        };
        let thread = std::thread::Builder::new().name("load".into()).spawn(load);
        thread.map(drop).map_err(|error| {
            let text = format!("cannot start a thread to load it: {error}");
            LoadFault::of_policy(&name, Blame::Operator, text)
        })
    }

    /// Notes the loads that have ended, and returns the names of their policies.
    pub(super) fn take_finished(&mut self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        while let Ok((key, result)) = self.finished.try_recv() {
            names.insert(key.0.clone());
            let load = match result {
                Ok(version) => Load::Ready(version),
                Err(fault) => Load::Failed(fault),
            };
            self.loads.insert(key, load);
        }
        names
    }

    /// The latest of these versions that is ready.
    pub(super) fn take_ready(&mut self, name: &str, identities: &[String]) -> Option<Version> {
        let key = |identity: &String| (name.to_owned(), identity.clone());
        let mut keys = identities.iter().rev().map(key);
        let ready = keys.find(|key| self.loads.get(key).is_some_and(Load::is_ready))?;
        match self.loads.remove(&ready) {
            Some(Load::Ready(version)) => Some(version),
            _ => None,
        }
    }

    /// Forgets these results. What is being loaded goes on.
    pub(super) fn forget(&mut self, is_meant: impl Fn(&str, &Load) -> bool) {
        self.loads
            .retain(|key, load| matches!(load, Load::Running) || !is_meant(&key.0, load));
    }
}

/// A panic while a module is loaded fails that module only.
fn compile(
    name: &str,
    source: &PolicySource,
    effort: Effort,
    parts: &Parts,
) -> Result<LoadedPolicy, LoadFault> {
    let now = (parts.now)();
    let load = AssertUnwindSafe(|| parts.sandbox.load(source, effort, now));
    let policy = match catch_unwind(load) {
        Ok(loaded) => {
            loaded.map_err(|error| LoadFault::of_policy(name, Blame::Policy, error.to_string()))?
        }
        Err(_) => {
            let text = "a bug in the host while it loaded the policy; please report it with the lines around it in the log";
            return Err(LoadFault::of_policy(name, Blame::Bug, text.to_owned()));
        }
    };
    tell(name, &policy, parts);
    Ok(policy)
}

fn tell(name: &str, policy: &LoadedPolicy, parts: &Parts) {
    let about = policy.about();
    let (digest, imports) = (about.digest.as_str(), about.imports.join(", "));
    tracing::info!(target: "portcullis::reload", policy = name, digest, imports, "policy loaded");
    for text in &about.warnings {
        tracing::warn!(target: "portcullis::reload", policy = name, cause = text, "policy warning");
    }
    for line in &about.log {
        let redactor = Redactor::default();
        parts
            .telemetry
            .policy_log(name, None, line.level.into(), &line.text, &redactor);
    }
}

const LOADS_OF_A_POLICY_MAX: usize = 2;
