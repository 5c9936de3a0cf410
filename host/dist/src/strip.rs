//! Takes the line tables off the program.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::text_of;
use crate::tree::Tree;

/// The path at which debuggers and backtraces look for the line tables.
const DEBUG: &str = "bin/portcullis.debug";

/// # Errors
///
/// There is no `objcopy` on a system whose programs need it.
pub(crate) fn require() -> Result<()> {
    match cfg!(target_os = "linux") {
        true => objcopy(Command::new("objcopy").arg("--version")),
        false => Ok(()),
    }
}

/// The program without its line tables, and the line tables. Where the format is not ELF, all of it stays together.
pub(crate) fn apart(program: &Path) -> Result<(Vec<u8>, Tree)> {
    const ELF: &[u8] = b"\x7fELF";
    let whole = read(program)?;
    let mut debug = Tree::default();
    if !whole.starts_with(ELF) {
        return Ok((whole, debug));
    }
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    let [tables, stripped] =
        ["portcullis.debug", "portcullis"].map(|name| scratch.path().join(name));
    let convert = |flags: &[&str], output: &Path| {
        objcopy(Command::new("objcopy").args(flags).arg(program).arg(output))
    };
    convert(&["--only-keep-debug"], &tables)?;
    let link = format!("--add-gnu-debuglink={}", tables.display());
    convert(&["--strip-debug", &link], &stripped)?;
    debug.add(DEBUG, read(&tables)?);
    Ok((read(&stripped)?, debug))
}

fn objcopy(command: &mut Command) -> Result<()> {
    text_of(command)
        .context("objcopy keeps the line tables apart: install binutils")
        .map(drop)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
