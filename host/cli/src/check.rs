mod deployment;
mod inspect;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use self::inspect::{NotLoaded, inspect};
use super::failure::Failure;
use super::material;
use super::report::CheckReport;
use portcullis_sandbox::EngineSettings;
use portcullis_service::config::{self, Flags, Process};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Modules to load [default: policy.wasm, which 'portcullis build' writes]
    #[arg(value_name = "MODULE", conflicts_with_all = ["config", "policy"])]
    modules: Vec<PathBuf>,
    /// Print one JSON object for each module, or one for the deployment
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: Flags,
}

pub(super) const EXAMPLES: &str = "\
With --config or --policy it is the dry run of a deployment: it takes the flags
and variables of 'serve', reads everything that 'serve' reads, loads every
policy with its data, and prints every fault with its place and how to fix it.
It listens on nothing, connects to nothing and writes nothing. Warnings do not
change the exit code. PORTCULLIS_CONFIG alone does not make it a dry run.

Exit codes:
  0  good
  1  a module or the deployment has a fault; with --config or --policy, also a
     file named in the settings that is missing or cannot be read
  2  wrong usage, or the settings file cannot be read; without --config and
     --policy, also a module or its data that cannot be read
  3  the machine is in the way

Examples:
  portcullis check
  portcullis check policy.wasm --data users.json
  portcullis check policy.wasm --settings '{\"account\": \"APP\"}'
  portcullis check --json policies/*.wasm
  portcullis check --config portcullis.toml";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let flags = &arguments.flags;
    if flags.config.is_some() || !flags.policy.is_empty() {
        let report = deployment::check(flags)?;
        let text = match arguments.json {
            true => report.json().to_string(),
            false => report.text(),
        };
        print(&text)?;
        return match report.is_good() {
            true => Ok(()),
            false => Err(Failure::Fault),
        };
    }
    if let Some(flag) = flags.beyond_modules() {
        return Err(Failure::Settings(format!(
            "check: --{flag} belongs to a deployment; add --config FILE, or --policy MODULE"
        )));
    }
    check_modules(arguments)
}

fn check_modules(arguments: &Arguments) -> Result<(), Failure> {
    let (flags, standard) = (&arguments.flags, [PathBuf::from("policy.wasm")]);
    let modules: &[PathBuf] = match arguments.modules.is_empty() {
        true => &standard,
        false => &arguments.modules,
    };
    let sandbox = material::sandbox(
        EngineSettings::default(),
        config::cache_without_settings(&Process).as_deref(),
    )?;
    let mut outcome = Ok(());
    for module in modules {
        let material = material::material(module, &flags.data, flags.settings.as_ref())?;
        let finding = inspect(&sandbox, &material);
        match &finding {
            Ok(_) => {}
            Err(NotLoaded::Read(_)) => outcome = Err(Failure::Unreadable),
            Err(NotLoaded::Refused(_)) => outcome = outcome.and(Err(Failure::Fault)),
        }
        let finding = finding.map_err(|not_loaded| not_loaded.text());
        print_report(module, finding, arguments.json)?;
    }
    outcome
}

fn print_report(
    module: &Path,
    finding: Result<super::report::Found, String>,
    json: bool,
) -> Result<(), Failure> {
    let module = module.display().to_string();
    let report = CheckReport { module, finding };
    let text = match json {
        true => report.json().to_string(),
        false => report.text(),
    };
    print(&text)
}

fn print(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout().lock(), "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}
