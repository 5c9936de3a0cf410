//! Packs the files so that the same commit gives the same bytes: sorted, by no user, at the time of the commit.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use crate::build::Workspace;
use crate::installation::Installation;
use crate::tree::Tree;

/// Gives the paths of what was written.
pub(crate) fn write(workspace: &Workspace, installation: &Installation) -> Result<Vec<PathBuf>> {
    let folder = workspace.target_folder.join("dist");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let name = format!(
        "portcullis-{}-{}",
        installation.version.name, workspace.target
    );
    let time = installation.version.time;
    let mut written = Vec::new();
    let archives = [("", &installation.tree), ("-debug", &installation.debug)];
    for (kind, tree) in archives
        .into_iter()
        .filter(|(_, tree)| tree.files().next().is_some())
    {
        let bytes = pack(tree, &name, time).context("cannot pack the archive")?;
        let file_name = format!("{name}{kind}.tar.gz");
        let digest = HEXLOWER.encode(&Sha256::digest(&bytes));
        let checksum = format!("{digest}  {file_name}\n").into_bytes();
        for (file_name, bytes) in [
            (format!("{file_name}.sha256"), checksum),
            (file_name, bytes),
        ] {
            let path = folder.join(file_name);
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            written.push(path);
        }
    }
    Ok(written)
}

fn pack(tree: &Tree, name: &str, time: u64) -> Result<Vec<u8>> {
    let gzip = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    let mut archive = tar::Builder::new(gzip);
    for (path, file) in tree.files() {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len().try_into()?);
        header.set_mode(file.mode());
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(&mut header, format!("{name}/{path}"), file.bytes.as_slice())?;
    }
    Ok(archive.into_inner()?.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes_and_come_out_as_they_went_in() {
        let mut tree = Tree::default();
        tree.add("share/doc/a", "text");
        tree.add_program("bin/b", b"program".to_vec());
        let packed = pack(&tree, "name", 1_700_000_000).unwrap();
        assert_eq!(packed, pack(&tree, "name", 1_700_000_000).unwrap());

        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let header = entry.header();
            assert_eq!(
                (header.mtime().unwrap(), header.uid().unwrap()),
                (1_700_000_000, 0)
            );
            (
                entry.path().unwrap().display().to_string(),
                header.mode().unwrap(),
                text,
            )
        });
        let expected = [
            ("name/bin/b".to_owned(), 0o755, "program".to_owned()),
            ("name/share/doc/a".to_owned(), 0o644, "text".to_owned()),
        ];
        assert_eq!(entries.collect::<Vec<_>>(), expected);
    }
}
