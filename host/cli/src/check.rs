use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use super::failure::Failure;
use super::material::{self, Configuration, wall_clock};
use super::report::{CheckReport, Found};
use portcullis_sandbox::{About, LogLine, Sandbox};
use portcullis_service::reload::Material;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Modules to load; 'portcullis build' writes the one that is meant if none is named
    #[arg(value_name = "MODULE", default_value = "policy.wasm")]
    modules: Vec<PathBuf>,
    #[command(flatten)]
    configuration: Configuration,
    /// Print one JSON object for each module
    #[arg(long)]
    json: bool,
}

pub(super) const EXAMPLES: &str = "\
Exit code 1 says that a module has a fault; the others are those of 'portcullis --help'.

Examples:
  portcullis check
  portcullis check policy.wasm --data users.json --settings '{\"account\": \"APP\"}'
  portcullis check --json policies/*.wasm";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let sandbox = material::sandbox()?;
    let mut faults = false;
    for module in &arguments.modules {
        let material = arguments.configuration.material(module)?;
        let report = inspect(&sandbox, &material);
        faults |= report.has_fault();
        print(&report, arguments.json)?;
    }
    if faults { Err(Failure::Fault) } else { Ok(()) }
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
        closed: about.closed.clone(),
        instances: about.instances.word(),
        load,
        warnings: about.warnings.clone(),
        log: about.log.iter().map(line).collect(),
    }
}

fn print(report: &CheckReport, json: bool) -> Result<(), Failure> {
    let text = if json { report.json() } else { report.text() };
    writeln!(io::stdout().lock(), "{text}")
        .map_err(|error| Failure::Run(format!("cannot write to stdout: {error}")))
}
