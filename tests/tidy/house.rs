//! The tracked files, and a way to report on many of them at once.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root folder of the repository.
pub(super) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("the repository")
}

/// A file of the repository: its path relative to the root, and its text.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

/// Every tracked or new file (but no ignored ones) below `folder` with one of the endings; binaries are left out.
pub(super) fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let names = names(folder);
    let wanted = names
        .iter()
        .filter(|name| endings.is_empty() || endings.iter().any(|ending| name.ends_with(ending)));
    let mut found: Vec<_> = wanted.filter_map(|name| read(name)).collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found.dedup_by(|one, other| one.path == other.path);
    found
}

/// The paths of all tracked or new files (but no ignored ones) below `folder`, relative to the root.
pub(super) fn names(folder: &str) -> Vec<String> {
    let listing = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
            "--",
            folder,
        ])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listing.status.success(), "git cannot list the files");
    let names = String::from_utf8(listing.stdout).expect("paths are UTF-8");
    let names = names.split('\0').filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn read(name: &str) -> Option<File> {
    let path: PathBuf = root().join(name);
    let text = std::fs::read_to_string(&path)
        .ok()
        .filter(|_| Path::new(name).is_relative())?;
    Some(File {
        path: name.to_owned(),
        text,
    })
}

/// Fails with all faults at once.
pub(super) fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
