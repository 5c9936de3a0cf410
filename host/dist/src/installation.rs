//! All files of an installation.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::build::{PROGRAM, Workspace};
use crate::dependencies::Dependencies;
use crate::tree::Tree;
use crate::version::Version;
use crate::{book, generate, licenses, sbom, strip};

const BINARY: &str = "bin/portcullis";
pub(crate) const DOCUMENTS: &str = "share/doc/portcullis";
pub(crate) const SERVICE: &str = "lib/systemd/system/portcullis.service";
/// In the unit of the archive; another prefix replaces it.
pub(crate) const SERVICE_PREFIX: &str = "/usr/local";

/// Files of the repository, and where they go.
const COPIED: [(&str, &str); 6] = [
    ("host/dist/portcullis.service", SERVICE),
    (
        "host/dist/portcullis.sysusers",
        "lib/sysusers.d/portcullis.conf",
    ),
    ("host/dist/Containerfile", "Containerfile"),
    ("LICENSE", "LICENSE"),
    ("LICENSE", "share/doc/portcullis/LICENSE"),
    ("host/dist/ARCHIVE.md", "README.md"),
];

pub(crate) struct Installation {
    pub(crate) version: Version,
    pub(crate) tree: Tree,
    /// Line tables of the program, for debuggers.
    pub(crate) debug: Tree,
}

impl Installation {
    pub(crate) fn make(workspace: &Workspace) -> Result<Self> {
        workspace.require_tools()?;
        let version = Version::of(&workspace.root, &workspace.number()?)?;
        let dependencies = Dependencies::of(workspace)?;
        let own_license = read(&workspace.root.join("LICENSE"))?;
        let own_license = String::from_utf8_lossy(&own_license);
        let licenses = licenses::text(&dependencies, &own_license, &workspace.compiler)?;

        let program = workspace.build_program(&version)?;
        let policies = workspace.build_policies()?;
        let (binary, debug) = strip::apart(&program)?;

        let mut made = vec![(PROGRAM, binary.as_slice())];
        made.extend(
            policies
                .iter()
                .map(|(name, bytes)| (*name, bytes.as_slice())),
        );
        let bill = sbom::json(&dependencies, &version.name, &workspace.compiler, &made)?;

        let mut tree = Tree::default();
        generate::add_to(&mut tree, &program)?;
        book::add_to(&mut tree, &workspace.root)?;
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

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
