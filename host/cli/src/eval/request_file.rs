//! A request as a JSON file, in the words of `wit/types.wit`.

use super::fields::{FieldError, Item, Object, items, mismatch, parse, text};
use super::{client, made_up};
use portcullis_callout::{is_user_key, read_chain};
use portcullis_model::{
    Certificate, Client, Credentials, Request, Secret, Sentinel, Server, Timestamp, Tls, Transport,
};
use serde_json::Value;

/// # Errors
///
/// A sentence that names the field and what would be right.
pub(super) fn read(json: &str, now: Timestamp) -> Result<Request, String> {
    let value = parse(json)?;
    request(value, now).map_err(|error| error.to_string())
}

fn request(value: Value, now: Timestamp) -> Result<Request, FieldError> {
    let path = String::new();
    let mut fields = Object::open(
        Item { path, value },
        &[
            "received-at",
            "server",
            "client",
            "credentials",
            "tls",
            "sentinel",
            "user-nkey",
            "attributes",
        ],
    )?;
    let received_at = fields.take("received-at").map(timestamp).transpose()?;
    let user_nkey = match fields.take("user-nkey") {
        Some(item) => user_key(item)?,
        None => made_up::user_nkey(),
    };
    Ok(Request {
        received_at: received_at.unwrap_or(now),
        server: server(&mut fields)?,
        client: client(&mut fields)?,
        credentials: credentials(&mut fields)?,
        tls: tls(&mut fields)?,
        sentinel: sentinel(&mut fields)?,
        user_nkey,
        attributes: attributes(&mut fields)?,
    })
}

fn server(request: &mut Object) -> Result<Server, FieldError> {
    let made_up = made_up::server();
    let known = ["id", "name", "host", "version", "cluster", "tags"];
    let Some(mut fields) = request.object("server", &known)? else {
        return Ok(made_up);
    };
    let id = fields.text("id")?.unwrap_or(made_up.id);
    Ok(Server {
        name: fields.text("name")?.unwrap_or_else(|| id.clone()),
        host: fields.text("host")?.unwrap_or(made_up.host),
        version: fields.text("version")?.unwrap_or(made_up.version),
        cluster: fields.text("cluster")?,
        tags: fields.texts("tags")?.unwrap_or_default(),
        id,
    })
}

fn client(request: &mut Object) -> Result<Client, FieldError> {
    let made_up = made_up::client();
    let known = [
        "id",
        "host",
        "transport",
        "name",
        "lang",
        "version",
        "mqtt-client-id",
    ];
    let Some(mut fields) = request.object("client", &known)? else {
        return Ok(made_up);
    };
    let transport = fields.take("transport").map(transport).transpose()?;
    Ok(Client {
        id: fields.number("id")?.unwrap_or(made_up.id),
        host: match fields.take("host") {
            Some(item) => address(item)?,
            None => made_up.host,
        },
        transport: transport.or(made_up.transport),
        name: fields.text("name")?,
        lang: fields.text("lang")?,
        version: fields.text("version")?,
        mqtt_client_id: fields.text("mqtt-client-id")?,
    })
}

fn credentials(request: &mut Object) -> Result<Credentials, FieldError> {
    let known = ["user", "password", "token", "jwt", "nkey"];
    let Some(mut fields) = request.object("credentials", &known)? else {
        let right = "it is missing; it says what the client presents, such as {\"user\": \"alice\", \"password\": \"...\"}, or is {} for a client that presents nothing";
        return Err(FieldError::new("credentials", right));
    };
    Ok(Credentials {
        user: fields.text("user")?,
        password: fields.text("password")?.map(Secret::new),
        token: fields.text("token")?.map(Secret::new),
        jwt: fields.text("jwt")?.map(Secret::new),
        nkey: fields.take("nkey").map(user_key).transpose()?,
    })
}

fn sentinel(request: &mut Object) -> Result<Option<Sentinel>, FieldError> {
    let known = ["user", "account", "name", "tags"];
    let Some(mut fields) = request.object("sentinel", &known)? else {
        return Ok(None);
    };
    Ok(Some(Sentinel {
        user: fields.needed("user", "the public nkey of the sentinel user")?,
        account: fields.needed(
            "account",
            "the public nkey of the account that it belongs to",
        )?,
        name: fields.text("name")?,
        tags: fields.texts("tags")?.unwrap_or_default(),
    }))
}

fn attributes(request: &mut Object) -> Result<Vec<(String, String)>, FieldError> {
    let pair = |item: Item| {
        let path = item.path.clone();
        let parts = items(item)?.into_iter().map(text);
        match parts.collect::<Result<Vec<_>, _>>()?.as_slice() {
            [name, value] => Ok((name.clone(), value.clone())),
            _ => Err(FieldError::new(path, "it has to be [\"name\", \"value\"]")),
        }
    };
    let pairs = request.items("attributes")?.unwrap_or_default();
    pairs.into_iter().map(pair).collect()
}

fn tls(request: &mut Object) -> Result<Option<Tls>, FieldError> {
    let known = ["version", "cipher", "verified", "presented"];
    let Some(mut fields) = request.object("tls", &known)? else {
        return Ok(None);
    };
    let made_up = made_up::tls(Vec::new());
    let mut chain = |name| -> Result<Vec<Certificate>, FieldError> {
        let entries = fields.items(name)?.unwrap_or_default();
        entries.into_iter().map(certificate).collect()
    };
    let (verified, mut presented) = (chain("verified")?, chain("presented")?);
    if presented.is_empty() {
        // As from a server, which leaves out what was presented where it verified a chain.
        presented.extend(verified.first().cloned());
    }
    Ok(Some(Tls {
        version: fields.text("version")?.unwrap_or(made_up.version),
        cipher: fields.text("cipher")?.unwrap_or(made_up.cipher),
        verified,
        presented,
    }))
}

/// PEM alone, or an object. Where an object has PEM too, its other fields say the same as the certificate.
fn certificate(item: Item) -> Result<Certificate, FieldError> {
    if matches!(item.value, Value::String(_)) {
        let path = item.path.clone();
        return pem(&path, &text(item)?);
    }
    let known = [
        "subject",
        "issuer",
        "serial",
        "dns-names",
        "ip-addresses",
        "emails",
        "uris",
        "not-before",
        "not-after",
        "fingerprint",
        "key-fingerprint",
        "pem",
    ];
    let mut fields = Object::open(item, &known)?;
    let parsed = match fields.text("pem")? {
        Some(text) => Some(pem(&fields.at("pem"), &text)?),
        None => None,
    };
    let bound = parsed.is_some();
    let mut certificate = parsed.unwrap_or_default();
    let it = &mut certificate;
    for (name, field) in [
        ("subject", &mut it.subject),
        ("issuer", &mut it.issuer),
        ("serial", &mut it.serial),
        ("fingerprint", &mut it.fingerprint),
        ("key-fingerprint", &mut it.key_fingerprint),
    ] {
        let given = fields.text(name)?;
        settle(&fields.at(name), given, field, bound)?;
    }
    for (name, field) in [
        ("dns-names", &mut it.dns_names),
        ("ip-addresses", &mut it.ip_addresses),
        ("emails", &mut it.emails),
        ("uris", &mut it.uris),
    ] {
        let given = fields.texts(name)?;
        settle(&fields.at(name), given, field, bound)?;
    }
    for (name, field) in [
        ("not-before", &mut it.not_before),
        ("not-after", &mut it.not_after),
    ] {
        let given = fields.number(name)?;
        settle(&fields.at(name), given, field, bound)?;
    }
    if certificate.subject.is_empty() && !bound {
        let right = "it is missing; give the certificate as PEM, or its subject such as \"CN=billing,O=Example\"";
        return Err(FieldError::new(fields.at("subject"), right));
    }
    Ok(certificate)
}

fn settle<T: PartialEq + std::fmt::Debug>(
    path: &str,
    given: Option<T>,
    field: &mut T,
    bound: bool,
) -> Result<(), FieldError> {
    match given {
        Some(given) if bound && given != *field => {
            let fault =
                format!("it is not what the certificate says, which is {field:?}; leave it out");
            Err(FieldError::new(path, fault))
        }
        Some(given) => {
            *field = given;
            Ok(())
        }
        None => Ok(()),
    }
}

fn pem(path: &str, text: &str) -> Result<Certificate, FieldError> {
    let mut chain = read_chain(text).map_err(|error| FieldError::new(path, error.to_string()))?;
    match (chain.pop(), chain.is_empty()) {
        (Some(certificate), true) => Ok(certificate),
        _ => Err(FieldError::new(
            path,
            "it holds several certificates; write an entry for each",
        )),
    }
}

/// Seconds, as a policy gets them, or as people write them.
fn timestamp(item: Item) -> Result<Timestamp, FieldError> {
    let Item { path, value } = item;
    let given = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => client::parse_time(&text).ok(),
        other => return Err(mismatch(&path, &other, "a time")),
    };
    given.ok_or_else(|| FieldError::new(path, client::NO_TIME))
}

fn user_key(item: Item) -> Result<String, FieldError> {
    let path = item.path.clone();
    let key = text(item)?;
    if is_user_key(&key) {
        return Ok(key);
    }
    Err(FieldError::new(path, client::NO_USER_KEY))
}

fn address(item: Item) -> Result<String, FieldError> {
    let path = item.path.clone();
    let host = text(item)?;
    client::parse_address(&host).map_err(|fault| FieldError::new(path, fault))
}

fn transport(item: Item) -> Result<Transport, FieldError> {
    let path = item.path.clone();
    let word = text(item)?;
    client::parse_transport(&word).map_err(|fault| FieldError::new(path, fault))
}

#[cfg(test)]
mod tests;
