use std::path::{Path, PathBuf};

use super::error::{Place, Problem, SettingsError};
use super::layers::{Given, Layers, filled, read_text};
use super::settings::{Keys, Seed};
use super::surroundings::Surroundings;
use portcullis_model::Secret;

/// What reading the settings leaves behind besides them.
#[derive(Default)]
pub(super) struct Trail {
    /// Files that were read and that matter when they change.
    pub(super) files: Vec<PathBuf>,
    pub(super) warnings: Vec<String>,
}

pub(super) fn keys(
    layers: &Layers<'_>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Keys, SettingsError> {
    let issuers = layers.one(
        "issuer-seed",
        |flags| filled(&flags.issuer_seed),
        |file| filled(&file.issuer_seed.0),
    );
    let issuers = issuers.ok_or_else(|| Place::Nowhere.fault(Problem::NoIssuer))?;
    let xkeys = layers.one(
        "xkey-seed",
        |flags| filled(&flags.xkey_seed),
        |file| filled(&file.xkey_seed.0),
    );
    if xkeys.is_none() {
        trail.warnings.push(
            "no xkey seed: requests are accepted unsealed only, and whoever may read the callout's subject reads \
             passwords; give --xkey-seed, and its public key as 'xkey' to nats-server"
                .to_owned(),
        );
    }
    Ok(Keys {
        issuers: seeds(issuers, SeedKind::Account, around, trail)?,
        xkeys: match xkeys {
            Some(xkeys) => seeds(xkeys, SeedKind::Curve, around, trail)?,
            None => Vec::new(),
        },
    })
}

fn seeds(
    given: Given<Vec<Secret>>,
    kind: SeedKind,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Vec<Seed>, SettingsError> {
    let Given { value, place } = given;
    let read = value.into_iter().map(|written| {
        let place_text = match written.expose().strip_prefix('@') {
            Some(path) => format!("{place} ({path})"),
            None => place.to_string(),
        };
        let secret = secret(&written, &place, around, trail)?;
        kind.check(secret.expose())
            .map_err(|problem| place.fault(problem))?;
        Ok(Seed {
            secret,
            place: place_text,
        })
    });
    read.collect()
}

/// The value of a flag that is a secret, for verbs that take no other settings: as it was written, with a warning for the
/// operator, or the trimmed content of `@FILE`.
///
/// # Errors
///
/// A file that cannot be read or is empty.
pub fn secret_flag(
    flag: &'static str,
    written: &Secret,
    around: &dyn Surroundings,
) -> Result<(Secret, Option<String>), SettingsError> {
    let mut trail = Trail::default();
    let secret = secret(written, &Place::Flag(flag), around, &mut trail)?;
    Ok((secret, trail.warnings.pop()))
}

/// A secret as it was written, or the trimmed content of `@FILE`.
pub(super) fn secret(
    written: &Secret,
    place: &Place,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Secret, SettingsError> {
    let Some(path) = written.expose().strip_prefix('@') else {
        if matches!(place, Place::Flag(_)) {
            trail.warnings.push(format!(
                "{place}: a secret on the command line is seen by everybody who may list processes; write {place} @FILE"
            ));
        }
        return Ok(Secret::from(written.expose().trim()));
    };
    if path.is_empty() {
        return Err(place.fault(Problem::NoFileName));
    }
    let path = place.resolve(Path::new(path));
    let text = secret_file(&path, place, "a secret", around)?;
    trail.files.push(path);
    Ok(text)
}

/// The trimmed content of a file; the text that was read is wiped.
pub(super) fn secret_file(
    path: &Path,
    place: &Place,
    wanted: &'static str,
    around: &dyn Surroundings,
) -> Result<Secret, SettingsError> {
    let text = Secret::new(read_text(path, place, around)?);
    let trimmed = Secret::from(text.expose().trim());
    if trimmed.expose().is_empty() {
        return Err(place.fault(Problem::EmptyFile {
            path: path.to_owned(),
            wanted,
        }));
    }
    Ok(trimmed)
}

/// Kinds of nkeys that settings ask for. The second letter of a seed and the first of a public key name the kind
/// (nats-io/nkeys, strkey.go); whether the seed is intact is for the room that uses it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SeedKind {
    Account,
    Curve,
    User,
}

impl SeedKind {
    pub(super) fn check(self, text: &str) -> Result<(), Problem> {
        let wanted = self.wanted();
        let no_seed = |why| Problem::NoSeed { why, wanted };
        if text.is_empty() {
            return Err(no_seed("it is empty"));
        }
        if text.contains(char::is_whitespace) {
            return Err(no_seed("it is more than one word"));
        }
        if text.contains(['.', '/', '\\']) {
            return Err(no_seed("it looks like the name of a file"));
        }
        if !text
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
        {
            return Err(no_seed("it has other characters"));
        }
        let found = match (text.len(), text.chars().next(), text.chars().nth(1)) {
            (56, Some(kind), _) if kind != 'S' => "a public key",
            (58, Some('S'), Some(kind)) if kind == self.letter() => return Ok(()),
            (58, Some('S'), Some('A')) => "the seed of an account (SA...)",
            (58, Some('S'), Some('U')) => "the seed of a user (SU...)",
            (58, Some('S'), Some('X')) => "the seed of an xkey (SX...)",
            (58, Some('S'), Some('O')) => "the seed of an operator (SO...)",
            (58, Some('S'), Some('N')) => "the seed of a server (SN...)",
            (58, _, _) => return Err(no_seed("it begins otherwise")),
            (_, _, _) => return Err(no_seed("its length is wrong")),
        };
        Err(Problem::WrongSeed { found, wanted })
    }

    fn letter(self) -> char {
        match self {
            Self::Account => 'A',
            Self::Curve => 'X',
            Self::User => 'U',
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Account => "the seed of an account (SA...)",
            Self::Curve => "the seed of an xkey (SX...)",
            Self::User => "the seed of a user (SU...)",
        }
    }
}
