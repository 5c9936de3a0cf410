//! All files of an installation.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::build::{PROGRAM, Workspace};
use crate::command::text_of;
use crate::dependencies::Dependencies;
use crate::tree::Tree;
use crate::version::Version;
use crate::{generate, licenses, sbom};

const BINARY: &str = "bin/portcullis";
/// Where a debugger and a backtrace look for what was taken off the program.
const DEBUG: &str = "bin/portcullis.debug";
const DOCUMENTS: &str = "share/doc/portcullis";
pub(crate) const SERVICE: &str = "lib/systemd/system/portcullis.service";
/// In the unit of the archive; another prefix replaces it.
pub(crate) const SERVICE_PREFIX: &str = "/usr/local";

/// Files of the repository, and where they go.
const COPIED: [(&str, &str); 7] = [
    ("host/dist/portcullis.service", SERVICE),
    (
        "host/dist/portcullis.sysusers",
        "lib/sysusers.d/portcullis.conf",
    ),
    ("host/dist/Containerfile", "Containerfile"),
    ("LICENSE", "LICENSE"),
    ("LICENSE", "share/doc/portcullis/LICENSE"),
    ("README.md", "README.md"),
    ("README.md", "share/doc/portcullis/README.md"),
];

pub(crate) struct Installation {
    pub(crate) version: Version,
    pub(crate) tree: Tree,
    /// Line tables of the program, for whom it may concern.
    pub(crate) debug: Tree,
}

impl Installation {
    pub(crate) fn make(workspace: &Workspace) -> Result<Self> {
        let version = Version::of(&workspace.root, &workspace.number()?)?;
        let dependencies = Dependencies::of(workspace)?;
        let own_license = read(&workspace.root.join("LICENSE"))?;
        let own_license = String::from_utf8_lossy(&own_license);
        let licenses = licenses::text(&dependencies, &own_license, &workspace.compiler)?;

        let program = workspace.build_program(&version)?;
        let policies = workspace.build_policies()?;
        let (binary, debug) = apart(&program)?;

        let mut made = vec![(PROGRAM, binary.as_slice())];
        made.extend(
            policies
                .iter()
                .map(|(name, bytes)| (*name, bytes.as_slice())),
        );
        let bill = sbom::json(&dependencies, &version.name, &workspace.compiler, &made)?;

        let mut tree = Tree::default();
        generate::add_to(&mut tree, &program)?;
        for (from, to) in COPIED {
            tree.add(to, read(&workspace.root.join(from))?);
        }
        tree.add(format!("{DOCUMENTS}/LICENSES.txt"), licenses);
        tree.add(format!("{DOCUMENTS}/sbom.cdx.json"), bill);
        for (name, module) in policies {
            tree.add(format!("share/portcullis/policies/{name}.wasm"), module);
        }
        tree.add_program(BINARY, binary);
        Ok(Self {
            version,
            tree,
            debug,
        })
    }
}

/// The program without its line tables, and the line tables. Where the format is not ELF, all of it stays together.
fn apart(program: &Path) -> Result<(Vec<u8>, Tree)> {
    const ELF: &[u8] = b"\x7fELF";
    let whole = read(program)?;
    let mut debug = Tree::default();
    if !whole.starts_with(ELF) {
        return Ok((whole, debug));
    }
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    let [tables, stripped] =
        ["portcullis.debug", "portcullis"].map(|name| scratch.path().join(name));
    objcopy(&["--only-keep-debug"], program, &tables)?;
    let link = format!("--add-gnu-debuglink={}", tables.display());
    objcopy(&["--strip-debug", &link], program, &stripped)?;
    debug.add(DEBUG, read(&tables)?);
    Ok((read(&stripped)?, debug))
}

fn objcopy(flags: &[&str], from: &Path, to: &Path) -> Result<()> {
    text_of(Command::new("objcopy").args(flags).arg(from).arg(to))
        .context("line tables are kept apart by objcopy, of the package binutils")
        .map(drop)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
