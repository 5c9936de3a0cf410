//! Resolves the parts of the settings: knows where values come from, and collects the faults.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::fault::{Fault, Place};
use super::problem::Problem;
use super::sources::{Layer, Sources};
use super::surroundings::Surroundings;
use super::tree::Text;
use crate::nats::SecretSource;
use portcullis_model::Secret;

pub(super) struct Resolver<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) around: &'a dyn Surroundings,
    pub(super) faults: Vec<Fault>,
    /// Warnings: these settings work, but the operator should change them.
    pub(super) warnings: Vec<Fault>,
    /// Files with parts of the settings: the settings are read again when one changes.
    pub(super) files: Vec<PathBuf>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(sources: &'a Sources<'a>, around: &'a dyn Surroundings) -> Self {
        let file = sources.file().map(|file| file.path.clone());
        Self {
            sources,
            around,
            faults: Vec::new(),
            warnings: Vec::new(),
            files: file.into_iter().collect(),
        }
    }

    pub(super) fn fault(&mut self, offset: usize, key: &str, problem: Problem) {
        let place = self.sources.place(offset);
        self.faults.push(Fault::new(place, key, problem));
    }

    pub(super) fn warn(&mut self, offset: usize, key: &str, text: impl Into<String>) {
        let place = self.sources.place(offset);
        let problem = Problem::Other(text.into());
        self.warnings.push(Fault::new(place, key, problem));
    }

    /// A warning about a setting that is missing.
    pub(super) fn advise(&mut self, text: &str) {
        let problem = Problem::Other(text.to_owned());
        self.warnings.push(Fault::new(Place::Nowhere, "", problem));
    }

    /// A setting is missing, so the fault has no place.
    pub(super) fn missing(&mut self, problem: Problem) {
        self.faults.push(Fault::new(Place::Nowhere, "", problem));
    }

    /// The parsed value; none if it is wrong, and then the fault is noted.
    pub(super) fn parse<T, U>(
        &mut self,
        key: &str,
        written: &Spanned<T>,
        parse: impl FnOnce(&T) -> Result<U, Problem>,
    ) -> Option<U> {
        match parse(written.get_ref()) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(written.span().start, key, problem);
                None
            }
        }
    }

    /// The valid values of a list.
    pub(super) fn parse_all<T, U>(
        &mut self,
        key: &str,
        written: &[Spanned<T>],
        mut parse: impl FnMut(&T) -> Result<U, Problem>,
    ) -> Vec<U> {
        let parsed = written
            .iter()
            .filter_map(|written| self.parse(key, written, &mut parse));
        parsed.collect()
    }

    /// Replaces a default with what was written, if anything was.
    pub(super) fn set<T, U>(
        &mut self,
        slot: &mut U,
        key: &str,
        written: &Option<Spanned<T>>,
        parse: impl FnOnce(&T) -> Result<U, Problem>,
    ) {
        let parsed = written
            .as_ref()
            .and_then(|written| self.parse(key, written, parse));
        if let Some(value) = parsed {
            *slot = value;
        }
    }

    pub(super) fn path(&self, written: &Spanned<String>) -> PathBuf {
        let path = Path::new(written.get_ref());
        self.sources.resolve(written.span().start, path)
    }

    /// A secret as it was written, or the trimmed content of `@FILE`.
    pub(super) fn secret(&mut self, key: &str, written: &Spanned<Text>) -> Option<Secret> {
        let Text(secret) = written.get_ref();
        self.secret_at(written.span().start, key, secret)
    }

    /// The same, for a file that is read again when the secret is needed.
    pub(super) fn secret_source(
        &mut self,
        key: &str,
        written: &Spanned<Text>,
    ) -> Option<SecretSource> {
        let secret = self.secret(key, written)?;
        let Text(text) = written.get_ref();
        Some(match text.expose().strip_prefix('@') {
            Some(path) => {
                let offset = written.span().start;
                SecretSource::File(self.sources.resolve(offset, Path::new(path)))
            }
            None => SecretSource::Given(secret),
        })
    }

    pub(super) fn secret_at(
        &mut self,
        offset: usize,
        key: &str,
        written: &Secret,
    ) -> Option<Secret> {
        let Some(path) = written.expose().strip_prefix('@') else {
            if self.sources.layer(offset) == Layer::Flag {
                let place = self.sources.place(offset);
                self.warn(
                    offset,
                    key,
                    format!(
                        "everybody who may list processes can see a secret on the command line; write {place} @FILE"
                    ),
                );
            }
            return Some(Secret::from(written.expose().trim()));
        };
        if path.is_empty() {
            self.fault(offset, key, Problem::NoFileName);
            return None;
        }
        let path = self.sources.resolve(offset, Path::new(path));
        let text = self.secret_file(offset, key, &path, "a secret")?;
        self.files.push(path);
        Some(text)
    }

    /// The trimmed content of a file; the text that was read is wiped.
    pub(super) fn secret_file(
        &mut self,
        offset: usize,
        key: &str,
        path: &Path,
        wanted: &'static str,
    ) -> Option<Secret> {
        let text = match self.around.read(path) {
            Ok(text) => Secret::new(text),
            Err(error) => {
                self.fault(offset, key, unreadable(path, &error));
                return None;
            }
        };
        let trimmed = Secret::from(text.expose().trim());
        if trimmed.expose().is_empty() {
            let path = path.to_owned();
            self.fault(offset, key, Problem::EmptyFile { path, wanted });
            return None;
        }
        Some(trimmed)
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
