//! The client that is asked about: from flags, or from a file.

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use clap::Args;

use super::super::failure::{Failure, warn};
use super::{made_up, request_file};
use portcullis_callout::{is_user_key, read_chain};
use portcullis_model::{Client, Credentials, Request, Secret, Timestamp, Tls, Transport};
use portcullis_service::config::{Process, secret_flag};

#[derive(Args, Debug)]
pub(super) struct ClientFlags {
    /// User name that the client gives
    #[arg(long, value_name = "USER", conflicts_with_all = ["token", "nkey"])]
    user: Option<String>,
    /// Its password
    #[arg(long, value_name = "TEXT|@FILE", requires = "user")]
    password: Option<Secret>,
    /// Token, instead of a user name
    #[arg(long, value_name = "TEXT|@FILE", conflicts_with = "nkey")]
    token: Option<Secret>,
    /// Public nkey whose signature was verified
    #[arg(long, value_name = "U...")]
    nkey: Option<String>,
    /// JWT that the client sends along, unverified
    #[arg(long, value_name = "TEXT|@FILE")]
    jwt: Option<Secret>,
    /// PEM chain of the client, its own certificate first, as the server verified it
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// How it reaches the server: nats, websocket, mqtt, leafnode
    #[arg(long, value_name = "NAME", value_parser = parse_transport)]
    transport: Option<Transport>,
    /// Its address
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    host: Option<String>,
    /// When it connects: seconds since 1970, or as 2026-03-01T08:00:00Z; default: now
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<Timestamp>,
    /// The whole request as JSON, instead of the flags above; '-' reads stdin
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["user", "password", "token", "nkey", "jwt", "tls_cert", "transport", "host", "at"]
    )]
    request: Option<PathBuf>,
}

pub(super) const NO_TIME: &str =
    "it is no time; write seconds since 1970, or a time such as 2026-03-01T08:00:00Z";
/// As much as a server may send.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;
/// Chains are a few kilobytes.
const CHAIN_BYTES_MAX: u64 = 1024 * 1024;

impl ClientFlags {
    /// The request as the host would have it from a server.
    ///
    /// # Errors
    ///
    /// The operator's to mend: what cannot be read, and what is no request.
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

    /// Not a parser of the command line: its faults repeat the value, which may be a seed by mistake.
    fn nkey(&self) -> Result<Option<String>, Failure> {
        match &self.nkey {
            Some(key) if !is_user_key(key) => {
                Err(Failure::Settings(format!("--nkey: {NO_USER_KEY}")))
            }
            nkey => Ok(nkey.clone()),
        }
    }

    fn tls(&self) -> Result<Option<Tls>, Failure> {
        let Some(path) = &self.tls_cert else {
            return Ok(None);
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

fn secret(flag: &'static str, written: Option<&Secret>) -> Result<Option<Secret>, Failure> {
    let Some(written) = written else {
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

pub(super) fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let time = humantime::parse_rfc3339_weak(text).map_err(|_| NO_TIME)?;
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| NO_TIME)?;
    Ok(since.as_secs())
}

pub(super) fn parse_transport(word: &str) -> Result<Transport, String> {
    use Transport::{Leafnode, Mqtt, Nats, WebSocket};
    [Nats, WebSocket, Mqtt, Leafnode]
        .into_iter()
        .find(|transport| transport.to_string() == word)
        .ok_or_else(|| format!("{word:?} is no transport; write nats, websocket, mqtt or leafnode"))
}

/// As servers write it: without a port, of IPv6 perhaps with a zone.
pub(super) fn parse_address(text: &str) -> Result<String, String> {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    match address.parse::<IpAddr>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!(
            "{text:?} is no IP address; write one without a port, such as 10.0.0.7 or 2001:db8::7"
        )),
    }
}

pub(super) const NO_USER_KEY: &str =
    "it is no public nkey of a user, which has 56 characters and begins with U";

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1790000000", 1_790_000_000)]
    #[case("2026-09-21T14:13:20Z", 1_790_000_000)]
    #[case("2026-09-21 14:13:20", 1_790_000_000)]
    fn a_time_is_a_number_or_a_date(#[case] text: &str, #[case] seconds: Timestamp) {
        assert_eq!(parse_time(text), Ok(seconds));
    }

    #[rstest]
    fn what_is_no_time_is_refused(
        #[values("", "noon", "-1", "14:13", "1969-01-01T00:00:00Z")] text: &str,
    ) {
        assert_eq!(parse_time(text), Err(NO_TIME));
    }

    #[rstest]
    fn an_address_is_as_servers_write_it(#[values("10.0.0.7", "::1", "fe80::1%eth0")] text: &str) {
        assert_eq!(parse_address(text), Ok(text.to_owned()));
    }

    #[rstest]
    fn an_address_has_no_port_and_is_no_name(
        #[values("", "localhost", "10.0.0.7:4222", "[::1]")] text: &str,
    ) {
        assert!(parse_address(text).unwrap_err().contains("no IP address"));
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        assert_eq!(read(&b"1234"[..], 4).unwrap(), "1234");
        let fault = read(&b"12345"[..], 4).unwrap_err().to_string();
        assert_eq!(fault, "it has more than 4 bytes");
    }
}
