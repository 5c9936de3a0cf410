use std::path::PathBuf;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use toml::Spanned;

use super::problem::Problem;
use super::resolver::Resolver;
use super::tree::{NatsTable, Text, Words};
use crate::nats::{Login, NatsSettings, SecretSource, TlsFiles};
use portcullis_callout::SeedPurpose;
use portcullis_model::Secret;

const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

pub(super) fn nats(table: &NatsTable, resolver: &mut Resolver<'_>) -> NatsSettings {
    let servers = resolver.parse_all("nats.server", &table.server.0, |Text(url)| {
        server(url.expose())
    });
    NatsSettings {
        servers: match table.server.0.is_empty() {
            true => vec![DEFAULT_SERVER.to_owned()],
            false => servers,
        },
        login: login(table, resolver),
        tls: tls(table, resolver),
    }
}

fn server(url: &str) -> Result<String, Problem> {
    if url.contains('@') {
        return Err(Problem::ServerLogin);
    }
    let (scheme, address) = url.split_once("://").unwrap_or(("nats", url));
    let (host, port) = match address.rsplit_once(':') {
        // The last colon of an IPv6 address in brackets is inside the brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (address, "4222"),
    };
    let host_fits = !host.is_empty()
        && !host.contains(['/', '?', '#'])
        && !host.contains(char::is_whitespace)
        && host.contains(':') == host.starts_with('[');
    if matches!(scheme, "nats" | "tls") && host_fits && port.parse::<u16>().is_ok() {
        return Ok(url.to_owned());
    }
    Err(Problem::BadServer(url.to_owned()))
}

/// A way to log in, and where it was written.
struct Way {
    offset: usize,
    key: &'static str,
}

impl Way {
    fn of<T>(key: &'static str, written: &Option<Spanned<T>>) -> Option<Self> {
        let offset = written.as_ref()?.span().start;
        Some(Self { offset, key })
    }
}

/// The ways to log in, each from the highest layer at which it was written. A way of a higher layer replaces the others;
/// two of the same layer contradict each other.
fn login(table: &NatsTable, resolver: &mut Resolver<'_>) -> Login {
    let sources = resolver.sources;
    let layer = |way: &Way| sources.layer(way.offset);
    let password = [
        Way::of("nats.user", &table.user),
        Way::of("nats.password", &table.password),
    ];
    let password = password.into_iter().flatten().min_by_key(layer);
    let (creds, nkey) = (
        Way::of("nats.creds", &table.creds),
        Way::of("nats.nkey", &table.nkey),
    );
    let mut ways: Vec<Way> = [password, creds, nkey].into_iter().flatten().collect();
    ways.sort_by_key(layer);
    if let [one, other, ..] = ways.as_slice()
        && layer(one) == layer(other)
    {
        let label = |way: &Way| sources.place(way.offset).label(way.key);
        let (first, second) = (label(one), label(other));
        let problem = Problem::TwoLogins {
            one: first,
            other: second,
        };
        resolver.fault(other.offset, other.key, problem);
        // Either may stay, so the faults of both are reported.
        for way in [one, other] {
            log_in_by(way, table, resolver);
        }
        return Login::Nobody;
    }
    let chosen = ways.first().map(|way| log_in_by(way, table, resolver));
    chosen.flatten().unwrap_or(Login::Nobody)
}

fn log_in_by(way: &Way, table: &NatsTable, resolver: &mut Resolver<'_>) -> Option<Login> {
    match way.key {
        "nats.creds" => creds_file(&table.creds, resolver).map(Login::Creds),
        "nats.nkey" => nkey_file(&table.nkey, resolver).map(Login::Nkey),
        _ => user_and_password(table, resolver),
    }
}

fn creds_file(written: &Words, resolver: &mut Resolver<'_>) -> Option<Secret> {
    let written = written.as_ref()?;
    let (offset, key, path) = (written.span().start, "nats.creds", resolver.path(written));
    let text = resolver.secret_file(offset, key, &path, "a credentials file")?;
    if !text.expose().contains("BEGIN NATS USER JWT") {
        let wanted = "a credentials file; 'nsc generate creds' writes one";
        resolver.fault(offset, key, Problem::OtherFile { path, wanted });
        return None;
    }
    let mut lines = text.expose().lines().map(str::trim);
    let seed = lines.find(|line| line.starts_with('S'));
    check_seed(
        &Secret::from(seed.unwrap_or_default()),
        offset,
        key,
        resolver,
    )?;
    Some(text)
}

fn nkey_file(written: &Words, resolver: &mut Resolver<'_>) -> Option<PathBuf> {
    let written = written.as_ref()?;
    let (offset, key, path) = (written.span().start, "nats.nkey", resolver.path(written));
    let seed = resolver.secret_file(offset, key, &path, "the seed of a user")?;
    check_seed(&seed, offset, key, resolver)?;
    Some(path)
}

/// The client finds a seed with a typing error only when NATS asks for a signature.
fn check_seed(seed: &Secret, offset: usize, key: &str, resolver: &mut Resolver<'_>) -> Option<()> {
    let checked = portcullis_callout::check_seed(seed, SeedPurpose::User);
    checked
        .map_err(|error| resolver.fault(offset, key, Problem::Other(error.to_string())))
        .ok()
}

/// A user without a password has an empty one.
fn user_and_password(table: &NatsTable, resolver: &mut Resolver<'_>) -> Option<Login> {
    match (&table.user, &table.password) {
        (Some(user), Some(password)) => Some(Login::Password {
            user: user.get_ref().clone(),
            password: resolver.secret_source("nats.password", password)?,
        }),
        (Some(user), None) => Some(Login::Password {
            user: user.get_ref().clone(),
            password: SecretSource::Given(Secret::from("")),
        }),
        (None, Some(password)) => {
            let problem = Problem::Half {
                given: "password",
                missing: "user",
            };
            resolver.fault(password.span().start, "nats.password", problem);
            None
        }
        (None, None) => None,
    }
}

fn tls(table: &NatsTable, resolver: &mut Resolver<'_>) -> TlsFiles {
    let mut half = |written: &Spanned<String>, key, given, missing| {
        resolver.fault(written.span().start, key, Problem::Half { given, missing });
    };
    let identity = match (&table.tlscert, &table.tlskey) {
        (Some(_), Some(_)) => {
            let certificate = pem_file("nats.tlscert", &table.tlscert, CERTIFICATES, resolver);
            certificate.zip(pem_file("nats.tlskey", &table.tlskey, KEY, resolver))
        }
        (Some(written), None) => {
            half(written, "nats.tlscert", "tlscert", "tlskey");
            None
        }
        (None, Some(written)) => {
            half(written, "nats.tlskey", "tlskey", "tlscert");
            None
        }
        (None, None) => None,
    };
    TlsFiles {
        ca: pem_file("nats.tlsca", &table.tlsca, CERTIFICATES, resolver),
        identity,
    }
}

/// What a PEM file has to hold.
#[derive(Clone, Copy)]
struct PemKind {
    wanted: &'static str,
    /// Reads a text as the client will do when it connects.
    fits: fn(&str) -> bool,
}

const CERTIFICATES: PemKind = PemKind {
    wanted: "a PEM file of certificates (-----BEGIN CERTIFICATE-----); name one that is whole",
    fits: |text| {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        read.is_ok_and(|certificates| !certificates.is_empty())
    },
};

const KEY: PemKind = PemKind {
    wanted: "a PEM file of a private key (-----BEGIN PRIVATE KEY-----) without a passphrase; name one that is whole",
    fits: |text| PrivateKeyDer::from_pem_slice(text.as_bytes()).is_ok(),
};

fn pem_file(
    key: &str,
    written: &Words,
    kind: PemKind,
    resolver: &mut Resolver<'_>,
) -> Option<PathBuf> {
    let written = written.as_ref()?;
    let (offset, path) = (written.span().start, resolver.path(written));
    let wanted = kind.wanted;
    let text = resolver.secret_file(offset, key, &path, "PEM")?;
    if (kind.fits)(text.expose()) {
        return Some(path);
    }
    resolver.fault(offset, key, Problem::OtherFile { path, wanted });
    None
}
