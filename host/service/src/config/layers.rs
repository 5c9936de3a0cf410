use std::path::{Path, PathBuf};

use super::error::{Place, Problem, SettingsError};
use super::file::{self, File};
use super::flags::Flags;
use super::surroundings::Surroundings;

/// Everything that was written, by rank: flags, variables, file.
pub(super) struct Layers<'a> {
    pub(super) flags: &'a Flags,
    pub(super) variables: Flags,
    pub(super) file: Option<Written>,
}

/// The file, its text for positions, and where it is.
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) content: File,
}

/// A value and where it was written.
#[derive(Clone)]
pub(super) struct Given<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

impl<T> Given<T> {
    /// Checks the value; an error is one of this place.
    pub(super) fn check<U>(
        self,
        parse: impl FnOnce(T) -> Result<U, Problem>,
    ) -> Result<U, SettingsError> {
        let Self { value, place } = self;
        parse(value).map_err(|problem| place.fault(problem))
    }
}

impl Given<PathBuf> {
    pub(super) fn path(&self) -> PathBuf {
        self.place.resolve(&self.value)
    }
}

impl<'a> Layers<'a> {
    pub(super) fn read(flags: &'a Flags, around: &dyn Surroundings) -> Result<Self, SettingsError> {
        let mut layers = Self {
            flags,
            variables: Flags::from_environment(&|name| around.variable(name)),
            file: None,
        };
        if let Some(config) = layers.one("config", |flags| flags.config.clone(), |_| None) {
            layers.file = Some(Written::read(&config, around)?);
        }
        Ok(layers)
    }

    /// One value: the flag's, else the variable's, else the file's.
    pub(super) fn one<T>(
        &self,
        name: &'static str,
        flag: impl Fn(&Flags) -> Option<T>,
        key: impl Fn(&File) -> Option<T>,
    ) -> Option<Given<T>> {
        self.keyed(name, name, flag, key)
    }

    /// A value whose key in the file has another name than its flag.
    pub(super) fn keyed<T>(
        &self,
        name: &'static str,
        key_name: &'static str,
        flag: impl Fn(&Flags) -> Option<T>,
        key: impl Fn(&File) -> Option<T>,
    ) -> Option<Given<T>> {
        let place = Place::Flag(name);
        if let Some(value) = flag(self.flags) {
            return Some(Given { value, place });
        }
        if let Some(value) = flag(&self.variables) {
            let place = Place::Variable(name);
            return Some(Given { value, place });
        }
        let file = self.file.as_ref()?;
        let value = key(&file.content)?;
        let place = file.key(key_name);
        Some(Given { value, place })
    }

    /// A value that only the file can say.
    pub(super) fn key<T>(
        &self,
        name: &'static str,
        key: impl Fn(&File) -> Option<T>,
    ) -> Option<Given<T>> {
        self.one(name, |_| None, key)
    }
}

impl Written {
    fn read(config: &Given<PathBuf>, around: &dyn Surroundings) -> Result<Self, SettingsError> {
        let path = config.value.clone();
        let text = read_text(&path, &config.place, around)?;
        let content = file::parse(&text, &path)?;
        Ok(Self {
            path,
            text,
            content,
        })
    }

    pub(super) fn key(&self, key: impl Into<String>) -> Place {
        Place::Key {
            file: self.path.clone(),
            key: key.into(),
        }
    }
}

pub(super) fn read_text(
    path: &Path,
    place: &Place,
    around: &dyn Surroundings,
) -> Result<String, SettingsError> {
    around.read(path).map_err(|error| {
        place.fault(Problem::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    })
}

/// `None` for an empty list: what says nothing hides nothing.
pub(super) fn filled<T>(list: &[T]) -> Option<Vec<T>>
where
    T: Clone,
{
    (!list.is_empty()).then(|| list.to_vec())
}
