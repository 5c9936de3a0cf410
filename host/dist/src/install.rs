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

/// Whether the prefix is in somebody's home. The unit hides these folders from the program, and runs as another user.
pub(crate) fn is_in_home(prefix: &Path) -> bool {
    ["/home", "/root", "/Users"]
        .iter()
        .any(|homes| prefix.starts_with(homes))
}

/// Copies the files, but not those of the system's own services into somebody's home.
pub(crate) fn copy(installation: &Installation, prefix: &Path, destination: &Path) -> Result<()> {
    let is_wanted =
        |path: &str| path.contains('/') && !(is_in_home(prefix) && path.starts_with("lib/"));
    let files = installation.tree.files();
    for (path, file) in files.filter(|(path, _)| is_wanted(path)) {
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

/// Writes a temporary file and renames it, so that a running program is replaced and not overwritten.
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
    use crate::tree::Tree;
    use crate::version::Version;

    #[test]
    fn a_folder_that_cannot_be_written_is_reported_in_one_line_before_anything_is_built() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = destination(&file.path().join("usr"), None).unwrap_err();
        let line = format!("{error:#}");
        assert!(
            line.starts_with("cannot write into ") && line.contains("PREFIX="),
            "{line}"
        );
        assert!(!line.contains('\n'), "{line}");
    }

    fn installed(prefix: &Path) -> (tempfile::TempDir, Vec<String>) {
        let mut tree = Tree::default();
        tree.add_program("bin/portcullis", b"program".to_vec());
        tree.add(
            SERVICE,
            format!("ExecStart={SERVICE_PREFIX}/bin/portcullis"),
        );
        tree.add("README.md", "of the archive");
        let installation = Installation {
            version: Version {
                name: "0.1.0".to_owned(),
                commit: None,
                time: 0,
            },
            tree,
            debug: Tree::default(),
        };
        let folder = tempfile::tempdir().unwrap();
        copy(&installation, prefix, folder.path()).unwrap();
        let is_there = |path: &&str| folder.path().join(path).exists();
        let files = ["bin/portcullis", SERVICE, "README.md"];
        let found = files.into_iter().filter(is_there).map(str::to_owned);
        let found = found.collect();
        (folder, found)
    }

    #[test]
    fn the_unit_names_the_program_below_the_prefix() {
        let (folder, files) = installed(Path::new("/opt/portcullis"));
        assert_eq!(files, ["bin/portcullis", SERVICE]);
        let unit = fs::read_to_string(folder.path().join(SERVICE)).unwrap();
        assert_eq!(unit, "ExecStart=/opt/portcullis/bin/portcullis");
        let program = fs::metadata(folder.path().join("bin/portcullis")).unwrap();
        assert_eq!(program.permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_home_folder_gets_no_unit() {
        let (_folder, files) = installed(&Path::new("/home").join("alice"));
        assert_eq!(files, ["bin/portcullis"]);
    }

    #[test]
    fn the_folder_of_a_package_stands_for_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let destination = destination(Path::new("/opt/portcullis"), Some(folder.path())).unwrap();
        assert_eq!(destination, folder.path().join("opt/portcullis"));
    }
}
