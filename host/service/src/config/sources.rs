//! All texts of the settings, one after the other: first the file, then the flags and variables. An offset
//! into all of them says where a value comes from, so one tree with spans is enough for all three.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::fault::{Place, variable};
use super::flags::Flags;
use portcullis_model::Secret;

/// Where a value can be written; the earlier one takes precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Flag,
    Variable,
    File,
}

/// The settings file. Its text may hold secrets.
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) text: Secret,
}

/// One value of a flag, or of the variable that stands for it.
#[derive(Clone, Copy)]
pub(super) struct WrittenValue<'a> {
    pub(super) flag: &'static str,
    pub(super) value: &'a str,
    layer: Layer,
}

pub(super) struct Sources<'a> {
    file: Option<&'a SettingsFile>,
    given: Vec<WrittenValue<'a>>,
}

impl<'a> Sources<'a> {
    /// A flag replaces its variable.
    pub(super) fn new(
        file: Option<&'a SettingsFile>,
        flags: &'a Flags,
        variables: &'a Flags,
    ) -> Self {
        let (flags, variables) = (flags.given(), variables.given());
        let hidden = |name| flags.iter().any(|(flag, _)| *flag == name);
        let kept = variables.into_iter().filter(|(name, _)| !hidden(*name));
        let given = |layer| move |(flag, value)| WrittenValue { flag, value, layer };
        let kept: Vec<_> = kept.map(given(Layer::Variable)).collect();
        Self {
            file,
            given: flags
                .into_iter()
                .map(given(Layer::Flag))
                .chain(kept)
                .collect(),
        }
    }

    /// The value of a single flag.
    pub(super) fn of_flag(flag: &'static str, value: &'a str) -> Self {
        let layer = Layer::Flag;
        Self {
            file: None,
            given: vec![WrittenValue { flag, value, layer }],
        }
    }

    pub(super) fn file(&self) -> Option<&'a SettingsFile> {
        self.file
    }

    /// The values of a flag, each with its span.
    pub(super) fn of(&self, flag: &str) -> Vec<(Range<usize>, &'a str)> {
        let first = self.first();
        let values = self.given.iter().enumerate();
        values
            .filter(|(_, given)| given.flag == flag)
            .map(|(index, given)| (first + index..first + index + 1, given.value))
            .collect()
    }

    pub(super) fn layer(&self, offset: usize) -> Layer {
        self.given_at(offset)
            .map_or(Layer::File, |given| given.layer)
    }

    pub(super) fn place(&self, offset: usize) -> Place {
        match (self.given_at(offset), self.file) {
            (Some(given), _) if given.layer == Layer::Flag => Place::Flag(given.flag),
            (Some(given), _) => Place::Variable(variable(given.flag)),
            (None, Some(file)) => file.place(offset),
            (None, None) => Place::Nowhere,
        }
    }

    /// A path that was written there, relative to the current directory: paths in a file are relative to the file's folder.
    pub(super) fn resolve(&self, offset: usize, path: &Path) -> PathBuf {
        let folder = self
            .file
            .filter(|_| self.layer(offset) == Layer::File)
            .and_then(|file| file.path.parent());
        folder.map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// The offset after the file, at which the first other text begins.
    fn first(&self) -> usize {
        self.file.map_or(0, |file| file.text.expose().len() + 1)
    }

    fn given_at(&self, offset: usize) -> Option<&WrittenValue<'a>> {
        self.given.get(offset.checked_sub(self.first())?)
    }
}

impl SettingsFile {
    fn place(&self, offset: usize) -> Place {
        let text = self.text.expose();
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        Place::File {
            path: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: in_line.chars().count() + 1,
        }
    }
}
