//! From settings to what the rooms below take. Nothing below knows this room, so the translation is here.

use std::sync::Arc;
use std::time::Duration;

use super::policies::Lifetimes;
use super::resolve::Loaded;
use super::settings::{self, Policy, Seed, Settings};
use crate::nats::{Login, NatsSettings, TlsFiles};
use crate::reload::{DataSpec, Material, Plan, PolicyPlan};
use crate::router::Condition;
use crate::throttle;
use portcullis_callout::{CalloutLimits, KeyError, Keyring, check_user_seed};
use portcullis_model::{Pattern, Secret};
use portcullis_permits::bounds::Permit;
use portcullis_permits::bounds::{AccountPattern, Bounds, BoundsError, GrantLimits};

impl Loaded {
    /// What is to be in force. The error is one line for the operator.
    pub fn plan(&self) -> Result<Plan, String> {
        let settings = &self.settings;
        let policy = |policy| policy_plan(policy, settings);
        Ok(Plan {
            keys: Arc::new(keyring(settings)?),
            policies: settings
                .policies
                .iter()
                .map(policy)
                .collect::<Result<_, _>>()?,
            sources: self.files.clone(),
            warnings: self.warnings.clone(),
        })
    }
}

impl Settings {
    pub fn connection(&self) -> NatsSettings {
        NatsSettings {
            servers: self.nats.servers.clone(),
            login: self.nats.login.clone(),
            tls: TlsFiles {
                ca: self.nats.tls.ca.clone(),
                identity: self
                    .nats
                    .tls
                    .identity
                    .as_ref()
                    .map(|files| (files.certificate.clone(), files.key.clone())),
            },
            outgoing: self.limits.in_flight,
        }
    }

    /// The client finds a seed with a typing error only when NATS asks for a signature.
    pub fn check_login(&self) -> Result<(), String> {
        let (key, seed) = match &self.nats.login {
            Login::Nobody | Login::Password { .. } => return Ok(()),
            Login::Nkey(seed) => ("nkey", seed.clone()),
            Login::Creds(text) => ("creds", seed_of(text)),
        };
        check_user_seed(&seed).map_err(|error| format!("{key}: {error}"))
    }

    pub fn callout(&self) -> CalloutLimits {
        CalloutLimits {
            clock_tolerance: self.limits.clock_tolerance,
            request_bytes_max: self.limits.request_bytes,
            ..CalloutLimits::default()
        }
    }

    pub fn throttle(&self) -> throttle::ThrottleLimits {
        throttle::ThrottleLimits {
            per_client: self.limits.denials_per_client,
            per_address: self.limits.denials_per_address,
        }
    }
}

/// The seed in a credentials file, or nothing.
fn seed_of(creds: &Secret) -> Secret {
    let mut lines = creds.expose().lines().map(str::trim);
    let seed = lines.find(|line| line.starts_with('S'));
    Secret::from(seed.unwrap_or_default())
}

/// Each key alone first, so that the fault is reported where it was written.
fn keyring(settings: &Settings) -> Result<Keyring<Permit>, String> {
    let (issuers, xkeys) = (
        secrets(&settings.keys.issuers),
        secrets(&settings.keys.xkeys),
    );
    let at = |seed: &Seed, error: KeyError| format!("{}: {error}", seed.place);
    for seed in &settings.keys.issuers {
        Keyring::<Permit>::parse(std::slice::from_ref(&seed.secret), &[])
            .map_err(|error| at(seed, error))?;
    }
    for seed in &settings.keys.xkeys {
        Keyring::<Permit>::parse(&issuers, std::slice::from_ref(&seed.secret))
            .map_err(|error| at(seed, error))?;
    }
    Keyring::<Permit>::parse(&issuers, &xkeys).map_err(|error| error.to_string())
}

fn secrets(seeds: &[Seed]) -> Vec<Secret> {
    seeds.iter().map(|seed| seed.secret.clone()).collect()
}

fn policy_plan(policy: &Policy, settings: &Settings) -> Result<PolicyPlan, String> {
    Ok(PolicyPlan {
        name: policy.name.clone(),
        material: Material {
            module: policy.module.clone(),
            data: policy.data.iter().map(data).collect(),
            settings: policy.settings.clone(),
            instances: policy.instances,
            limits: settings.limits.sandbox.clone(),
            data_bytes_max: settings.limits.data_bytes,
        },
        bounds: bounds(policy, settings)?,
        on_failure: policy.on_failure,
        condition: Condition {
            users: policy.when.users.iter().map(Pattern::new).collect(),
            transports: policy.when.transports.clone(),
            tls: policy.when.tls,
        },
    })
}

fn data(data: &settings::Data) -> DataSpec {
    DataSpec {
        name: data.name.clone(),
        path: data.path.clone(),
    }
}

fn bounds(policy: &Policy, settings: &Settings) -> Result<Bounds, String> {
    let pattern = |text: &String| {
        AccountPattern::parse(text).map_err(|error| format!("policy `{}`: {error}", policy.name))
    };
    let bounds = Bounds {
        accounts: policy
            .accounts
            .iter()
            .map(pattern)
            .collect::<Result<_, _>>()?,
        system_accounts: settings.system_accounts.clone(),
        lifetime_max: policy.lifetime_max,
        lifetime_default: policy.lifetime,
        denied_subjects: policy.denied_subjects.clone(),
        limits: GrantLimits::default(),
    };
    bounds
        .check()
        .map_err(|error| format!("policy `{}`: {error}", policy.name))?;
    Ok(bounds)
}

/// The bounds of a service that says nothing but where clients may be placed.
///
/// # Errors
///
/// A name or a pattern that no account can have.
pub fn standard_bounds(accounts: &[String]) -> Result<Bounds, BoundsError> {
    let lifetimes = Lifetimes::STANDARD;
    Ok(Bounds {
        accounts: accounts
            .iter()
            .map(|text| AccountPattern::parse(text))
            .collect::<Result<_, _>>()?,
        system_accounts: system_accounts(),
        lifetime_max: lifetimes.max,
        lifetime_default: lifetimes.default,
        denied_subjects: Vec::new(),
        limits: GrantLimits::default(),
    })
}

/// Names that system accounts usually have.
pub(super) fn system_accounts() -> Vec<String> {
    vec!["SYS".to_owned(), "$SYS".to_owned()]
}

/// Threads that decide: as many as the operator says, or else one for each processor.
pub fn threads(settings: &Settings) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    settings.limits.threads.unwrap_or_else(processors)
}

/// How long the end may take.
pub fn drain(settings: &Settings) -> Duration {
    settings.limits.drain_deadline
}
