//! The packages that are in the program and in the policies.
//!
//! `cargo tree` says which: it resolves features for these packages alone, where `cargo metadata` adds those that tests
//! ask for. The metadata have the rest: licences, folders, and who depends on whom.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use crate::build::{POLICIES, POLICY_TARGET, PROGRAM, Workspace};
use crate::command::text_of;
use crate::metadata::{Package, cargo};

/// Packages by name and version.
pub(crate) struct Dependencies<'a> {
    pub(crate) packages: BTreeMap<Key, &'a Package>,
    /// Those that each of them depends on.
    pub(crate) edges: BTreeMap<Key, BTreeSet<Key>>,
}

/// Name and version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Key {
    fn of(package: &Package) -> Self {
        Self {
            name: package.name.clone(),
            version: package.version.clone(),
        }
    }

    /// A line of `cargo tree --format {p}`: `name v1.2.3 (where)`.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (name, version) = (words.next()?.to_owned(), words.next()?);
        let version = version.strip_prefix('v')?.to_owned();
        Some(Self { name, version })
    }
}

impl<'a> Dependencies<'a> {
    pub(crate) fn of(workspace: &'a Workspace) -> Result<Self> {
        let mut keys = tree(workspace, &[PROGRAM], &workspace.target)?;
        keys.extend(tree(workspace, &POLICIES, POLICY_TARGET)?);
        let by_key: BTreeMap<_, _> = workspace
            .metadata
            .packages
            .iter()
            .map(|package| (Key::of(package), package))
            .collect();
        let found = |key: Key| {
            let package = by_key.get(&key).copied();
            let package = package.with_context(|| format!("no metadata of {key:?}"))?;
            Ok((key, package))
        };
        let packages = keys.into_iter().map(found).collect::<Result<_>>()?;
        let edges = edges(workspace, &packages);
        Ok(Self { packages, edges })
    }
}

fn tree(workspace: &Workspace, packages: &[&str], target: &str) -> Result<BTreeSet<Key>> {
    let mut cargo = cargo(&workspace.root);
    cargo.args(["tree", "--locked"]);
    cargo.args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    cargo.args(["--target", target]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    let text = text_of(&mut cargo)?;
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| Key::parse(line).with_context(|| format!("cargo tree wrote {line:?}")))
        .collect()
}

fn edges(
    workspace: &Workspace,
    packages: &BTreeMap<Key, &Package>,
) -> BTreeMap<Key, BTreeSet<Key>> {
    let by_id: BTreeMap<_, _> = packages
        .iter()
        .map(|(key, package)| (package.id.as_str(), key))
        .collect();
    let nodes = &workspace.metadata.resolve.nodes;
    let edges = nodes.iter().filter_map(|node| {
        let from = *by_id.get(node.id.as_str())?;
        let to = node.needs().filter_map(|id| by_id.get(id));
        Some((from.clone(), to.map(|key| (*key).clone()).collect()))
    });
    edges.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_tree_are_read() {
        let key = |name: &str, version: &str| Key {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        assert_eq!(Key::parse("serde v1.0.1"), Some(key("serde", "1.0.1")));
        assert_eq!(
            Key::parse("clap_derive v4.6.1 (proc-macro) (*)"),
            Some(key("clap_derive", "4.6.1"))
        );
        assert_eq!(Key::parse("[build-dependencies]"), None);
    }
}
