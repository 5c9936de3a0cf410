//! Loads a policy from a module's bytes. The steps are: component, contract, compile, configure, snapshot, probe.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use portcullis_componentize::{PACKAGE, PACKAGE_VERSION};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use super::bindings::PolicyPre;
use super::cache::Cache;
use super::call::{Guest, LoadedPolicy, Strategy};
use super::effort::Effort;
use super::engine::{self, EngineError, EngineSettings, Ticker};
use super::error::LoadError;
use super::functions::{Functions, ModuleFunctions};
use super::instance::{InstanceTemplate, LiveInstance};
use super::limits::SandboxLimits;
use super::probe::{self, Forms};
use super::source::{About, ConfigureInput, Instances, PolicySource};
use super::state::State;
use super::{link, snapshot};
use portcullis_model::Timestamp;

/// Loads policies. There is one sandbox in the process.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<State>,
    cache: Option<Cache>,
    /// Held while a module is compiled whose functions are not known: one module keeps all threads of a load busy.
    compiling: Mutex<()>,
    _ticker: Ticker,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Sandbox")
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Reserves memory for all instances and starts the clock for deadlines. Without a cache, every start of the process compiles
    /// all modules again.
    ///
    /// # Errors
    ///
    /// The machine has not enough virtual memory, or the clock's thread cannot be started.
    pub fn new(settings: EngineSettings, cache: Option<Cache>) -> Result<Self, EngineError> {
        let engine = engine::new(settings, Arc::new(Functions))?;
        let linker = link::linker(&engine)?;
        let ticker = Ticker::start(&engine)?;
        Ok(Self {
            engine,
            linker,
            cache,
            compiling: Mutex::default(),
            _ticker: ticker,
        })
    }

    /// Loads a policy and tries it with made-up clients. `now` is the policy's clock while it is configured. Several loads may run
    /// at the same time, each on threads of its own.
    ///
    /// # Errors
    ///
    /// The module is not a policy, or the policy cannot be configured, or it cannot run in the way that `source` asks for.
    pub fn load(
        &self,
        source: &PolicySource,
        effort: Effort,
        now: Timestamp,
    ) -> Result<LoadedPolicy, LoadError> {
        let component =
            portcullis_componentize::component_of(&source.module, source.limits.module_bytes)?;
        let code = portcullis_componentize::largest_code(&component);
        let functions = ModuleFunctions::of_code(self.cache.as_ref(), code);
        let loading = Loading {
            sandbox: self,
            limits: &source.limits,
            is_urgent: effort == Effort::Urgent || functions.are_known(),
            functions: &functions,
            now,
        };
        let for_threads = functions.clone();
        let threads = effort
            .threads(move || for_threads.set_for_thread())
            .map_err(|error| LoadError::Compile(format!("no threads to compile on: {error}")))?;
        let loaded = threads.install(|| loading.policy(source, &component));
        functions.keep();
        loaded
    }

    fn bind(&self, component: &Component) -> Result<PolicyPre<State>, LoadError> {
        let signature = |error: wasmtime::Error| LoadError::Signature(format!("{error:#}"));
        let instance = self.linker.instantiate_pre(component).map_err(signature)?;
        PolicyPre::new(instance).map_err(signature)
    }
}

/// One policy while it is loaded.
struct Loading<'a> {
    sandbox: &'a Sandbox,
    limits: &'a SandboxLimits,
    /// It is compiled without waiting until other modules are.
    is_urgent: bool,
    functions: &'a ModuleFunctions,
    now: Timestamp,
}

impl Loading<'_> {
    fn policy(&self, source: &PolicySource, component: &[u8]) -> Result<LoadedPolicy, LoadError> {
        let imports = portcullis_componentize::inspect(component)?;
        let mut about = About {
            digest: format!("{:x}", Sha256::digest(&source.module)),
            module_bytes: source.module.len(),
            world: format!("{PACKAGE}@{PACKAGE_VERSION}"),
            imports: imports.all,
            closed: imports.closed,
            instances: source.instances,
            log: Vec::new(),
            warnings: Vec::new(),
        };
        let configuration = || source.configuration.clone();
        let guest = match source.instances {
            Instances::Snapshot => {
                self.snapshotted(component, &source.configuration, &mut about)?
            }
            Instances::Fresh => {
                self.in_place(component, Strategy::Fresh(configuration()), &mut about)?
            }
            Instances::Warm { uses_max } => {
                let strategy = Strategy::Warm {
                    configuration: configuration(),
                    uses_max,
                    idle: Mutex::default(),
                };
                self.in_place(component, strategy, &mut about)?
            }
        };
        Ok(LoadedPolicy { guest, about })
    }

    /// Compiles code that contains none of the operator's data. The result may be stored on disk.
    fn compile(&self, wasm: &[u8]) -> Result<Component, LoadError> {
        let Sandbox { engine, cache, .. } = self.sandbox;
        let known = || cache.as_ref().and_then(|cache| cache.known(engine, wasm));
        if let Some(component) = known() {
            return Ok(component);
        }
        let turn = (!self.is_urgent).then(|| self.sandbox.compiling.lock());
        // Whoever had the turn before may have compiled the same module.
        if let Some(component) = turn.as_ref().and_then(|_| known()) {
            return Ok(component);
        }
        let compiled = match cache {
            Some(cache) => cache.compile(engine, wasm),
            None => Component::new(engine, wasm),
        };
        // Whoever has the turn next may have the same code.
        self.functions.keep();
        compiled.map_err(|error| LoadError::Compile(format!("{error:#}")))
    }

    /// Configures the policy once and makes a snapshot of its memory. Then it compares the snapshot's decisions with those of an
    /// instance that was configured in place.
    fn snapshotted(
        &self,
        component: &[u8],
        configuration: &ConfigureInput,
        about: &mut About,
    ) -> Result<Guest, LoadError> {
        let instrumented = snapshot::instrument(component)?;
        let pre = self.sandbox.bind(&self.compile(&instrumented.wasm)?)?;
        let mut live = self.configure(&pre, configuration)?;
        about.log = live.take_log();
        let image = instrumented.snapshot(&mut live.store, live.instance)?;
        drop(live);
        // The compiled snapshot contains the policy's data, so it is never written to disk.
        let compiled = Component::new(&self.sandbox.engine, &image)
            .map_err(|error| LoadError::Compile(format!("{error:#}")))?;
        let guest = self.guest(self.sandbox.bind(&compiled)?, Strategy::Snapshot);
        about.warnings = self.probe(&guest, pre, configuration)?;
        Ok(guest)
    }

    fn probe(
        &self,
        snapshot: &Guest,
        pre: PolicyPre<State>,
        configuration: &ConfigureInput,
    ) -> Result<Vec<String>, LoadError> {
        let warm = Strategy::Warm {
            configuration: configuration.clone(),
            uses_max: u32::MAX,
            idle: Mutex::default(),
        };
        let forms = Forms {
            snapshot,
            warm: &self.guest(pre.clone(), warm),
            fresh: &self.guest(pre, Strategy::Fresh(configuration.clone())),
            patience: self.limits.configure_deadline,
        };
        probe::compare(&forms, self.now)
    }

    fn in_place(
        &self,
        component: &[u8],
        strategy: Strategy,
        about: &mut About,
    ) -> Result<Guest, LoadError> {
        let pre = self.sandbox.bind(&self.compile(component)?)?;
        if let Strategy::Fresh(configuration) | Strategy::Warm { configuration, .. } = &strategy {
            about.log = self.configure(&pre, configuration)?.take_log();
        }
        let guest = self.guest(pre, strategy);
        about.warnings = probe::warn(&guest, self.limits.configure_deadline, self.now);
        Ok(guest)
    }

    fn configure(
        &self,
        pre: &PolicyPre<State>,
        configuration: &ConfigureInput,
    ) -> Result<LiveInstance, LoadError> {
        let deadline = self.limits.configure_deadline;
        let template = InstanceTemplate {
            engine: &self.sandbox.engine,
            pre,
            limits: self.limits,
        };
        let mut live = template
            .instantiate(self.now, deadline)
            .map_err(|failure| LoadError::configure(failure, &[]))?;
        match live.configure(configuration) {
            Ok(Ok(())) => Ok(live),
            Ok(Err(refusal)) => Err(LoadError::Refused(refusal)),
            Err(failure) => Err(LoadError::configure(failure, &live.take_log())),
        }
    }

    fn guest(&self, pre: PolicyPre<State>, strategy: Strategy) -> Guest {
        let engine = self.sandbox.engine.clone();
        Guest {
            engine,
            pre,
            limits: self.limits.clone(),
            strategy,
        }
    }
}
