use std::path::PathBuf;

use super::error::{Place, Problem, SettingsError};
use super::layers::{Given, Layers, filled};
use super::secrets::{SeedKind, Trail, secret, secret_file};
use super::settings::{Nats, TlsFiles, TlsIdentity};
use super::surroundings::Surroundings;
use crate::nats::Login;
use portcullis_model::Secret;

const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

pub(super) fn nats(
    layers: &Layers<'_>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Nats, SettingsError> {
    Ok(Nats {
        servers: servers(layers)?,
        login: login(layers, around, trail)?,
        tls: tls(layers, around)?,
    })
}

fn servers(layers: &Layers<'_>) -> Result<Vec<String>, SettingsError> {
    let in_file = |secret: &Secret| secret.expose().to_owned();
    let given = layers.keyed(
        "server",
        "nats.server",
        |flags| filled(&flags.server),
        |file| filled(&file.nats.server.0).map(|list| list.iter().map(in_file).collect()),
    );
    let Some(given) = given else {
        return Ok(vec![DEFAULT_SERVER.to_owned()]);
    };
    given.check(|servers| servers.into_iter().map(server).collect())
}

fn server(url: String) -> Result<String, Problem> {
    if url.contains('@') {
        return Err(Problem::ServerLogin);
    }
    let (scheme, address) = url.split_once("://").unwrap_or(("nats", &url));
    let (host, port) = match address.rsplit_once(':') {
        // The last colon of an IPv6 address in brackets is inside them.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (address, "4222"),
    };
    let host_fits = !host.is_empty()
        && !host.contains(['/', '?', '#'])
        && !host.contains(char::is_whitespace)
        && host.contains(':') == host.starts_with('[');
    if matches!(scheme, "nats" | "tls") && host_fits && port.parse::<u16>().is_ok() {
        return Ok(url);
    }
    Err(Problem::BadServer(url))
}

/// The ways to log in, each from the highest rank at which it was written. A way written at a higher rank replaces the
/// others; two at the same rank contradict each other.
fn login(
    layers: &Layers<'_>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Login, SettingsError> {
    let user = layers.keyed(
        "user",
        "nats.user",
        |f| f.user.clone(),
        |f| f.nats.user.clone(),
    );
    let password = layers.keyed(
        "password",
        "nats.password",
        |flags| flags.password.clone(),
        |file| file.nats.password.as_ref().map(|text| text.0.clone()),
    );
    let creds = layers.keyed(
        "creds",
        "nats.creds",
        |f| f.creds.clone(),
        |f| f.nats.creds.clone(),
    );
    let nkey = layers.keyed(
        "nkey",
        "nats.nkey",
        |f| f.nkey.clone(),
        |f| f.nats.nkey.clone(),
    );

    let password_place = [place(&user), place(&password)]
        .into_iter()
        .flatten()
        .min_by_key(|place| place.rank());
    let mut ways: Vec<Place> = [password_place, place(&creds), place(&nkey)]
        .into_iter()
        .flatten()
        .collect();
    ways.sort_by_key(Place::rank);
    let chosen = match ways.as_slice() {
        [] => return Ok(Login::Nobody),
        [one, other, ..] if one.rank() == other.rank() => {
            let (one, other) = (one.to_string(), other.to_string());
            return Err(Place::Nowhere.fault(Problem::TwoLogins { one, other }));
        }
        [chosen, ..] => chosen.clone(),
    };
    if let Some(creds) = creds.filter(|given| given.place == chosen) {
        return creds_file(&creds, around).map(Login::Creds);
    }
    if let Some(nkey) = nkey.filter(|given| given.place == chosen) {
        return nkey_file(&nkey, around).map(Login::Nkey);
    }
    user_and_password(user, password, around, trail)
}

fn place<T>(given: &Option<Given<T>>) -> Option<Place> {
    given.as_ref().map(|given| given.place.clone())
}

fn creds_file(given: &Given<PathBuf>, around: &dyn Surroundings) -> Result<Secret, SettingsError> {
    let path = given.path();
    let text = secret_file(&path, &given.place, "a credentials file", around)?;
    if text.expose().contains("BEGIN NATS USER JWT") {
        return Ok(text);
    }
    let wanted = "a credentials file; 'nsc generate creds' writes one";
    Err(given.place.fault(Problem::OtherFile { path, wanted }))
}

fn nkey_file(given: &Given<PathBuf>, around: &dyn Surroundings) -> Result<Secret, SettingsError> {
    let text = secret_file(&given.path(), &given.place, "the seed of a user", around)?;
    SeedKind::User
        .check(text.expose())
        .map_err(|problem| given.place.fault(problem))?;
    Ok(text)
}

fn user_and_password(
    user: Option<Given<String>>,
    password: Option<Given<Secret>>,
    around: &dyn Surroundings,
    trail: &mut Trail,
) -> Result<Login, SettingsError> {
    let half = |place: &Place, given, missing| Err(place.fault(Problem::Half { given, missing }));
    match (user, password) {
        (Some(user), Some(password)) => Ok(Login::Password {
            user: user.value,
            password: secret(&password.value, &password.place, around, trail)?,
        }),
        (Some(user), None) => half(&user.place, "user", "password"),
        (None, Some(password)) => half(&password.place, "password", "user"),
        (None, None) => Ok(Login::Nobody),
    }
}

fn tls(layers: &Layers<'_>, around: &dyn Surroundings) -> Result<TlsFiles, SettingsError> {
    let pem =
        |given: Option<Given<PathBuf>>| given.map(|given| pem_file(&given, around)).transpose();
    let certificate = layers.keyed(
        "tlscert",
        "nats.tlscert",
        |f| f.tlscert.clone(),
        |f| f.nats.tlscert.clone(),
    );
    let key = layers.keyed(
        "tlskey",
        "nats.tlskey",
        |f| f.tlskey.clone(),
        |f| f.nats.tlskey.clone(),
    );
    let ca = layers.keyed(
        "tlsca",
        "nats.tlsca",
        |f| f.tlsca.clone(),
        |f| f.nats.tlsca.clone(),
    );
    let half = |given: &Given<PathBuf>, has, missing| {
        Err(given.place.fault(Problem::Half {
            given: has,
            missing,
        }))
    };
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsIdentity {
            certificate: pem_file(&certificate, around)?,
            key: pem_file(&key, around)?,
        }),
        (Some(certificate), None) => return half(&certificate, "tlscert", "tlskey"),
        (None, Some(key)) => return half(&key, "tlskey", "tlscert"),
        (None, None) => None,
    };
    Ok(TlsFiles {
        ca: pem(ca)?,
        identity,
    })
}

fn pem_file(given: &Given<PathBuf>, around: &dyn Surroundings) -> Result<PathBuf, SettingsError> {
    let path = given.path();
    let wanted = "a PEM file (-----BEGIN ...)";
    let text = secret_file(&path, &given.place, wanted, around)?;
    if text.expose().contains("-----BEGIN ") {
        return Ok(path);
    }
    Err(given.place.fault(Problem::OtherFile { path, wanted }))
}
