//! The dry run of a deployment: everything that `serve` reads, checked as `serve` checks it, and every policy loaded. It
//! listens on nothing, connects to nothing and writes nothing.

use super::super::deployment_report::DeploymentReport;
use super::super::failure::Failure;
use super::super::material;
use super::super::report::CheckReport;
use super::inspect::{NotLoaded, inspect};
use portcullis_sandbox::{Cache, Sandbox};
use portcullis_service::config::{self, Flags, PolicyReading, Process};
use portcullis_service::service::engine_settings;

/// # Errors
///
/// Only if nothing can be checked: the settings file cannot be read, or the sandbox cannot be made.
pub(super) fn check(flags: &Flags) -> Result<DeploymentReport, Failure> {
    let mut reading = config::read(flags, &Process)?;
    // No cache: a folder that another user creates here could not be used by the service.
    let sandbox = material::sandbox(engine_settings(&reading.service), None)?;
    let mut policies = Vec::with_capacity(reading.policies.len());
    let mut faults = Vec::new();
    for policy in &reading.policies {
        let finding = match policy.can_load {
            true => load(&sandbox, policy).map_err(|fault| {
                let text = fault.text();
                faults.push(fault);
                text
            }),
            false => Err("not loaded, because of faults in its settings".to_owned()),
        };
        let finding = finding.and_then(|found| match policy.is_good {
            true => Ok(found),
            false => Err("it loads, but its settings have faults".to_owned()),
        });
        let name = policy.plan.name.clone();
        let module = policy.plan.material.module.display().to_string();
        policies.push((name, CheckReport { module, finding }));
    }
    if let Some(Err(error)) = reading.service.cache.as_deref().map(Cache::inspect) {
        faults.push(reading.cache_fault(error.to_string()));
    }
    for fault in faults {
        reading.add(fault);
    }
    Ok(DeploymentReport {
        config: reading.files.first().filter(|_| reading.has_file).cloned(),
        policies,
        faults: reading.faults,
        warnings: reading.warnings,
    })
}

fn load(
    sandbox: &Sandbox,
    policy: &PolicyReading,
) -> Result<super::super::report::Found, config::Fault> {
    inspect(sandbox, &policy.plan.material).map_err(|not_loaded| match not_loaded {
        NotLoaded::Read(error) => policy.read_fault(&error),
        NotLoaded::Refused(text) => policy.refusal(text),
    })
}
