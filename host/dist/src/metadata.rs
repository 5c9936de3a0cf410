//! What `cargo metadata` tells of the packages, as far as it is of use here.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command::text_of;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) target_directory: PathBuf,
    pub(crate) packages: Vec<Package>,
    pub(crate) resolve: Resolve,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// An expression of SPDX.
    pub(crate) license: Option<String>,
    /// A registry; nothing for what is made here.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// A package and those that it depends on, by their ids.
#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) dependencies: Vec<String>,
}

impl Metadata {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut cargo = cargo(root);
        cargo.args(["metadata", "--locked", "--format-version", "1"]);
        let text = text_of(&mut cargo)?;
        serde_json::from_str(&text).context("cannot read what cargo metadata wrote")
    }
}

/// The cargo that runs this tool.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}
