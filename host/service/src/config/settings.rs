use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::Limits;
use crate::catalog::OnFailure;
use crate::nats::Login;
use crate::telemetry::LogFormat;
use portcullis_model::{Secret, Transport};
use portcullis_sandbox::Instances;

/// Everything the program was told, checked. The policies are in the order in which they are asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub nats: Nats,
    pub keys: Keys,
    /// The account that the service itself connects to, if the operator named it.
    pub callout_account: Option<String>,
    /// Accounts that a pattern never reaches: a policy may use them only where they are listed by name.
    pub system_accounts: Vec<String>,
    pub policies: Vec<Policy>,
    pub limits: Limits,
    /// Where `/live`, `/ready` and `/metrics` are served; nowhere if absent.
    pub http: Option<SocketAddr>,
    pub log_format: LogFormat,
    /// Folder for compiled policies; none is kept if absent.
    pub cache: Option<PathBuf>,
}

/// How to reach NATS.
#[derive(Clone, Debug, PartialEq)]
pub struct Nats {
    /// `nats://` or `tls://` URLs, or bare `host[:port]`; without user or password.
    pub servers: Vec<String>,
    pub login: Login,
    pub tls: TlsFiles,
}

/// PEM files; each was there and readable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsFiles {
    pub ca: Option<PathBuf>,
    pub identity: Option<TlsIdentity>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TlsIdentity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// At least one issuer; without an xkey requests and answers travel unsealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Keys {
    pub issuers: Vec<Seed>,
    pub xkeys: Vec<Seed>,
}

/// A seed of the right kind and shape, and where it was written, for messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    pub secret: Secret,
    pub place: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub name: String,
    pub module: PathBuf,
    pub data: Vec<Data>,
    /// What the policy's `configure` gets, a JSON text. It may hold keys of the policy's own.
    pub settings: Secret,
    /// Exact names, or patterns with `*`: where the policy may place clients, and nowhere else. Never empty.
    pub accounts: Vec<String>,
    /// Subjects that no client of this policy gets, whatever the policy grants.
    pub denied_subjects: Vec<String>,
    /// How long a grant lasts that does not say so itself.
    pub lifetime: Duration,
    /// The longest that any grant may last; never shorter than `lifetime`.
    pub lifetime_max: Duration,
    pub instances: Instances,
    pub on_failure: OnFailure,
    pub when: When,
}

/// A file or a folder for a policy, and the name under which the policy sees it (the file's own if absent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    pub name: Option<String>,
    pub path: PathBuf,
}

/// Which requests a policy is asked about; what is empty or absent is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    pub users: Vec<String>,
    pub transports: Vec<Transport>,
    pub tls: Option<bool>,
}

impl Settings {
    /// Names of the settings in which `newer` differs and that a running service does not change: they wait for a
    /// restart. Everything else reloads.
    pub fn needs_restart(&self, newer: &Self) -> Vec<&'static str> {
        let (now, then) = (&self.limits, &newer.limits);
        let changed = [
            ("nats", self.nats != newer.nats),
            ("http", self.http != newer.http),
            ("log-format", self.log_format != newer.log_format),
            ("cache", self.cache != newer.cache),
            ("in-flight", now.in_flight != then.in_flight),
            ("threads", now.threads != then.threads),
            (
                "denials-per-client",
                now.denials_per_client != then.denials_per_client,
            ),
            (
                "denials-per-address",
                now.denials_per_address != then.denials_per_address,
            ),
            ("request-bytes", now.request_bytes != then.request_bytes),
            (
                "clock-tolerance",
                now.clock_tolerance != then.clock_tolerance,
            ),
            ("drain-deadline", now.drain_deadline != then.drain_deadline),
            (
                "callout-account",
                self.callout_account != newer.callout_account,
            ),
        ];
        changed
            .into_iter()
            .filter_map(|(name, differs)| differs.then_some(name))
            .collect()
    }
}
