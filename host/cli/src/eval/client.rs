//! The client that the question is about, from flags or from a file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::super::failure::{Failure, warn};
use super::values::{check_user_key, parse_address, parse_time, parse_transport};
use super::{made_up, request_file};
use portcullis_callout::read_chain;
use portcullis_model::{Client, Credentials, Request, Secret, Timestamp, Tls, Transport};
use portcullis_service::config::{Process, secret_flag};

#[derive(Args, Debug)]
pub(super) struct ClientFlags {
    /// User name that the client presents
    #[arg(long, value_name = "USER", conflicts_with_all = ["token", "nkey"])]
    user: Option<String>,
    /// Password of the user; default: an empty one
    #[arg(long, value_name = "TEXT|@FILE", requires = "user")]
    password: Option<Secret>,
    /// Token, instead of a user name
    #[arg(long, value_name = "TEXT|@FILE", conflicts_with = "nkey")]
    token: Option<Secret>,
    /// Public nkey whose signature the server verified
    #[arg(long, value_name = "U...")]
    nkey: Option<String>,
    /// JWT that the client sends, not verified by the server
    #[arg(long, value_name = "TEXT|@FILE")]
    jwt: Option<Secret>,
    /// PEM chain of the client as the server verified it, with the client's own certificate first
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The connection has TLS; without --tls-cert, no certificate of the client was verified
    #[arg(long)]
    tls: bool,
    /// How the client reaches the server: nats, websocket, mqtt, leafnode
    #[arg(long, value_name = "NAME", value_parser = parse_transport)]
    transport: Option<Transport>,
    /// Address of the client
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    host: Option<String>,
    /// When the client connects: seconds since 1970, or a time such as 2026-03-01T08:00:00Z; default: now
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<Timestamp>,
    /// The whole request as JSON, instead of the flags above; '-' reads stdin
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["user", "password", "token", "nkey", "jwt", "tls_cert", "tls", "transport", "host", "at"]
    )]
    request: Option<PathBuf>,
}

/// nats-server sends no larger request by default (`max_payload`).
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;
/// Chains have a few kilobytes.
const CHAIN_BYTES_MAX: u64 = 1024 * 1024;

impl ClientFlags {
    /// The request as the host would receive it from a server.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that does not hold a request.
    pub(super) fn request(&self, now: Timestamp) -> Result<Request, Failure> {
        match &self.request {
            Some(path) => {
                let (place, text) = read_request(path)?;
                request_file::read(text.expose(), now)
                    .map_err(|fault| Failure::Settings(format!("{place}: {fault}")))
            }
            None => Ok(Request {
                client: Client {
                    host: self.host.clone().unwrap_or_else(|| made_up::client().host),
                    transport: self.transport.or_else(|| made_up::client().transport),
                    ..made_up::client()
                },
                credentials: self.credentials()?,
                tls: self.tls()?,
                ..made_up::request(self.at.unwrap_or(now))
            }),
        }
    }

    fn credentials(&self) -> Result<Credentials, Failure> {
        Ok(Credentials {
            // Servers leave empty texts out.
            user: self.user.clone().filter(|user| !user.is_empty()),
            password: secret("password", self.password.as_ref())?,
            token: secret("token", self.token.as_ref())?,
            jwt: secret("jwt", self.jwt.as_ref())?,
            nkey: self.nkey()?,
        })
    }

    /// Not checked by clap, which would repeat the value: it may be a seed by mistake.
    fn nkey(&self) -> Result<Option<String>, Failure> {
        if let Some(key) = &self.nkey {
            check_user_key(key)
                .map_err(|fault| Failure::Settings(format!("--nkey: the value is {fault}")))?;
        }
        Ok(self.nkey.clone())
    }

    fn tls(&self) -> Result<Option<Tls>, Failure> {
        let Some(path) = &self.tls_cert else {
            return Ok(self.tls.then(|| made_up::tls(Vec::new())));
        };
        let at =
            |fault: String| Failure::Settings(format!("--tls-cert {}: {fault}", path.display()));
        let text = File::open(path)
            .and_then(|file| read(file, CHAIN_BYTES_MAX))
            .map_err(|error| at(error.to_string()))?;
        let chain = read_chain(&text).map_err(|error| at(error.to_string()))?;
        Ok(Some(made_up::tls(chain)))
    }
}

/// `None` also for an empty text: servers leave those out.
fn secret(flag: &'static str, written: Option<&Secret>) -> Result<Option<Secret>, Failure> {
    let Some(written) = written.filter(|written| !written.expose().is_empty()) else {
        return Ok(None);
    };
    let (secret, warning) = secret_flag(flag, written, &Process)?;
    if let Some(warning) = warning {
        warn(&warning);
    }
    Ok(Some(secret).filter(|secret| !secret.expose().is_empty()))
}

fn read_request(path: &Path) -> Result<(String, Secret), Failure> {
    let (place, text) = if path.as_os_str() == "-" {
        (
            "stdin".to_owned(),
            read(io::stdin().lock(), REQUEST_BYTES_MAX),
        )
    } else {
        let text = File::open(path).and_then(|file| read(file, REQUEST_BYTES_MAX));
        (path.display().to_string(), text)
    };
    match text {
        Ok(text) => Ok((place, Secret::new(text))),
        Err(error) => Err(Failure::Settings(format!(
            "--request: cannot read {place}: {error}"
        ))),
    }
}

fn read(from: impl Read, bytes_max: u64) -> io::Result<String> {
    let mut text = String::new();
    from.take(bytes_max + 1).read_to_string(&mut text)?;
    if text.len() as u64 > bytes_max {
        let fault = format!("it has more than {bytes_max} bytes");
        return Err(io::Error::other(fault));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_not_read() {
        assert_eq!(read(&b"1234"[..], 4).unwrap(), "1234");
        let fault = read(&b"12345"[..], 4).unwrap_err().to_string();
        assert_eq!(fault, "it has more than 4 bytes");
    }
}
