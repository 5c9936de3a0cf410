use std::fmt;
use std::marker::PhantomData;

use aws_lc_rs::signature::Ed25519KeyPair;
use crypto_box::SecretKey;
use nkeys::{KeyPair, KeyPairType, XKey, error::ErrorKind};
use zeroize::{Zeroize, Zeroizing};

use portcullis_model::Secret;

/// What is wrong with a seed of the operator. The text never contains the seed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("{wanted} is missing; run `portcullis init` to make one")]
    Missing { wanted: SeedPurpose },
    #[error("{wanted} is empty; give a line of 58 characters that begins with {}, or run `portcullis init` to make one", wanted.prefix())]
    Empty { wanted: SeedPurpose },
    #[error("{wanted} is {found}; give the seed of {}, which begins with {}, or run `portcullis init` to make one", wanted.owner(), wanted.prefix())]
    Kind {
        wanted: SeedPurpose,
        found: &'static str,
    },
    #[error("{wanted} has {characters} characters, but a seed has 58 and begins with {}; copy it again, or run `portcullis init` to make a new one", wanted.prefix())]
    Length {
        wanted: SeedPurpose,
        characters: usize,
    },
    #[error(
        "{wanted} has a typing error: its checksum is wrong; copy it again, or run `portcullis init` to make a new one"
    )]
    Checksum { wanted: SeedPurpose },
    #[error(
        "{wanted} is not readable as a seed: it has characters other than A-Z and 2-7; copy it again, or run `portcullis init` to make a new one"
    )]
    Malformed { wanted: SeedPurpose },
}

/// What the operator uses a seed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedPurpose {
    /// Signs answers.
    Issuer,
    /// Opens requests and seals answers.
    Xkey,
    /// Logs the service in.
    User,
}

impl SeedPurpose {
    fn prefix(self) -> &'static str {
        match self {
            Self::Issuer => "SA",
            Self::Xkey => "SX",
            Self::User => "SU",
        }
    }

    fn owner(self) -> &'static str {
        match self {
            Self::Issuer => "an account key",
            Self::Xkey => "an xkey (a curve key)",
            Self::User => "a user",
        }
    }
}

impl fmt::Display for SeedPurpose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Issuer => "the issuer seed",
            Self::Xkey => "the xkey seed",
            Self::User => "the user seed",
        })
    }
}

/// The keys that sign answers and open requests. There are several of each while keys are rotated.
///
/// `A` is the one type of admission that these keys sign. Only the seeds can make a keyring for another type.
pub struct Keyring<A> {
    signer: Signer,
    signs: PhantomData<fn(&A)>,
}

/// The keys of a keyring, without the type of admission.
pub(crate) struct Signer {
    issuers: Vec<Issuer>,
    xkeys: Vec<OwnXkey>,
}

pub(super) struct Issuer {
    public: String,
    pair: Ed25519KeyPair,
}

pub(super) struct OwnXkey {
    text: String,
    pub(super) public: [u8; 32],
    pub(super) secret: SecretKey,
}

impl<A> Keyring<A> {
    /// Makes a keyring from at least one account seed and any number of xkey seeds. Without xkey seeds, requests must be
    /// plain.
    ///
    /// # Errors
    ///
    /// There is no account seed, or a text is not a seed of the right kind. The error is about the first such text.
    pub fn parse(issuer_seeds: &[Secret], xkey_seeds: &[Secret]) -> Result<Self, KeyError> {
        let signer = Signer::parse(issuer_seeds, xkey_seeds)?;
        let signs = PhantomData;
        Ok(Self { signer, signs })
    }

    /// The public keys of the issuers (`A...`). One of them is the `issuer` in the server's configuration.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.signer.issuers()
    }

    /// The public keys of the xkeys (`X...`). One of them is the `xkey` in the server's configuration.
    pub fn xkeys(&self) -> impl Iterator<Item = &str> {
        self.signer.xkeys()
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}

impl<A> fmt::Debug for Keyring<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuers: Vec<_> = self.issuers().collect();
        let xkeys: Vec<_> = self.xkeys().collect();
        formatter
            .debug_struct("Keyring")
            .field("issuers", &issuers)
            .field("xkeys", &xkeys)
            .finish()
    }
}

impl Signer {
    fn parse(issuer_seeds: &[Secret], xkey_seeds: &[Secret]) -> Result<Self, KeyError> {
        if issuer_seeds.is_empty() {
            return Err(KeyError::Missing {
                wanted: SeedPurpose::Issuer,
            });
        }
        let issuers = issuer_seeds
            .iter()
            .map(Issuer::parse)
            .collect::<Result<_, _>>()?;
        let xkeys = xkey_seeds
            .iter()
            .map(OwnXkey::parse)
            .collect::<Result<_, _>>()?;
        Ok(Self { issuers, xkeys })
    }

    pub(crate) fn issuers(&self) -> impl Iterator<Item = &str> {
        self.issuers.iter().map(|issuer| issuer.public.as_str())
    }

    pub(crate) fn xkeys(&self) -> impl Iterator<Item = &str> {
        self.xkeys.iter().map(|xkey| xkey.text.as_str())
    }

    pub(super) fn issuer(&self, public: &str) -> Option<&Issuer> {
        self.issuers.iter().find(|issuer| issuer.public == public)
    }

    pub(super) fn own_xkeys(&self) -> &[OwnXkey] {
        &self.xkeys
    }
}

impl Issuer {
    fn parse(seed: &Secret) -> Result<Self, KeyError> {
        let seed = decode_seed(seed, SeedPurpose::Issuer)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| {
            KeyError::Malformed {
                wanted: SeedPurpose::Issuer,
            }
        })?;
        let public = account_key(&seed)?;
        Ok(Self { public, pair })
    }

    pub(super) fn public(&self) -> &str {
        &self.public
    }

    /// Makes an Ed25519 signature of 64 bytes.
    pub(super) fn sign(&self, message: &[u8]) -> Option<impl AsRef<[u8]> + use<>> {
        self.pair.try_sign(message).ok()
    }
}

impl OwnXkey {
    fn parse(seed: &Secret) -> Result<Self, KeyError> {
        let seed = decode_seed(seed, SeedPurpose::Xkey)?;
        let secret = SecretKey::from_bytes(*seed);
        let text = XKey::new_from_raw(*seed).public_key();
        Ok(Self {
            text,
            public: *secret.public_key().as_bytes(),
            secret,
        })
    }
}

/// The kind of key that `generate` makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewKey {
    /// An account key: the `issuer` in the server's configuration.
    Issuer,
    /// A curve key: the `xkey` in the server's configuration.
    Xkey,
    /// A user key, with which the service can log in.
    User,
}

/// Makes a new key and returns its seed and its public key. `random` must be random bytes.
///
/// # Errors
///
/// An error of the key crate. It is not expected for 32 bytes of a known kind.
pub fn generate(
    key: NewKey,
    mut random: [u8; 32],
) -> Result<(Secret, String), nkeys::error::Error> {
    let signing = |kind| {
        let pair = KeyPair::new_from_raw(kind, random)?;
        Ok((Secret::new(pair.seed()?), pair.public_key()))
    };
    let generated = match key {
        NewKey::Issuer => signing(KeyPairType::Account),
        NewKey::User => signing(KeyPairType::User),
        NewKey::Xkey => {
            let pair = XKey::new_from_raw(random);
            pair.seed()
                .map(|seed| (Secret::new(seed), pair.public_key()))
        }
    };
    random.zeroize();
    generated
}

/// Checks that this is an intact seed for that purpose.
///
/// # Errors
///
/// The text is not a seed, or it is the seed of another kind of key. The error does not show it.
pub fn check_seed(seed: &Secret, purpose: SeedPurpose) -> Result<(), KeyError> {
    decode_seed(seed, purpose).map(drop)
}

/// Whether the text is a valid public nkey of a user (`U...`).
pub fn is_user_key(text: &str) -> bool {
    decode_public(text, 'U').is_some()
}

/// The 32 bytes of a public key of this kind (`N` for a server, `U` for a user, `X` for a curve key).
pub(super) fn decode_public(text: &str, prefix: char) -> Option<[u8; 32]> {
    if !text.starts_with(prefix) {
        return None;
    }
    nkeys::from_public_key(text).ok().map(|(_, key)| key)
}

fn account_key(seed: &[u8; 32]) -> Result<String, KeyError> {
    KeyPair::new_from_raw(KeyPairType::Account, *seed)
        .map(|pair| pair.public_key())
        .map_err(|_| KeyError::Malformed {
            wanted: SeedPurpose::Issuer,
        })
}

fn decode_seed(seed: &Secret, wanted: SeedPurpose) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let text = seed.expose().trim();
    if text.is_empty() {
        return Err(KeyError::Empty { wanted });
    }
    if let Some(found) = recognize(text).filter(|_| !text.starts_with(wanted.prefix())) {
        return Err(KeyError::Kind { wanted, found });
    }
    let (_, bytes) = nkeys::decode_seed(text).map_err(|error| match error.kind() {
        ErrorKind::InvalidKeyLength => KeyError::Length {
            wanted,
            characters: text.chars().count(),
        },
        ErrorKind::ChecksumFailure => KeyError::Checksum { wanted },
        _ => KeyError::Malformed { wanted },
    })?;
    Ok(Zeroizing::new(bytes))
}

/// Recognizes common mistakes by their first characters, so that the error can say what was given instead of the seed.
fn recognize(text: &str) -> Option<&'static str> {
    const KINDS: &[(&str, &str)] = &[
        ("SA", "the seed of an account"),
        ("SU", "the seed of a user"),
        ("SO", "the seed of an operator"),
        ("SN", "the seed of a server"),
        ("SC", "the seed of a cluster"),
        ("SX", "the seed of an xkey"),
        ("eyJ", "a JWT"),
        ("-----BEGIN", "a creds or PEM file"),
        ("A", "the public key of an account"),
        ("U", "the public key of a user"),
        ("O", "the public key of an operator"),
        ("X", "the public key of an xkey"),
        ("P", "a private key that is not in the form of a seed"),
        ("@", "the name of a file that was not read"),
    ];
    KINDS
        .iter()
        .find(|(prefix, _)| text.starts_with(prefix))
        .map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
