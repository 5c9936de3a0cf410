use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::failure::Failure;
use super::report::{CheckReport, Found};
use crate::config::{self, Process};
use crate::model::{Secret, Timestamp};
use crate::policy::{About, EngineSettings, Instances, Limits, LogLine, Sandbox};
use crate::reload::{DataSpec, Material};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Modules to load
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
    /// Data for 'configure'; repeatable
    #[arg(long, value_name = "[NAME=]FILE|DIR")]
    data: Vec<String>,
    /// Settings for 'configure', a JSON object, or @FILE
    #[arg(long, value_name = "JSON|@FILE")]
    settings: Option<Secret>,
    /// Print one JSON object for each module
    #[arg(long)]
    json: bool,
}

pub(super) const EXAMPLES: &str = "\
Exit code 1 says that a module has a fault; the others are those of 'portcullis --help'.

Examples:
  portcullis check policy.wasm
  portcullis check policy.wasm --data users.json --settings '{\"account\": \"APP\"}'
  portcullis check --json policies/*.wasm";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let data = data(&arguments.data)?;
    let settings = config::json_object(arguments.settings.as_ref(), &Process)?;
    // One check compiles each module once: a cache would only leave files behind.
    let sandbox = Sandbox::new(EngineSettings::default(), None)
        .map_err(|error| Failure::Run(error.to_string()))?;
    let mut faults = false;
    for module in &arguments.modules {
        let material = Material {
            module: module.clone(),
            data: data.clone(),
            settings: settings.clone(),
            instances: Instances::Snapshot,
            limits: Limits::default(),
            data_bytes_max: config::Limits::default().data_bytes,
        };
        let report = inspect(&sandbox, &material);
        faults |= report.has_fault();
        print(&report, arguments.json)?;
    }
    if faults { Err(Failure::Fault) } else { Ok(()) }
}

fn data(entries: &[String]) -> Result<Vec<DataSpec>, Failure> {
    let parse = |entry: &String| {
        entry
            .parse()
            .map_err(|error| Failure::Settings(format!("--data: {error}")))
    };
    entries.iter().map(parse).collect()
}

fn inspect(sandbox: &Sandbox, material: &Material) -> CheckReport {
    let started = Instant::now();
    let loaded = material
        .read()
        .map_err(|error| error.to_string())
        .and_then(|(source, _)| {
            sandbox
                .load(&source, wall_clock())
                .map_err(|error| error.to_string())
        });
    match loaded {
        Ok(policy) => CheckReport {
            module: material.module.display().to_string(),
            finding: Ok(found(policy.about(), started.elapsed())),
        },
        Err(fault) => CheckReport::fault(&material.module, fault),
    }
}

fn found(about: &About, load: Duration) -> Found {
    let line = |line: &LogLine| {
        (
            tracing::Level::from(line.level).as_str().to_lowercase(),
            line.text.clone(),
        )
    };
    Found {
        digest: about.digest.clone(),
        bytes: about.module_bytes,
        world: about.world.clone(),
        imports: about.imports.clone(),
        instances: about.instances.word(),
        load,
        warnings: about.warnings.clone(),
        log: about.log.iter().map(line).collect(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock that the policy is configured with enters here"
)]
fn wall_clock() -> Timestamp {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn print(report: &CheckReport, json: bool) -> Result<(), Failure> {
    let text = if json { report.json() } else { report.text() };
    writeln!(io::stdout().lock(), "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}
