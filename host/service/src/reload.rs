//! Reloads: notices changes of the operator's files, reads them once, and puts new versions into force or refuses them.
//!
//! One reload runs at a time, on a thread of its own. A reload that fails changes nothing: the previous version keeps
//! deciding, and the log and the health report say what is wrong. The timers in this room wait until files stop changing.

mod files;
mod installed;
mod material;
mod parts;
mod plan;
mod watch;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use installed::{Installed, LoadFault};

pub use files::{
    Contents, DataSpec, Fingerprint, ReadError, ReadLimits, SpecError, fingerprint, has_files,
    read, read_file,
};
pub use material::Material;
pub use parts::Parts;
pub use plan::{Plan, PolicyPlan, Unplanned};
pub use watch::{Wake, Watch, WatchHandle, WatchSettings};

use crate::catalog::{Generation, Slot};
use crate::router::Routes;
use crate::telemetry::Unable;

/// The name of the configuration in logs and health reports of a reload.
const CONFIGURATION: &str = "configuration";

/// Makes a plan from the current configuration, or says what is wrong with it.
pub type Planner = Box<dyn FnMut() -> Result<Plan, Unplanned> + Send>;

/// Called once every policy can decide. Before that the instance must not join the queue group: it would leave requests
/// without an answer that other instances could answer.
pub type Announce = Box<dyn FnMut() + Send>;

/// Keeps in force what the configuration asks for.
pub struct Reloader {
    parts: Parts,
    planner: Planner,
    announce: Announce,
    plan: Arc<Plan>,
    installed: Installed,
    generation: u64,
    /// The configuration asks for something that is not in force. Any changed file may be the one that it waits for.
    is_behind: bool,
    /// The parts whose faults are reported: policies, and the configuration.
    faulty: BTreeSet<Option<String>>,
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Reloader")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl Reloader {
    pub fn new(parts: Parts, plan: Plan, planner: Planner, announce: Announce) -> Self {
        let (plan, installed) = (Arc::new(plan), Installed::default());
        Self {
            parts,
            planner,
            announce,
            plan,
            installed,
            generation: 0,
            is_behind: false,
            faulty: BTreeSet::new(),
        }
    }

    /// Puts the first plan into force, then applies every change until the watch is stopped.
    pub fn run(mut self, mut watch: Watch) {
        watch.set_paths(self.plan.paths());
        self.start();
        loop {
            match watch.next_wake() {
                Wake::Stopped => return,
                Wake::Nudged => self.follow(&mut watch, CONFIGURATION),
                Wake::Changed(paths) if self.is_behind || self.concerns_plan(&paths) => {
                    self.follow(&mut watch, &described(&paths));
                }
                Wake::Changed(paths) => {
                    self.refresh(&described(&paths));
                }
            }
        }
    }

    /// If a configuration cannot be put into force, the policies in force still follow changes of their own files.
    fn follow(&mut self, watch: &mut Watch, what: &str) {
        let Err(fault) = self.replan(watch) else {
            return;
        };
        // Report this last: a policy that is unchanged under the old plan has just been marked as healthy. But a module that
        // fails under both plans has one fault.
        if !self.refresh(what).contains(&fault) {
            self.report(&fault);
        }
    }

    fn concerns_plan(&self, paths: &[PathBuf]) -> bool {
        paths.iter().any(|path| self.plan.sources.contains(path))
    }

    /// At the start there is no last good version. A policy that cannot be loaded leaves its slot empty; it is tried again
    /// when its files change.
    fn start(&mut self) {
        let (started, plan) = (Instant::now(), self.plan.clone());
        for policy in &plan.policies {
            if let Err(fault) = self.installed.load(policy, &self.parts) {
                self.report(&fault);
            }
        }
        self.swap("start", started);
    }

    /// The files of policies changed: each policy is loaded on its own, and one that fails keeps its last good version. Returns
    /// the faults, which have been reported.
    fn refresh(&mut self, what: &str) -> Vec<LoadFault> {
        let (started, plan) = (Instant::now(), self.plan.clone());
        let (mut changed, mut faults) = (false, Vec::new());
        for policy in &plan.policies {
            match self.installed.load(policy, &self.parts) {
                Ok(new) => {
                    changed |= new;
                    self.recovered(&policy.name);
                }
                Err(fault) => {
                    self.report(&fault);
                    faults.push(fault);
                }
            }
        }
        if changed {
            self.swap(what, started);
        } else if faults.is_empty() {
            self.parts.telemetry.reload_unchanged(what);
        }
        faults
    }

    /// The configuration changed: all of it goes into force, or none of it.
    fn replan(&mut self, watch: &mut Watch) -> Result<(), LoadFault> {
        let started = Instant::now();
        let before = self.installed.clone();
        self.is_behind = true;
        let plan = self.make_plan(watch).map_err(LoadFault::of_configuration)?;
        watch.set_paths(self.plan.paths().into_iter().chain(plan.paths()));
        for policy in &plan.policies {
            let Err(fault) = self.installed.load(policy, &self.parts) else {
                continue;
            };
            if !before.is_empty() {
                self.installed = before;
                return Err(fault);
            }
            self.report(&fault);
        }
        self.adopt(plan, watch);
        self.swap(CONFIGURATION, started);
        Ok(())
    }

    /// A wrong configuration may wait for a file that no plan in force names. Once that file is watched, the configuration is
    /// read again, because the file may have appeared in between.
    fn make_plan(&mut self, watch: &mut Watch) -> Result<Plan, String> {
        (self.planner)().or_else(|unplanned| {
            watch.set_paths(self.plan.paths().into_iter().chain(unplanned.looked_at));
            (self.planner)().map_err(|unplanned| unplanned.text)
        })
    }

    fn adopt(&mut self, plan: Plan, watch: &mut Watch) {
        for warning in &plan.warnings {
            tracing::warn!(target: "portcullis::reload", "{warning}");
        }
        self.installed.keep(&plan.policies);
        self.plan = Arc::new(plan);
        // What was reported about another plan is over: it is gone with that plan, or it works.
        for part in std::mem::take(&mut self.faulty) {
            match part.as_deref().is_some_and(|name| self.lacks_version(name)) {
                true => _ = self.faulty.insert(part),
                false => self.recover(part.as_deref()),
            }
        }
        self.is_behind = false;
        watch.set_paths(self.plan.paths());
    }

    fn report(&mut self, fault: &LoadFault) {
        if fault.transient {
            return;
        }
        self.faulty.insert(fault.policy.clone());
        let (policy, text) = (fault.policy.as_deref(), &fault.text);
        let telemetry = &self.parts.telemetry;
        let nothing_in_force = self.installed.is_empty();
        match policy.filter(|name| nothing_in_force || self.lacks_version(name)) {
            Some(policy) => telemetry.load_failed(policy, fault.blame, text),
            None => telemetry.reload_failed(policy, fault.blame, text),
        }
        let (part, now) = (policy.unwrap_or(CONFIGURATION), (self.parts.now)());
        self.parts.health.degrade(part, text, now);
    }

    /// Whether the plan has the policy, and no version of it could be loaded.
    fn lacks_version(&self, name: &str) -> bool {
        let is_planned = self.plan.policies.iter().any(|policy| policy.name == name);
        is_planned && self.installed.decide(name).is_none()
    }

    fn recovered(&mut self, policy: &str) {
        self.faulty.remove(&Some(policy.to_owned()));
        self.recover(Some(policy));
    }

    /// The policy, or the configuration, has no fault any more.
    fn recover(&self, policy: Option<&str>) {
        let part = policy.unwrap_or(CONFIGURATION);
        if self.parts.health.recover(part) {
            self.parts.telemetry.recovered(policy);
        }
    }

    /// Puts the plan and the installed policies into force, all at once.
    fn swap(&mut self, what: &str, started: Instant) {
        self.generation += 1;
        let slots: Vec<Slot> = self
            .plan
            .policies
            .iter()
            .map(|policy| self.slot(policy))
            .collect();
        let unable: Vec<Unable> = slots.iter().filter_map(unable).collect();
        let (able, whole) = (slots.len() - unable.len(), unable.is_empty());
        let conditions = self
            .plan
            .policies
            .iter()
            .map(|policy| policy.condition.clone())
            .collect();
        self.parts.catalog.replace(Generation {
            number: self.generation,
            keys: self.plan.keys.clone(),
            routes: Routes::new(conditions),
            slots,
        });
        self.parts.health.loaded(self.generation, able, unable);
        let telemetry = &self.parts.telemetry;
        telemetry.policies(self.plan.policies.iter().map(|policy| policy.name.as_str()));
        match able {
            0 => telemetry.nothing_in_force(self.generation),
            _ => telemetry.reloaded(what, self.generation, started.elapsed()),
        }
        if whole {
            (self.announce)();
        }
    }

    fn slot(&self, plan: &PolicyPlan) -> Slot {
        let missing =
            || "no version of this policy could be loaded; see `load failed` in the log".to_owned();
        Slot {
            name: plan.name.clone(),
            policy: self.installed.decide(&plan.name).ok_or_else(missing),
            bounds: plan.bounds.clone(),
            on_failure: plan.on_failure,
        }
    }
}

fn unable(slot: &Slot) -> Option<Unable> {
    let cause = slot.policy.as_ref().err()?.clone();
    Some(Unable {
        policy: slot.name.clone(),
        cause,
    })
}

fn described(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
