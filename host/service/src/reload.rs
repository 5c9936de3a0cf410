//! Reloads: notices changes of the operator's files, reads them once, and puts new versions into force or refuses them.
//!
//! One thread notices and swaps. Each load has a thread of its own, so that a policy that takes long, or fails, never holds up
//! another. A reload that fails changes nothing: the previous version keeps deciding, and the log and the health report say
//! what is wrong. The timers in this room wait until files stop changing.

mod files;
mod generations;
mod installed;
mod load_fault;
mod loads;
mod material;
mod next_plan;
mod parts;
mod plan;
mod reports;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use generations::Generations;
use installed::{Installed, Version};
use load_fault::LoadFault;
use loads::{Load, Loads};
use next_plan::NextPlan;
use reports::{CONFIGURATION, Reports};

pub use files::{
    Contents, DataSpec, Fingerprint, ReadError, ReadLimits, SpecError, fingerprint, has_files,
    read, read_file,
};
pub use generations::{Announce, StartRule};
pub use material::{Material, Reading};
pub use parts::Parts;
pub use plan::{Plan, PolicyPlan, Unplanned};
pub use watch::{Wake, Watch, WatchHandle, WatchSettings};

use portcullis_sandbox::Effort;

/// Makes a plan from the current configuration, or says what is wrong with it.
pub type Planner = Box<dyn FnMut() -> Result<Plan, Unplanned> + Send>;

/// Keeps in force what the configuration asks for.
pub struct Reloader {
    planner: Planner,
    plan: Arc<Plan>,
    /// The configuration that goes into force once all of its policies are loaded.
    next: Option<NextPlan>,
    installed: Installed,
    loads: Loads,
    /// By policy: the versions that the plan in force asked for and did not get yet.
    asked: BTreeMap<String, Asked>,
    generations: Generations,
    reports: Reports,
    /// Why the latest configuration is not in force.
    refused: Option<LoadFault>,
    /// The configuration asks for something that is not in force. Any changed file may be the one that it waits for.
    is_behind: bool,
    parts: Arc<Parts>,
    started: Instant,
}

/// What a policy's files said, since its version in force was read.
#[derive(Debug)]
struct Asked {
    what: String,
    since: Instant,
    identities: Vec<String>,
}

/// How far a policy is from what its files say.
enum Progress {
    InForce,
    Ready(Version),
    /// The identity that is being loaded.
    Running(String),
    Failed(LoadFault),
}

impl std::fmt::Debug for Reloader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Reloader")
            .field("generations", &self.generations)
            .finish_non_exhaustive()
    }
}

impl Reloader {
    pub fn new(
        parts: Parts,
        plan: Plan,
        planner: Planner,
        rule: StartRule,
        announce: Announce,
    ) -> Self {
        let parts = Arc::new(parts);
        Self {
            planner,
            plan: Arc::new(plan),
            next: None,
            installed: Installed::default(),
            loads: Loads::new(parts.clone()),
            asked: BTreeMap::new(),
            generations: Generations::new(parts.clone(), rule, announce),
            reports: Reports::new(parts.clone()),
            refused: None,
            is_behind: false,
            parts,
            started: Instant::now(),
        }
    }

    /// Puts the first plan into force, then applies every change until the watch is stopped.
    pub fn run(mut self, mut watch: Watch) {
        watch.set_paths(self.plan.paths());
        self.refresh(&watch, "start", |_| true);
        loop {
            match watch.next_wake() {
                Wake::Stopped => return,
                Wake::Loaded => self.take_loaded(&mut watch),
                Wake::Nudged => {
                    self.loads.forget(|_, load| load.is_failed());
                    self.reports.tell_again(|_| true);
                    self.follow(&mut watch, CONFIGURATION);
                }
                Wake::Changed(paths) => self.changed(&mut watch, &paths),
            }
        }
    }

    fn changed(&mut self, watch: &mut Watch, paths: &[PathBuf]) {
        let concerned = self.names_made_of(paths);
        let of_plan = paths.iter().any(|path| self.plan.sources.contains(path));
        let everything = self.is_behind || of_plan;
        let is_meant = |name: &str| everything || concerned.contains(name);
        self.loads
            .forget(|name, load| load.is_failed() && is_meant(name));
        self.reports
            .tell_again(|part| everything || part.is_some_and(is_meant));
        match everything {
            true => self.follow(watch, &described(paths)),
            false => self.refresh(watch, &described(paths), is_meant),
        }
    }

    fn names_made_of(&self, paths: &[PathBuf]) -> BTreeSet<String> {
        let policies = self.plan.policies.iter();
        policies
            .filter(|policy| policy.material.is_made_of(paths))
            .map(|policy| policy.name.clone())
            .collect()
    }

    /// The configuration changed: all of it goes into force, or none of it. Meanwhile, the policies in force still follow changes
    /// of their own files.
    fn follow(&mut self, watch: &mut Watch, what: &str) {
        self.is_behind = true;
        self.next = None;
        match self.make_plan(watch) {
            Err(text) => self.refuse(LoadFault::of_configuration(text)),
            // Nothing is in force that could stay so.
            Ok(plan) if self.installed.is_empty() => {
                self.adopt(Arc::new(plan), watch);
                if !self.generations.is_first_awaited() {
                    self.swap(CONFIGURATION, Instant::now());
                }
                self.refresh(watch, what, |_| true);
                return;
            }
            Ok(plan) => {
                watch.set_paths(self.plan.paths().into_iter().chain(plan.paths()));
                self.next = Some(NextPlan::new(plan));
                if self.advance_next(watch, |_| true) {
                    return;
                }
            }
        }
        self.refresh(watch, what, |_| true);
    }

    /// A wrong configuration may wait for a file that no plan in force names. Once that file is watched, the configuration is
    /// read again, because the file may have appeared in between.
    fn make_plan(&mut self, watch: &mut Watch) -> Result<Plan, String> {
        (self.planner)().or_else(|unplanned| {
            watch.set_paths(self.plan.paths().into_iter().chain(unplanned.looked_at));
            (self.planner)().map_err(|unplanned| unplanned.text)
        })
    }

    /// Looks at those policies of the next plan, and puts the plan into force if all of its policies are ready. Returns whether it
    /// did.
    fn advance_next(&mut self, watch: &mut Watch, is_meant: impl Fn(&str) -> bool) -> bool {
        let Some(mut next) = self.next.take() else {
            return false;
        };
        let plan = next.plan.clone();
        for policy in plan.policies.iter().filter(|it| is_meant(&it.name)) {
            match self.progress(policy, watch) {
                Progress::InForce => next.settle(&policy.name, None),
                Progress::Ready(version) => next.settle(&policy.name, Some(version)),
                Progress::Running(_) => next.wait_for(&policy.name),
                Progress::Failed(fault) => {
                    self.refuse(fault);
                    return false;
                }
            }
        }
        if !next.is_complete() {
            self.next = Some(next);
            return false;
        }
        let started = next.started;
        for (name, version) in next.into_versions() {
            self.installed.put(&name, version);
        }
        self.adopt(plan, watch);
        self.swap(CONFIGURATION, started);
        true
    }

    fn refuse(&mut self, fault: LoadFault) {
        self.report(&fault);
        self.refused = Some(fault);
    }

    fn adopt(&mut self, plan: Arc<Plan>, watch: &mut Watch) {
        for warning in &plan.warnings {
            tracing::warn!(target: "portcullis::reload", "{warning}");
        }
        self.installed.keep(&plan.policies);
        self.loads.forget(|_, load| load.is_ready());
        self.plan = plan;
        (self.is_behind, self.refused) = (false, None);
        self.asked.clear();
        let (plan, installed) = (&self.plan, &self.installed);
        self.reports
            .recovered_but(|name| lacks_version(plan, installed, name));
        watch.set_paths(self.plan.paths());
    }

    /// Loads have ended. A configuration that waited for the last of them goes into force.
    fn take_loaded(&mut self, watch: &mut Watch) {
        let mut names = self.loads.take_finished();
        if self.advance_next(watch, |name| names.contains(name)) {
            return;
        }
        names.retain(|name| self.asked.contains_key(name));
        let Some(asked) = names.first().and_then(|name| self.asked.get(name)) else {
            return;
        };
        let what = asked.what.clone();
        self.refresh(watch, &what, |name| names.contains(name));
    }

    /// The files of these policies changed, or are loaded: each policy is on its own, and one that fails keeps its last good
    /// version.
    fn refresh(&mut self, watch: &Watch, what: &str, is_meant: impl Fn(&str) -> bool) {
        let (mut since, plan) = (Instant::now(), self.plan.clone());
        let (mut changed, mut settled) = (false, true);
        for policy in plan.policies.iter().filter(|it| is_meant(&it.name)) {
            match self.progress(policy, watch) {
                Progress::InForce => self.settle(&policy.name),
                Progress::Ready(version) => {
                    since = self.since(&policy.name).min(since);
                    self.installed.put(&policy.name, version);
                    self.settle(&policy.name);
                    changed = true;
                }
                Progress::Failed(fault) => {
                    settled = false;
                    self.asked.remove(&policy.name);
                    self.report(&fault);
                }
                Progress::Running(identity) => {
                    settled = false;
                    changed |= self.install_older(&policy.name);
                    self.ask(&policy.name, identity, what);
                }
            }
        }
        if self.generations.is_first_awaited() {
            if self.asked.is_empty() {
                self.swap(what, self.started);
            }
        } else if changed {
            self.swap(what, since);
        } else if settled {
            self.parts.telemetry.reload_unchanged(what);
        }
    }

    /// Reads the policy's files, and starts to load what they say unless that was done before.
    fn progress(&mut self, policy: &PolicyPlan, watch: &Watch) -> Progress {
        let name = &policy.name;
        let reading = match policy.material.read() {
            Ok(reading) => reading,
            Err(error) => return Progress::Failed(LoadFault::unreadable(name, &error)),
        };
        if self.installed.has(name, &reading.identity) {
            return Progress::InForce;
        }
        let effort = match self.installed.has_module(name, &reading.module_digest) {
            true => Effort::Urgent,
            false if self.installed.is_empty() => Effort::Whole,
            false => Effort::Beside,
        };
        let identity = reading.identity.clone();
        match self.loads.pursue(name, reading, effort, &watch.handle()) {
            Load::Running => Progress::Running(identity),
            Load::Ready(version) => Progress::Ready(version),
            Load::Failed(fault) => Progress::Failed(fault),
        }
    }

    fn ask(&mut self, name: &str, identity: String, what: &str) {
        let asked = self.asked.entry(name.to_owned()).or_insert_with(|| Asked {
            what: what.to_owned(),
            since: Instant::now(),
            identities: Vec::new(),
        });
        if !asked.identities.contains(&identity) {
            asked.identities.push(identity);
        }
    }

    fn since(&self, name: &str) -> Instant {
        let asked = self.asked.get(name);
        asked.map_or_else(Instant::now, |asked| asked.since)
    }

    /// A file that changes faster than it loads is never up to date. What its policy was loaded from meanwhile is newer than what
    /// is in force.
    fn install_older(&mut self, name: &str) -> bool {
        let asked = self
            .asked
            .get(name)
            .map(|asked| asked.identities.as_slice());
        let ready = self.loads.take_ready(name, asked.unwrap_or_default());
        let Some(version) = ready else {
            return false;
        };
        self.installed.put(name, version);
        true
    }

    /// The policy in force is what its files say.
    fn settle(&mut self, name: &str) {
        self.asked.remove(name);
        if self.next.is_none() {
            self.loads.forget(|it, _| it == name);
        }
        let refused = self.refused.as_ref().and_then(|it| it.policy.as_deref());
        if refused != Some(name) {
            self.reports.recovered(name);
        }
    }

    fn report(&mut self, fault: &LoadFault) {
        let policy = fault.policy.as_deref();
        let is_lacking = |name: &str| {
            self.installed.is_empty() || lacks_version(&self.plan, &self.installed, name)
        };
        let stays = !policy.is_some_and(is_lacking);
        self.reports.report(fault, stays);
    }

    fn swap(&mut self, what: &str, since: Instant) {
        self.generations
            .put(&self.plan, &self.installed, what, since);
    }
}

/// Whether the plan has the policy, and no version of it could be loaded.
fn lacks_version(plan: &Plan, installed: &Installed, name: &str) -> bool {
    let is_planned = plan.policies.iter().any(|policy| policy.name == name);
    is_planned && installed.decide(name).is_none()
}

fn described(paths: &[PathBuf]) -> String {
    let paths = paths.iter().map(|path| path.display().to_string());
    paths.collect::<Vec<_>>().join(", ")
}
