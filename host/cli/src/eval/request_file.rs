//! A request as a JSON file, with the fields of `wit/types.wit`. A field that is `null` is absent.

mod certificate;
mod fields;

use serde::Deserialize;

use self::certificate::Chain;
use self::fields::{Address, Key, Time, TransportName};
use super::json_input::{Object, parse};
use super::made_up;
use portcullis_model::{Client, Credentials, Request, Secret, Sentinel, Server, Timestamp, Tls};

/// # Errors
///
/// A sentence that names the field and what would be right.
pub(super) fn read(json: &str, now: Timestamp) -> Result<Request, String> {
    let Object(fields) = parse::<Object<RequestFields>>(json)?;
    fields.into_request(now)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RequestFields {
    received_at: Option<Time>,
    server: Option<Object<ServerFields>>,
    client: Option<Object<ClientFields>>,
    credentials: Option<Object<CredentialFields>>,
    tls: Option<Object<TlsFields>>,
    sentinel: Option<Object<SentinelFields>>,
    user_nkey: Option<Key>,
    attributes: Option<Vec<Vec<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerFields {
    id: Option<String>,
    name: Option<String>,
    host: Option<String>,
    version: Option<String>,
    cluster: Option<String>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ClientFields {
    id: Option<u64>,
    host: Option<Address>,
    transport: Option<TransportName>,
    name: Option<String>,
    lang: Option<String>,
    version: Option<String>,
    mqtt_client_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialFields {
    user: Option<String>,
    password: Option<String>,
    token: Option<String>,
    jwt: Option<String>,
    nkey: Option<Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsFields {
    version: Option<String>,
    cipher: Option<String>,
    verified: Option<Chain>,
    presented: Option<Chain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentinelFields {
    user: Option<String>,
    account: Option<String>,
    name: Option<String>,
    tags: Option<Vec<String>>,
}

impl RequestFields {
    fn into_request(self, now: Timestamp) -> Result<Request, String> {
        let Some(Object(credentials)) = self.credentials else {
            return Err(
                "credentials: it is missing; it says what the client presents, such as {\"user\": \"alice\", \"password\": \"...\"}, or is {} for a client that presents nothing"
                    .to_owned(),
            );
        };
        let server = self.server.map(|Object(server)| server.into());
        let client = self.client.map(|Object(client)| client.into());
        let tls = self.tls.map(|Object(tls)| tls.into_tls());
        let sentinel = self.sentinel.map(|Object(fields)| fields.into_sentinel());
        Ok(Request {
            received_at: self.received_at.map_or(now, |Time(time)| time),
            server: server.unwrap_or_else(made_up::server),
            client: client.unwrap_or_else(made_up::client),
            credentials: credentials.into(),
            tls: tls.transpose()?,
            sentinel: sentinel.transpose()?,
            user_nkey: self
                .user_nkey
                .map_or_else(made_up::user_nkey, |Key(key)| key),
            attributes: attributes(self.attributes.unwrap_or_default())?,
        })
    }
}

impl From<ServerFields> for Server {
    fn from(fields: ServerFields) -> Self {
        let made_up = made_up::server();
        let id = filled(fields.id).unwrap_or(made_up.id);
        Self {
            name: filled(fields.name).unwrap_or_else(|| id.clone()),
            host: filled(fields.host).unwrap_or(made_up.host),
            version: filled(fields.version).unwrap_or(made_up.version),
            cluster: filled(fields.cluster),
            tags: fields.tags.unwrap_or_default(),
            id,
        }
    }
}

impl From<ClientFields> for Client {
    fn from(fields: ClientFields) -> Self {
        let made_up = made_up::client();
        let transport = fields.transport.map(|TransportName(transport)| transport);
        Self {
            id: fields.id.unwrap_or(made_up.id),
            host: fields.host.map_or(made_up.host, |Address(host)| host),
            transport: transport.or(made_up.transport),
            name: filled(fields.name),
            lang: filled(fields.lang),
            version: filled(fields.version),
            mqtt_client_id: filled(fields.mqtt_client_id),
        }
    }
}

impl From<CredentialFields> for Credentials {
    fn from(fields: CredentialFields) -> Self {
        Self {
            user: filled(fields.user),
            password: filled(fields.password).map(Secret::new),
            token: filled(fields.token).map(Secret::new),
            jwt: filled(fields.jwt).map(Secret::new),
            nkey: fields.nkey.map(|Key(key)| key),
        }
    }
}

impl TlsFields {
    fn into_tls(self) -> Result<Tls, String> {
        let chain = |chain: Option<Chain>, path| chain.unwrap_or_default().certificates(path);
        let verified = chain(self.verified, "tls.verified")?;
        let presented = chain(self.presented, "tls.presented")?;
        let made_up = made_up::tls(verified);
        Ok(Tls {
            version: filled(self.version).unwrap_or(made_up.version),
            cipher: filled(self.cipher).unwrap_or(made_up.cipher),
            verified: made_up.verified,
            // A server leaves out what was presented where it verified a chain.
            presented: match presented.is_empty() {
                true => made_up.presented,
                false => presented,
            },
        })
    }
}

impl SentinelFields {
    fn into_sentinel(self) -> Result<Sentinel, String> {
        let missing = |field: &str, meaning: &str| {
            format!("sentinel.{field}: it is missing; it is the public nkey of {meaning}")
        };
        Ok(Sentinel {
            user: filled(self.user).ok_or_else(|| missing("user", "the sentinel user"))?,
            account: filled(self.account)
                .ok_or_else(|| missing("account", "the account of the sentinel user"))?,
            name: filled(self.name),
            tags: self.tags.unwrap_or_default(),
        })
    }
}

fn attributes(pairs: Vec<Vec<String>>) -> Result<Vec<(String, String)>, String> {
    let pair = |(index, pair): (usize, Vec<String>)| match <[String; 2]>::try_from(pair) {
        Ok([name, value]) => Ok((name, value)),
        Err(_) => Err(format!(
            "attributes[{index}]: expected [\"name\", \"value\"]"
        )),
    };
    pairs.into_iter().enumerate().map(pair).collect()
}

/// `None` also for an empty text: servers leave such fields out.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
