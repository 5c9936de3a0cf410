//! Copies the files below a prefix.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::installation::{Installation, SERVICE, SERVICE_PREFIX};
use crate::tree::File;

/// The folder to copy into. It is created, and a file is tried in it, because the build before the copying takes minutes.
pub(crate) fn destination(prefix: &Path, destdir: Option<&Path>) -> Result<PathBuf> {
    anyhow::ensure!(
        prefix.is_absolute(),
        "PREFIX must be an absolute path, and {} is not",
        prefix.display()
    );
    let below = prefix.strip_prefix("/").unwrap_or(prefix);
    let destination = destdir.map_or_else(|| prefix.to_owned(), |destdir| destdir.join(below));
    fs::create_dir_all(&destination)
        .and_then(|()| tempfile::tempfile_in(&destination))
        .with_context(|| {
            format!(
                "cannot write into {}: choose a folder with PREFIX=, or run as a user who may write there",
                destination.display()
            )
        })?;
    Ok(destination)
}

pub(crate) fn copy(installation: &Installation, prefix: &Path, destination: &Path) -> Result<()> {
    for (path, file) in installation
        .tree
        .files()
        .filter(|(path, _)| path.contains('/'))
    {
        let target = destination.join(path);
        let written = match path == SERVICE {
            true => {
                let unit = String::from_utf8_lossy(&file.bytes);
                let unit = unit.replace(SERVICE_PREFIX, &prefix.display().to_string());
                write(&target, unit.as_bytes(), file)
            }
            false => write(&target, &file.bytes, file),
        };
        written.with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(())
}

/// Beside its place first, and renamed into it: a program that runs is replaced and not overwritten.
fn write(target: &Path, bytes: &[u8], file: &File) -> Result<()> {
    let folder = target.parent().context("it has no folder")?;
    fs::create_dir_all(folder)?;
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(bytes)?;
    fresh
        .as_file()
        .set_permissions(Permissions::from_mode(file.mode()))?;
    fresh.persist(target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_written_is_told_in_one_line_before_anything_is_built() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = destination(&file.path().join("usr"), None).unwrap_err();
        let line = format!("{error:#}");
        assert!(
            line.starts_with("cannot write into ") && line.contains("PREFIX="),
            "{line}"
        );
        assert!(!line.contains('\n'), "{line}");
    }

    #[test]
    fn the_folder_of_a_package_stands_for_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let destination = destination(Path::new("/opt/portcullis"), Some(folder.path())).unwrap();
        assert_eq!(destination, folder.path().join("opt/portcullis"));
    }
}
