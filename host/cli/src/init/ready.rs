//! The policies that an installation brings along as modules, and where they are.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::ValueEnum;

use super::shell::shell_word;

/// A policy that can be used without writing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Ready {
    /// Users with passwords and permissions, in users.json
    Directory,
    /// The user guest may subscribe to news.>, to see something work
    Hello,
    /// Clients with known nkeys, during office hours
    OfficeHours,
    /// Rules in Rego, the language of Open Policy Agent
    Rego,
    /// Tokens or TLS certificates, and the account that each leads to
    TokenAccounts,
}

/// Names another folder than the one beside the program.
const VARIABLE: &str = "PORTCULLIS_POLICIES_DIR";
/// From the folder of the program, in archives and in packages.
const BESIDE_THE_PROGRAM: &str = "../share/portcullis/policies";

impl Ready {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Hello => "hello",
            Self::OfficeHours => "office-hours",
            Self::Rego => "rego",
            Self::TokenAccounts => "token-accounts",
        }
    }
}

/// Reads the module of the policy. `target` is the folder of the settings, for the error that says what to do without one.
pub(super) fn read(policy: Ready, target: &Path) -> Result<Vec<u8>, String> {
    let path = folder()?.join(format!("{}.wasm", policy.name()));
    fs::read(&path).map_err(|error| {
        let [path, output] = [path, target.join("policy.wasm")].map(|path| shell_word(&path));
        format!(
            "init: cannot read the ready-made policy {path}: {error}; name the folder that has it in {VARIABLE}, or run \
             `portcullis init {}` without --policy and write a policy: `portcullis new my-policy --lang rust`, then \
             `portcullis build my-policy -o {output}`",
            shell_word(target)
        )
    })
}

fn folder() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Ok(PathBuf::from(named));
    }
    let program = env::current_exe().and_then(|program| program.canonicalize());
    let program = program.map_err(|error| {
        format!(
            "init: cannot find the folder of this program: {error}; name the folder of ready-made policies in {VARIABLE}"
        )
    })?;
    let beside = program
        .parent()
        .unwrap_or(&program)
        .join(BESIDE_THE_PROGRAM);
    // Without the `..`, where there is such a folder.
    Ok(beside.canonicalize().unwrap_or(beside))
}
