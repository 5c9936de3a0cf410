//! Files in memory, by their paths below a prefix.

use std::collections::BTreeMap;

/// The files of an installation, sorted by path.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, File>,
}

pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_program: bool,
}

impl File {
    pub(crate) fn mode(&self) -> u32 {
        if self.is_program { 0o755 } else { 0o644 }
    }
}

impl Tree {
    pub(crate) fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.insert(path.into(), bytes.into(), false);
    }

    pub(crate) fn add_program(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.insert(path.into(), bytes, true);
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    fn insert(&mut self, path: String, bytes: Vec<u8>, is_program: bool) {
        self.files.insert(path, File { bytes, is_program });
    }
}
