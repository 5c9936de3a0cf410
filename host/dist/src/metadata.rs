//! The part of `cargo metadata` that is used here.

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
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    /// `dev` or `build`; none for a dependency of the package itself.
    kind: Option<String>,
}

impl Node {
    /// The packages that the package itself needs, and not only its tests or its build script.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &str> {
        let needed = self
            .deps
            .iter()
            .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        needed.map(|edge| edge.pkg.as_str())
    }
}

impl Metadata {
    /// Only for `targets`: cargo downloads the packages of all others too, if it is not told.
    pub(crate) fn read(root: &Path, targets: &[&str]) -> Result<Self> {
        let mut cargo = cargo(root);
        cargo.args(["metadata", "--locked", "--format-version", "1"]);
        for target in targets {
            cargo.args(["--filter-platform", target]);
        }
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
