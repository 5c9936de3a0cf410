use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_nats::{Auth, AuthError, ConnectOptions};
use portcullis_callout::sign_nonce;
use portcullis_model::Secret;

/// How the service authenticates to NATS.
#[derive(Clone, Debug, PartialEq)]
pub enum Login {
    Nobody,
    Password {
        user: String,
        password: SecretSource,
    },
    /// The content of a credentials file.
    Creds(Secret),
    /// The file with the seed of a user nkey.
    Nkey(PathBuf),
}

/// A secret, or the file that has it. The file is read before each log-in, because it may have been replaced.
#[derive(Clone, Debug, PartialEq)]
pub enum SecretSource {
    Given(Secret),
    File(PathBuf),
}

impl SecretSource {
    fn read(&self) -> Result<Secret, AuthError> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::File(path) => secret_file(path),
        }
    }
}

impl Login {
    /// Options of a client that logs in like this each time it connects.
    ///
    /// # Errors
    ///
    /// The text of a credentials file has no JWT or no seed.
    pub(super) fn options(&self) -> io::Result<ConnectOptions> {
        match self {
            Self::Nobody => Ok(ConnectOptions::new()),
            Self::Creds(text) => ConnectOptions::new().credentials(text.expose()),
            Self::Password { .. } | Self::Nkey(_) => {
                let login = Arc::new(self.clone());
                Ok(ConnectOptions::with_auth_callback(move |nonce| {
                    let login = login.clone();
                    async move { login.answer(&nonce) }
                }))
            }
        }
    }

    fn answer(&self, nonce: &[u8]) -> Result<Auth, AuthError> {
        let mut auth = Auth::new();
        match self {
            Self::Nobody | Self::Creds(_) => {}
            Self::Password { user, password } => {
                auth.username = Some(user.clone());
                auth.password = Some(password.read()?.expose().to_owned());
            }
            Self::Nkey(path) => {
                let seed = secret_file(path)?;
                let (public, signature) = sign_nonce(&seed, nonce).map_err(AuthError::new)?;
                auth.nkey = Some(public);
                auth.signature = Some(signature);
            }
        }
        Ok(auth)
    }
}

/// Who logs in, for messages.
impl fmt::Display for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => formatter.write_str("without a user"),
            Self::Password {
                user,
                password: SecretSource::File(path),
            } => write!(
                formatter,
                "as user {user:?} with the password in {}",
                path.display()
            ),
            Self::Password { user, .. } => write!(formatter, "as user {user:?}"),
            Self::Creds(_) => formatter.write_str("with a credentials file"),
            Self::Nkey(path) => write!(formatter, "with the nkey in {}", path.display()),
        }
    }
}

/// The trimmed content; the text that was read is wiped.
fn secret_file(path: &PathBuf) -> Result<Secret, AuthError> {
    let text = fs::read_to_string(path).map(Secret::new);
    let text =
        text.map_err(|error| AuthError::new(format!("cannot read {}: {error}", path.display())))?;
    Ok(Secret::from(text.expose().trim()))
}
