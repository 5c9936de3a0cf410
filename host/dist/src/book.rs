//! The book in Markdown, as a part of an installation.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::text_of;
use crate::installation::DOCUMENTS;
use crate::tree::Tree;

/// `docs/pages` writes the pages, without links to files that only the repository has.
pub(crate) fn add_to(tree: &mut Tree, root: &Path) -> Result<()> {
    let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
    text_of(Command::new(root.join("docs/pages")).arg(scratch.path()))?;
    add_folder(tree, scratch.path(), &format!("{DOCUMENTS}/book"))
}

fn add_folder(tree: &mut Tree, folder: &Path, place: &str) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let name = path.file_name().unwrap_or_default().display();
        let place = format!("{place}/{name}");
        match path.is_dir() {
            true => add_folder(tree, &path, &place)?,
            false => tree.add(place, fs::read(&path).with_context(cannot)?),
        }
    }
    Ok(())
}
