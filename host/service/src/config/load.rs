use std::path::PathBuf;
use std::sync::Arc;

use super::bounds::ServiceBounds;
use super::chain::warn_of_repeated;
use super::fault::{Fault, Faults, Place, variable};
use super::flags::Flags;
use super::keys::keys;
use super::limits::limits;
use super::merge::merge;
use super::nats::nats;
use super::parse::{Parsed, parse};
use super::policies::{PolicyReading, policies};
use super::problem::Problem;
use super::resolver::{Resolver, unreadable};
use super::service::{Service, service};
use super::sources::{SettingsFile, Sources};
use super::surroundings::Surroundings;
use crate::nats::NatsSettings;
use crate::reload::Plan;
use portcullis_callout::Keyring;
use portcullis_model::Secret;
use portcullis_permits::bounds::Permit;

/// Settings without a fault, from which the service is made.
#[derive(Debug)]
pub struct Loaded {
    /// What only a restart changes.
    pub service: Service,
    pub nats: NatsSettings,
    /// What reloads.
    pub plan: Plan,
}

/// The settings as far as they could be read, and everything that is wrong with them.
#[derive(Debug)]
pub struct Reading {
    pub service: Service,
    pub nats: NatsSettings,
    pub keys: Option<Arc<Keyring<Permit>>>,
    /// In the order in which they are asked.
    pub policies: Vec<PolicyReading>,
    pub faults: Vec<Fault>,
    /// Warnings: these settings work, but the operator should change them.
    pub warnings: Vec<Fault>,
    /// The settings file, and the files that it or the flags name with `@`: read the settings again when one of them changes.
    pub files: Vec<PathBuf>,
    /// Whether the first of these is a settings file.
    pub has_file: bool,
    cache: Place,
}

/// Reads everything once. An error leaves nothing half done; call it again with the same flags to reload.
///
/// # Errors
///
/// Every fault, not only the first.
pub fn load(flags: &Flags, around: &dyn Surroundings) -> Result<Loaded, Faults> {
    let reading = read(flags, around).map_err(|fault| Faults::new(vec![fault]))?;
    reading.loaded()
}

/// The same, with everything that is known about settings with faults.
///
/// # Errors
///
/// The settings file cannot be read, so nothing is known about its settings.
pub fn read(flags: &Flags, around: &dyn Surroundings) -> Result<Reading, Fault> {
    let (variables, mut faults) = Flags::from_variables(around);
    let file = settings_file(flags, &variables, around)?;
    let sources = Sources::new(file.as_ref(), flags, &variables);
    let parsed = match merge(&sources, &mut faults) {
        Some(table) => parse(table, &sources, &mut faults),
        None => Parsed::nothing(),
    };
    let mut reading = resolve(&parsed, Resolver::new(&sources, around));
    faults.append(&mut reading.faults);
    reading.faults = faults;
    reading.sort();
    Ok(reading)
}

fn settings_file(
    flags: &Flags,
    variables: &Flags,
    around: &dyn Surroundings,
) -> Result<Option<SettingsFile>, Fault> {
    let (path, place) = match (&flags.config, &variables.config) {
        (Some(path), _) => (path, Place::Flag("config")),
        (None, Some(path)) => (path, Place::Variable(variable("config"))),
        (None, None) => return Ok(None),
    };
    match around.read(path) {
        Ok(text) => Ok(Some(SettingsFile {
            path: path.clone(),
            text: Secret::new(text),
        })),
        Err(error) => Err(Fault::new(place, "", unreadable(path, &error))),
    }
}

fn resolve(parsed: &Parsed, mut resolver: Resolver<'_>) -> Reading {
    let Parsed { tree, reported } = parsed;
    let service = service(tree, &mut resolver);
    let keys = keys(&tree.issuer_seed, &tree.xkey_seed, reported, &mut resolver);
    let nats = nats(&tree.nats, &mut resolver);
    let limits = limits(&tree.limits, &mut resolver);
    let service_bounds = ServiceBounds::read(tree, &mut resolver);
    let policies = policies(
        &tree.policies,
        &service_bounds,
        &limits,
        reported,
        &mut resolver,
    );
    warn_of_repeated(&policies, &mut resolver);
    let cache = tree.service.cache.as_ref();
    let cache = cache.map_or(Place::Nowhere, |written| {
        resolver.sources.place(written.span().start)
    });
    Reading {
        cache,
        service,
        nats,
        keys,
        policies,
        faults: resolver.faults,
        warnings: resolver.warnings,
        has_file: resolver.sources.file().is_some(),
        files: resolver.files,
    }
}

impl Reading {
    /// The folder for compiled policies cannot be used.
    pub fn cache_fault(&self, text: String) -> Fault {
        Fault::new(self.cache.clone(), "service.cache", Problem::Other(text))
    }

    /// Adds what was found out about the settings by using them.
    pub fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.sort();
    }

    /// In the order of the file, from top to bottom, then the others.
    fn sort(&mut self) {
        for faults in [&mut self.faults, &mut self.warnings] {
            faults.sort_by_key(|fault| match fault.place() {
                Place::File { line, column, .. } => (*line, *column),
                _ => (usize::MAX, usize::MAX),
            });
        }
    }

    /// # Errors
    ///
    /// All faults, if there are any.
    pub fn loaded(self) -> Result<Loaded, Faults> {
        let (Some(keys), true) = (self.keys, self.faults.is_empty()) else {
            return Err(Faults::new(self.faults));
        };
        let policies = self.policies.into_iter().map(|policy| policy.plan);
        let plan = Plan {
            keys,
            policies: policies.collect(),
            sources: self.files,
            warnings: self.warnings.iter().map(Fault::to_string).collect(),
        };
        Ok(Loaded {
            service: self.service,
            nats: self.nats,
            plan,
        })
    }
}

impl Loaded {
    /// The changed tables that a running service does not apply: they need a restart.
    pub fn needs_restart(&self, service: &Service, nats: &NatsSettings) -> Vec<&'static str> {
        let throttle = &self.service.throttle;
        let others = Service {
            throttle: throttle.clone(),
            ..service.clone()
        };
        let changed = [
            ("[service]", self.service != others),
            ("[throttle]", *throttle != service.throttle),
            ("[nats]", self.nats != *nats),
        ];
        let changed = changed.into_iter().filter(|(_, differs)| *differs);
        changed.map(|(table, _)| table).collect()
    }
}
