//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// What a command writes to its stdout.
pub(crate) fn text_of(command: &mut Command) -> Result<String> {
    let name = Path::new(command.get_program()).file_name();
    let name = name
        .unwrap_or_else(|| OsStr::new("the program"))
        .display()
        .to_string();
    let output = command
        .output()
        .with_context(|| format!("cannot run {name}"))?;
    anyhow::ensure!(
        output.status.success(),
        "{name} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout)
        .with_context(|| format!("{name} wrote something else than text"))
}
