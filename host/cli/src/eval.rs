//! Decides about one client without a server, and says why.

mod client;
mod deployment;
mod evaluation;
mod findings;
mod json;
mod json_input;
mod made_up;
mod origins;
mod questions;
mod request_file;
mod text;
mod values;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use self::client::ClientFlags;
use self::deployment::Deployment;
use self::evaluation::Loaded;
use self::findings::Findings;
use super::failure::Failure;
use super::material::{self, Configuration, wall_clock};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Module of the policy
    #[arg(value_name = "MODULE")]
    module: Option<PathBuf>,
    /// Settings file of 'serve': decide with all its policies and limits, instead of one module
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["module", "data", "settings", "accounts"]
    )]
    config: Option<PathBuf>,
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    client: ClientFlags,
    /// Accounts in which the policy may place clients: names, or patterns with *; repeatable
    #[arg(long = "account", value_name = "NAME", default_value = "*")]
    accounts: Vec<String>,
    /// Account of the auth callout, which no pattern includes; default: that of the settings file; without one, AUTH
    #[arg(long, value_name = "NAME")]
    callout_account: Option<String>,
    /// Ask whether the client can do what an ability says; repeatable
    #[arg(long = "can", value_name = "ABILITY")]
    questions: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// As in the documents of NATS, and as `portcullis init` writes it.
const USUAL_CALLOUT_ACCOUNT: &str = "AUTH";

pub(super) const EXAMPLES: &str = "\
Decides about one client as 'serve' does, with the same limits and without a
server. Without flags for the client, it presents no credentials. A file for
--request needs the field 'credentials'. Other fields get placeholder values if
they are absent. The fields are those of wit/types.wit; a certificate can be its
PEM alone.

With --config, the policies of the settings file are asked as 'serve' asks them:
chain, conditions, accounts, denied subjects, lifetimes and limits. Variables
such as PORTCULLIS_ACCOUNT count as for 'serve'. Nothing is asked unless all
policies load. 'eval' does not connect to NATS: the settings file or
--callout-account names the account of the auth callout. 'eval' does not know
the server's max_payload: 'serve' denies a client whose answer is larger.

--can is answered as the newest servers read permissions. If the policy grants
'account-defaults', the permissions are those of the account. If the account has
none either, the client can do everything, and that is what --can assumes.

Exit codes:
  0  the client is admitted, and the answer to every --can is yes
  1  the client is not admitted (also: the policy failed), or the answer to a
     --can is no
  2  wrong usage, and nothing was asked: flags that contradict each other, a
     request or settings file that cannot be used, a sentence that is not an
     ability, a module or data that cannot be read or loaded
  3  cannot run on this machine; nothing was asked

Examples:
  portcullis eval policy.wasm --data users.json --user alice --password @file
  portcullis eval policy.wasm --token @token --can 'publish orders.new'
  portcullis eval policy.wasm --tls-cert client.pem \\
      --can 'subscribe jobs.* workers'
  portcullis eval policy.wasm --request request.json --json
  portcullis eval --config portcullis.toml --user alice --password @file

The fields of --json:
  module, digest, at, outcome (allow, deny, ignore, fail, pass)
  policy_failure, cause (kind, text, blame), warnings
  log (policy, level, text)
  config, policy, and policies (name, module, digest, unmet, answer)
  account, name, tags, expires_at
  permissions (pub, sub, resp, as in the signed user JWT; null: the account's)
  lines (list, entry, from, host)
  can (sentence, allowed, why, needs), and of each of the needs: list, subject,
  allowed, by (list, entry), reason, from, withheld";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    questions::check(&arguments.questions)?;
    let request = arguments.client.request(wall_clock())?;
    let deployment = arguments.deployment()?;
    let sandbox = material::sandbox(deployment.engine, deployment.cache.as_deref())?;
    let loaded = Loaded::new(&deployment, &sandbox, &request)?;
    let evaluation = loaded.evaluate(&deployment, &request);
    let findings = Findings::new(
        &deployment,
        &loaded,
        &evaluation,
        &request,
        &arguments.questions,
    );
    print(&findings, arguments.json)?;
    if !findings.is_loaded() {
        return Err(Failure::Settings(format!(
            "{} cannot be loaded, so nothing was asked",
            findings.name()
        )));
    }
    if findings.is_yes() {
        Ok(())
    } else {
        Err(Failure::Fault)
    }
}

impl Arguments {
    fn deployment(&self) -> Result<Deployment, Failure> {
        let callout_account = self.callout_account.as_deref();
        match (&self.config, &self.module) {
            (Some(config), _) => Deployment::of_settings(config, callout_account),
            (None, Some(module)) => Deployment::of_module(
                module,
                &self.configuration,
                &self.accounts,
                callout_account.unwrap_or(USUAL_CALLOUT_ACCOUNT),
            ),
            (None, None) => Err(Failure::Settings(
                "no policy; name its MODULE, or a settings file with --config".to_owned(),
            )),
        }
    }
}

/// The stream removes colors where stdout is not a terminal, and where the environment asks for none (`NO_COLOR`).
fn print(findings: &Findings, as_json: bool) -> Result<(), Failure> {
    let text = match as_json {
        true => json::write(findings),
        false => text::write(findings, terminal_width()),
    };
    writeln!(anstream::stdout().lock(), "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}

fn terminal_width() -> Option<u16> {
    let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(width)
}
