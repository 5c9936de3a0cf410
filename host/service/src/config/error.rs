use std::fmt;
use std::path::{Path, PathBuf};

/// A setting that cannot be used: where it was written, what is wrong with it, and how to mend it, in one line. Long
/// words that could be a seed are never repeated.
pub struct SettingsError(Box<(Place, Problem)>);

impl std::error::Error for SettingsError {}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, problem) = &*self.0;
        let line = format!("{place}: {problem}");
        formatter.write_str(&hide_seeds(&line))
    }
}

impl fmt::Debug for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Flag(&'static str),
    Variable(&'static str),
    Key {
        file: PathBuf,
        key: String,
    },
    Spot {
        file: PathBuf,
        line: usize,
        column: usize,
    },
    /// It was written nowhere.
    Nowhere,
}

impl Place {
    /// A path that was written here, as seen from the current directory: those of a file start from the file's folder.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        match self {
            Self::Key { file, .. } | Self::Spot { file, .. } => file
                .parent()
                .map_or_else(PathBuf::new, Path::to_owned)
                .join(path),
            Self::Flag(_) | Self::Variable(_) | Self::Nowhere => path.to_owned(),
        }
    }

    /// Flags before variables before the file.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Flag(_) => 0,
            Self::Variable(_) => 1,
            Self::Key { .. } | Self::Spot { .. } => 2,
            Self::Nowhere => 3,
        }
    }

    pub(super) fn fault(&self, problem: Problem) -> SettingsError {
        SettingsError(Box::new((self.clone(), problem)))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(formatter, "--{name}"),
            Self::Variable(name) => write!(formatter, "{}", super::flags::variable(name)),
            Self::Key { file, key } => write!(formatter, "{}: {key}", file.display()),
            Self::Spot { file, line, column } => {
                write!(formatter, "{}:{line}:{column}", file.display())
            }
            Self::Nowhere => formatter.write_str("settings"),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("cannot read {}: {reason}", .path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{} is empty, {wanted} was expected in it", .path.display())]
    EmptyFile { path: PathBuf, wanted: &'static str },
    #[error("{} is not {wanted}", .path.display())]
    OtherFile { path: PathBuf, wanted: &'static str },
    #[error("the text after @ is missing; write @FILE")]
    NoFileName,

    #[error("this is {found}, {wanted} is needed here")]
    WrongSeed {
        found: &'static str,
        wanted: &'static str,
    },
    #[error(
        "this is no seed: {why}; {wanted} is 58 characters of A-Z and 2-7, and a file with one is written @FILE"
    )]
    NoSeed {
        why: &'static str,
        wanted: &'static str,
    },
    #[error(
        "no issuer seed; give --issuer-seed @FILE, PORTCULLIS_ISSUER_SEED, or issuer-seed in the file ('portcullis init' makes one)"
    )]
    NoIssuer,

    #[error(
        "no account; name those where policies may place clients, with --account, PORTCULLIS_ACCOUNT, or accounts in the file"
    )]
    NoAccounts,
    #[error(
        "{0:?} cannot be an account; write its name as in nats-server's configuration, or a pattern with *"
    )]
    BadAccount(String),
    #[error("account {account:?} is not among the accounts of the whole service ({known}){hint}")]
    UnknownAccount {
        account: String,
        known: String,
        hint: String,
    },

    #[error(
        "no policy; give --policy FILE.wasm, PORTCULLIS_POLICY, or a [[policies]] table in the file"
    )]
    NoPolicies,
    #[error(
        "two policies are called {0:?}; give one of them another name, by 'name' in the file's [[policies]]"
    )]
    SameName(String),
    #[error(
        "{0:?} cannot name a policy; use letters, digits, '-', '_' and '.', at most 64 of them"
    )]
    BadName(String),
    #[error(
        "this belongs to one --policy, and there {0}; write it under the file's [[policies]] instead"
    )]
    NoSinglePolicy(&'static str),
    #[error(
        "{0:?} is not data; write FILE, DIR, NAME=FILE or NAME=DIR, the name without '..' and leading '/'"
    )]
    BadData(String),
    #[error("the settings are not a JSON object: {0}")]
    BadJson(String),
    #[error("warm-uses counts only with instances = \"warm\"")]
    WarmUses,
    #[error("lifetime is longer than lifetime-max ({0:?})")]
    Lifetime(std::time::Duration),
    #[error("{0:?} is not a subject; no spaces, no empty parts, and > only at the end")]
    BadSubject(String),

    #[error("{0:?} is not a server; write nats://HOST:PORT, tls://HOST:PORT or HOST:PORT")]
    BadServer(String),
    #[error("a password inside the URL would end up in logs; use user and password instead")]
    ServerLogin,
    #[error("{one} and {other} are two ways to log in to NATS; keep one of them")]
    TwoLogins { one: String, other: String },
    #[error("{given} without {missing}; the two belong together")]
    Half {
        given: &'static str,
        missing: &'static str,
    },

    #[error("{0:?} is not an address; write IP:PORT, such as 127.0.0.1:9222")]
    BadAddress(String),
    #[error("{found:?} is not {wanted}")]
    BadWord { found: String, wanted: &'static str },
    #[error("{0:?} is not a limit; write KEY=VALUE, such as decide-deadline=50ms")]
    BadLimit(String),
    #[error("unknown key {key:?}; {hint}")]
    UnknownKey { key: String, hint: String },
    /// What the TOML parser says.
    #[error("{0}")]
    Toml(String),
}

/// `did you mean "x"?`, or the list if nothing is near.
pub(super) fn suggestion(found: &str, known: &[&str]) -> String {
    nearest(found, known).map_or_else(
        || format!("the keys here are {}", known.join(", ")),
        |near| format!("did you mean {near:?}?"),
    )
}

/// The known word that was probably meant, if one is near.
pub fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |word: &str| strsim::jaro_winkler(found, word);
    known
        .iter()
        .copied()
        .filter(|word| likeness(word) > 0.8)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
}

/// Replaces each long word that begins like a seed. Whoever writes a seed under the wrong key reads about it in the
/// terminal, in the log of a cluster, in a ticket.
fn hide_seeds(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        shown.push_str(if end >= 24 && word.starts_with('S') {
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
