use std::fmt;
use std::path::PathBuf;

use clap::{ArgAction, Args, Command, FromArgMatches};

use super::fault::{Fault, Place, variable};
use super::problem::Problem;
use super::surroundings::Surroundings;
use portcullis_model::Secret;

/// The flags. Each has a variable: `--issuer-seed` is `PORTCULLIS_ISSUER_SEED`.
/// A variable holds a list as `a,b` or as a JSON array. The code that reads the file also interprets these values.
#[derive(Clone, Default, clap::Args)]
pub struct Flags {
    /// TOML file with settings; flags and variables take precedence over it
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
    pub creds: Option<String>,
    /// File with the seed of a user nkey to log in with
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub nkey: Option<String>,
    /// TLS certificate to show the server (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlscert: Option<String>,
    /// Private key of that certificate (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlskey: Option<String>,
    /// Certificates of the authorities to trust (PEM)
    #[arg(long, value_name = "FILE", help_heading = NATS)]
    pub tlsca: Option<String>,

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
    pub policy: Vec<String>,
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
    pub cache: Option<String>,
    /// One limit, such as decide-deadline=50ms or threads=4: a key of the file's tables 'limits', 'service' or 'throttle'; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub limit: Vec<String>,
}

const NATS: &str = "Connection to NATS";
const KEYS: &str = "Keys";
const POLICIES: &str = "Policies";

impl Flags {
    /// The same, from variables. An empty variable counts as not set.
    pub(super) fn from_variables(around: &dyn Surroundings) -> (Self, Vec<Fault>) {
        let command = Self::augment_args(Command::new("variables").no_binary_name(true));
        let (mut arguments, mut faults) = (Vec::new(), Vec::new());
        for flag in command.get_arguments() {
            let Some(name) = flag.get_long() else {
                continue;
            };
            let value = around.variable(&variable(name));
            let Some(value) = value.filter(|value| !value.is_empty()) else {
                continue;
            };
            let values = match flag.get_action() {
                ArgAction::Append => entries(&value),
                _ => Ok(vec![value]),
            };
            match values {
                Ok(values) => {
                    arguments.extend(values.iter().map(|value| format!("--{name}={value}")));
                }
                Err(problem) => {
                    let place = Place::Variable(variable(name));
                    faults.push(Fault::new(place, name, problem));
                }
            }
        }
        let parsed = command
            .try_get_matches_from(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches));
        // Every flag takes any text, so that there is nothing to refuse; the parser's error would repeat the value.
        (parsed.unwrap_or_default(), faults)
    }

    /// The name of a given flag that does not concern a single module.
    pub fn beyond_modules(&self) -> Option<&'static str> {
        let mut given = self.given().into_iter().map(|(name, _)| name);
        given.find(|name| !matches!(*name, "data" | "settings"))
    }

    /// The values that were given, each with the name of its flag.
    pub(super) fn given(&self) -> Vec<(&'static str, &str)> {
        let texts: [(&'static str, &[String]); 14] = [
            ("server", &self.server),
            ("user", self.user.as_slice()),
            ("creds", self.creds.as_slice()),
            ("nkey", self.nkey.as_slice()),
            ("tlscert", self.tlscert.as_slice()),
            ("tlskey", self.tlskey.as_slice()),
            ("tlsca", self.tlsca.as_slice()),
            ("account", &self.account),
            ("policy", &self.policy),
            ("data", &self.data),
            ("http", self.http.as_slice()),
            ("log-format", self.log_format.as_slice()),
            ("cache", self.cache.as_slice()),
            ("limit", &self.limit),
        ];
        let secrets: [(&'static str, &[Secret]); 4] = [
            ("password", self.password.as_slice()),
            ("issuer-seed", &self.issuer_seed),
            ("xkey-seed", &self.xkey_seed),
            ("settings", self.settings.as_slice()),
        ];
        let texts = texts
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.as_str())));
        let secrets = secrets
            .into_iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.expose())));
        texts.chain(secrets).collect()
    }
}

impl fmt::Debug for Flags {
    /// Shows no value: any of them may hold a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Flags").finish_non_exhaustive()
    }
}

/// `a,b`, or a JSON array where an entry has a comma: `["a,b", "c"]`.
fn entries(list: &str) -> Result<Vec<String>, Problem> {
    if list.trim_start().starts_with('[') {
        // The parser's message has the place and never the text: the value may hold a secret.
        return serde_json::from_str(list).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Problem::BadList(format!("line {line}, column {column}"))
        });
    }
    let entries = list.split(',').map(str::trim);
    let filled = entries.filter(|entry| !entry.is_empty());
    Ok(filled.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A flag that is missing in `given` would be accepted and then ignored.
    #[test]
    fn every_flag_reaches_the_settings() {
        let command = Flags::augment_args(Command::new("flags").no_binary_name(true));
        let names: Vec<String> = command
            .get_arguments()
            .filter_map(|flag| flag.get_long().map(str::to_owned))
            .collect();
        let arguments = names.iter().map(|name| format!("--{name}=x"));
        let matches = command.clone().get_matches_from(arguments);
        let flags = Flags::from_arg_matches(&matches).unwrap();
        let mut given: Vec<&str> = flags.given().into_iter().map(|(name, _)| name).collect();
        // It names the file, and is read before the other flags.
        given.push("config");
        given.sort_unstable();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(given, names);
    }
}
