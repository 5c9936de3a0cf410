use std::fmt;
use std::path::PathBuf;

use portcullis_model::Secret;

/// What can be said on the command line, and by a variable for each flag: `--issuer-seed` is `PORTCULLIS_ISSUER_SEED`.
/// Variables separate the entries of a list with commas. Only [`super::load`] gives them meaning.
#[derive(Clone, Default, clap::Args)]
pub struct Flags {
    /// TOML file with settings; flags and variables win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// NATS servers, separated by commas [default: nats://127.0.0.1:4222]
    #[arg(long, short, value_name = "URL", value_delimiter = ',', help_heading = NATS)]
    pub server: Vec<String>,
    /// User to log in to NATS as
    #[arg(long, help_heading = NATS)]
    pub user: Option<String>,
    /// Password of that user, or @FILE
    #[arg(long, help_heading = NATS)]
    pub password: Option<Secret>,
    /// Credentials file to log in with
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub creds: Option<PathBuf>,
    /// File with the seed of a user nkey to log in with
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub nkey: Option<PathBuf>,
    /// TLS certificate to show the server (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlscert: Option<PathBuf>,
    /// Private key of that certificate (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlskey: Option<PathBuf>,
    /// Certificates of the authorities to trust (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlsca: Option<PathBuf>,

    /// Seed of the account that signs answers (SA...), or @FILE; repeat it for rotation
    #[arg(long, value_name = "SEED|@FILE", help_heading = KEYS)]
    pub issuer_seed: Vec<Secret>,
    /// Seed of the xkey that requests are sealed for (SX...), or @FILE; repeat it for rotation
    #[arg(long, value_name = "SEED|@FILE", help_heading = KEYS)]
    pub xkey_seed: Vec<Secret>,

    /// Account where policies may place clients: a name or a pattern such as TENANT-*; repeatable
    #[arg(long, value_name = "NAME", help_heading = POLICIES)]
    pub account: Vec<String>,
    /// Policy to ask; repeat it for a chain, asked in this order; replaces the file's tables 'policies'
    #[arg(long, value_name = "FILE.wasm", help_heading = POLICIES)]
    pub policy: Vec<PathBuf>,
    /// Data for the policy, under its own name or NAME; repeatable
    #[arg(long, value_name = "[NAME=]FILE|DIR", help_heading = POLICIES)]
    pub data: Vec<String>,
    /// Settings for the policy, a JSON object, or @FILE
    #[arg(long, value_name = "JSON|@FILE", help_heading = POLICIES)]
    pub settings: Option<Secret>,

    /// Address to serve /live, /ready and /metrics on [default: none]
    #[arg(long, value_name = "ADDRESS")]
    pub http: Option<String>,
    /// Form of the log on stderr: text or json [default: text]
    #[arg(long, value_name = "text|json")]
    pub log_format: Option<String>,
    /// Folder for compiled policies, or none [default: $XDG_CACHE_HOME/portcullis or ~/.cache/portcullis]
    #[arg(long, value_name = "DIR|none")]
    pub cache: Option<PathBuf>,
    /// One key of the file's table 'limits', such as decide-deadline=50ms; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub limit: Vec<String>,
}

const NATS: &str = "Connection to NATS";
const KEYS: &str = "Keys";
const POLICIES: &str = "Policies";

impl Flags {
    /// The same, from variables. An empty variable is one that is not set.
    pub(super) fn from_environment(read: &dyn Fn(&str) -> Option<String>) -> Self {
        let one = |flag| read(&variable(flag)).filter(|value| !value.is_empty());
        let path = |flag| one(flag).map(PathBuf::from);
        let secret = |flag| one(flag).map(Secret::new);
        let list = |flag| one(flag).map_or_else(Vec::new, |value| entries(&value));
        let secrets = |flag| list(flag).into_iter().map(Secret::new).collect();
        Self {
            config: path("config"),
            server: list("server"),
            user: one("user"),
            password: secret("password"),
            creds: path("creds"),
            nkey: path("nkey"),
            tlscert: path("tlscert"),
            tlskey: path("tlskey"),
            tlsca: path("tlsca"),
            issuer_seed: secrets("issuer-seed"),
            xkey_seed: secrets("xkey-seed"),
            account: list("account"),
            policy: list("policy").into_iter().map(PathBuf::from).collect(),
            data: list("data"),
            settings: secret("settings"),
            http: one("http"),
            log_format: one("log-format"),
            cache: path("cache"),
            limit: list("limit"),
        }
    }
}

impl fmt::Debug for Flags {
    /// Nothing of it: what was typed may hold a secret anywhere.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Flags").finish_non_exhaustive()
    }
}

/// The variable that says the same as a flag.
pub(super) fn variable(flag: &str) -> String {
    format!("PORTCULLIS_{}", flag.to_uppercase().replace('-', "_"))
}

fn entries(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(str::to_owned)
        .collect()
}
