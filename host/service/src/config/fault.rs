use std::fmt;
use std::path::PathBuf;

use super::problem::Problem;

/// A fault of the settings, or a warning about them: where the setting was written, what is wrong, and
/// how to fix it, in one line. Long words that could be a seed are never repeated.
pub struct Fault(Box<Parts>);

struct Parts {
    place: Place,
    /// The setting, as a path of keys; empty if the place is enough.
    key: String,
    problem: Problem,
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Flag(&'static str),
    Variable(String),
    /// Line and column count from 1, columns in characters.
    File {
        path: PathBuf,
        line: usize,
        column: usize,
    },
    /// It was not written.
    Nowhere,
}

/// Every fault of the settings, in the order in which they were written.
#[derive(Debug)]
pub struct Faults(Vec<Fault>);

impl Fault {
    pub(super) fn new(place: Place, key: impl Into<String>, problem: Problem) -> Self {
        let key = key.into();
        Self(Box::new(Parts {
            place,
            key,
            problem,
        }))
    }

    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The setting, such as `nats.server`.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What messages write after the place, if the place does not name the setting: a file has many keys, and `--limit` sets
    /// one key of several.
    pub fn key_after_place(&self) -> Option<&str> {
        let key = Some(self.key()).filter(|key| !key.is_empty())?;
        match self.place() {
            Place::File { .. } => Some(key),
            place if place.is_limit() => key.rsplit('.').next(),
            _ => None,
        }
    }

    /// What is wrong and how to fix it, without the place.
    pub fn text(&self) -> String {
        hide_seeds(&self.0.problem.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key_after_place();
        let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
        let Parts { place, problem, .. } = &*self.0;
        formatter.write_str(&hide_seeds(&format!("{place}: {key}{problem}")))
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Fault {}

impl Place {
    fn is_limit(&self) -> bool {
        match self {
            Self::Flag(name) => *name == "limit",
            Self::Variable(name) => *name == variable("limit"),
            _ => false,
        }
    }

    /// The name that the operator used there: `--user`, `PORTCULLIS_USER`, or the key of the file.
    pub(super) fn label(&self, key: &str) -> String {
        match self {
            Self::File { .. } => key.to_owned(),
            place => place.to_string(),
        }
    }
}

/// The variable of a flag.
pub(super) fn variable(flag: &str) -> String {
    format!("PORTCULLIS_{}", flag.to_uppercase().replace('-', "_"))
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(formatter, "--{name}"),
            Self::Variable(name) => formatter.write_str(name),
            Self::File { path, line, column } => {
                write!(formatter, "{}:{line}:{column}", path.display())
            }
            Self::Nowhere => formatter.write_str("settings"),
        }
    }
}

impl Faults {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self(faults)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl fmt::Display for Faults {
    /// In one line, for a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Fault::to_string).collect();
        formatter.write_str(&lines.join("; "))
    }
}

impl std::error::Error for Faults {}

/// Replaces each word that could be a seed or most of one. A seed that was written under the wrong key would otherwise
/// end up in the terminal, in the log of a cluster, in a ticket.
fn hide_seeds(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        shown.push_str(if could_be_seed(word) {
            "[hidden]"
        } else {
            word
        });
        let gap = after
            .find(|letter: char| letter.is_ascii_alphanumeric())
            .unwrap_or(after.len());
        let (between, next) = after.split_at(gap);
        shown.push_str(between);
        rest = next;
    }
    shown
}

/// `S`, the letter of a kind, and base32. 24 characters are enough, because even a part of a seed must not be shown.
fn could_be_seed(word: &str) -> bool {
    let mut letters = word.chars();
    word.len() >= 24
        && letters.next() == Some('S')
        && letters.next().is_some_and(|kind| "ACNOUX".contains(kind))
        && letters.all(|letter| matches!(letter, 'A'..='Z' | '2'..='7'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SEED: &str = "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI";

    #[test]
    fn a_seed_and_most_of_one_are_hidden() {
        for part in [SEED, &SEED[..24]] {
            let line = format!("settings/issuer: {part} is not a key");
            assert_eq!(hide_seeds(&line), "settings/issuer: [hidden] is not a key");
        }
    }

    #[rstest]
    #[case::small_letters("SettingsOfTheWholeService")]
    #[case::a_digit_that_seeds_lack("SUPERLONGFOLDERNAMEINCAPS8")]
    #[case::too_short("SUPERLONGFOLDERNAMECAPS")]
    #[case::another_kind("SPECIALLYLONGFOLDERNAMEINCAPS")]
    fn a_name_that_is_no_part_of_a_seed_is_shown(#[case] name: &str) {
        assert_eq!(hide_seeds(name), name);
    }

    /// Nobody can tell such a name from a part of a seed, and a seed that is shown does more harm than a name that is not.
    #[test]
    fn a_name_that_could_be_part_of_a_seed_is_hidden() {
        assert_eq!(hide_seeds("SUPERLONGFOLDERNAMEINCAPS/x"), "[hidden]/x");
    }
}
