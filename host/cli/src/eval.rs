//! One decision without a server: what `serve` would rule, and why.

mod client;
mod fields;
mod findings;
mod json;
mod made_up;
mod questions;
mod request_file;
mod text;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use self::client::ClientFlags;
use self::findings::{Findings, Wish};
use self::text::Paint;
use super::failure::Failure;
use super::material::{self, Configuration, wall_clock};
use portcullis_model::{Access, Decision, Request};
use portcullis_permits::bounds::Bounds;
use portcullis_sandbox::{Decide, LoadedPolicy, LogLine, Sandbox};
use portcullis_service::authorizer::{Case, Ruled, not_loaded};
use portcullis_service::catalog::{OnFailure, Slot};
use portcullis_service::config;
use portcullis_service::reload::Material;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Module that decides
    #[arg(value_name = "MODULE")]
    module: PathBuf,
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    client: ClientFlags,
    /// Where the operator lets the policy place clients: names, or patterns with *; repeatable
    #[arg(long = "account", value_name = "NAME", default_value = "*")]
    accounts: Vec<String>,
    /// The account that the callout is asked in; no pattern opens it
    #[arg(long, value_name = "NAME", default_value = "AUTH")]
    callout_account: String,
    /// A question about what the client may do, in the words of an ability; repeatable
    #[arg(long = "can", value_name = "SENTENCE")]
    questions: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) const EXAMPLES: &str = "\
Decides as 'serve' does, within the same limits, for one client and without any
server. A flag that names no client asks about one that presents nothing. Of
--request, the field 'credentials' is needed; what else is absent is made up.
Its fields are those of wit/types.wit; a certificate may be its PEM alone.

--can is answered as the newest servers read permissions. A client whose grant
says 'account-defaults' has none of its own: where the account has no default
permissions either, it may do everything, and that is what --can answers.

Exit codes:
  0  the client is let in, and every --can is answered yes
  1  it is not let in, the policy failed, or a --can is answered no
  2  wrong usage: flags that contradict each other, an unreadable request,
     a sentence that is no ability
  3  nothing was asked: the module or its data cannot be read or loaded, or
     the machine is in the way

Examples:
  portcullis eval policy.wasm --data users.json --user alice --password @file
  portcullis eval policy.wasm --token @token --can 'publish orders.new'
  portcullis eval policy.wasm --tls-cert client.pem --can 'subscribe jobs.* workers'
  portcullis eval policy.wasm --request request.json --json

The fields of --json:
  module, digest, at, outcome (allow, deny, ignore, fail, pass)
  policy_failure, cause (kind, text, blame), warnings, log (level, text)
  account, name, tags, expires_at
  permissions (pub, sub, resp, as in the signed user JWT; null: the account's)
  lines (list, entry, from, host)
  can (sentence, allowed, why, needs), and of each of the needs: list, subject,
  allowed, by (list, entry), reason, from, withheld";

/// What a server waits for an answer, by default. The policy's own deadline is shorter.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    questions::check(&arguments.questions)?;
    let request = arguments.client.request(wall_clock())?;
    let bounds = config::standard_bounds(&arguments.accounts)
        .map_err(|error| Failure::Settings(format!("--account: {error}")))?;
    let material = arguments.configuration.material(&arguments.module)?;
    let sandbox = material::sandbox()?;
    let findings = evaluate(arguments, &sandbox, &material, bounds, &request);
    print(&findings, arguments.json)?;
    if !findings.is_loaded() {
        let module = arguments.module.display();
        return Err(Failure::Run(format!(
            "{module} could not be loaded, so that nothing was asked"
        )));
    }
    if findings.is_yes() {
        Ok(())
    } else {
        Err(Failure::Fault)
    }
}

/// Loads, asks and rules as the service does.
fn evaluate(
    arguments: &Arguments,
    sandbox: &Sandbox,
    material: &Material,
    bounds: Bounds,
    request: &Request,
) -> Findings {
    let loaded = load(sandbox, material, request);
    let about = loaded.as_ref().ok().map(|policy| policy.about().clone());
    let slot = Slot {
        name: arguments.module.display().to_string(),
        policy: loaded.map(|policy| Arc::new(policy) as Arc<dyn Decide>),
        bounds,
        on_failure: OnFailure::default(),
    };
    let case = Case {
        request,
        issued_at: request.received_at,
        callout_account: Some(&arguments.callout_account),
    };
    let Asked { ruled, access, log } = ask(&slot, &case);
    let wish = Wish::new(access.as_ref(), request.client.transport);
    Findings::new(&slot.name, request, ruled.as_ref(), &wish, &log)
        .about(about.as_ref())
        .answer(&arguments.questions, ruled.as_ref(), &wish)
}

fn load(sandbox: &Sandbox, material: &Material, request: &Request) -> Result<LoadedPolicy, String> {
    let (source, _) = material.read().map_err(|error| error.to_string())?;
    sandbox
        .load(&source, request.received_at)
        .map_err(|error| error.to_string())
}

/// What came of asking: the ruling (none where the policy passed), and what the policy wished.
struct Asked<'a> {
    ruled: Option<Ruled<'a>>,
    access: Option<Access>,
    log: Vec<LogLine>,
}

fn ask<'a>(slot: &'a Slot, case: &Case<'_>) -> Asked<'a> {
    let policy = match &slot.policy {
        Ok(policy) => policy,
        Err(why) => {
            return Asked {
                ruled: Some(not_loaded(slot, why.clone())),
                access: None,
                log: Vec::new(),
            };
        }
    };
    let verdict = policy.decide(case.request, PATIENCE);
    let access = match &verdict.decision {
        Ok(Decision::Allow(grant)) => Some(grant.access.clone()),
        _ => None,
    };
    Asked {
        ruled: case.rule(slot, verdict.decision),
        access,
        log: verdict.log,
    }
}

fn print(findings: &Findings, as_json: bool) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let bare = !stdout.is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let text = match as_json {
        true => json::write(findings),
        false => text::write(findings, if bare { Paint::Bare } else { Paint::Colour }),
    };
    writeln!(stdout, "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}
