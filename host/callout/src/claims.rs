//! The claims of a request as servers write them. Servers leave out nearly every field that is empty, and new versions add
//! fields. Therefore every field is optional here, and unknown fields are ignored.

use serde::{Deserialize, Deserializer};

use super::{jwt::Token, rejection::Rejection};
use portcullis_model::Secret;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RequestClaims {
    #[serde(rename = "aud")]
    pub(super) audience: String,
    #[serde(rename = "exp")]
    pub(super) expires_at: Option<u64>,
    #[serde(rename = "iat")]
    pub(super) issued_at: Option<u64>,
    #[serde(rename = "iss")]
    pub(super) issuer: String,
    #[serde(rename = "sub")]
    pub(super) subject: String,
    pub(super) nats: NatsClaims,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct NatsClaims {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) version: u32,
    #[serde(rename = "server_id")]
    pub(super) server: ServerClaims,
    pub(super) user_nkey: String,
    #[serde(rename = "client_info")]
    pub(super) client: ClientClaims,
    #[serde(rename = "connect_opts")]
    pub(super) options: ConnectOptions,
    #[serde(rename = "client_tls")]
    pub(super) tls: Option<TlsClaims>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ServerClaims {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) host: String,
    pub(super) version: String,
    #[serde(deserialize_with = "non_empty")]
    pub(super) cluster: Option<String>,
    pub(super) tags: Vec<String>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) xkey: Option<String>,
}

/// `user` is not read: it is the text that the server writes to its log, with "[REDACTED]" instead of a token.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ClientClaims {
    pub(super) id: u64,
    pub(super) host: String,
    #[serde(deserialize_with = "non_empty")]
    pub(super) name: Option<String>,
    pub(super) kind: String,
    #[serde(rename = "type")]
    pub(super) transport: String,
    #[serde(deserialize_with = "non_empty")]
    pub(super) mqtt_id: Option<String>,
    pub(super) nonce: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ConnectOptions {
    #[serde(deserialize_with = "secret")]
    pub(super) jwt: Option<Secret>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) nkey: Option<String>,
    #[serde(rename = "sig", deserialize_with = "non_empty")]
    pub(super) signature: Option<String>,
    #[serde(rename = "auth_token", deserialize_with = "secret")]
    pub(super) token: Option<Secret>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) user: Option<String>,
    #[serde(rename = "pass", deserialize_with = "secret")]
    pub(super) password: Option<Secret>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) lang: Option<String>,
    #[serde(deserialize_with = "non_empty")]
    pub(super) version: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TlsClaims {
    pub(super) version: String,
    pub(super) cipher: String,
    pub(super) certs: Vec<String>,
    pub(super) verified_chains: Vec<Vec<String>>,
}

impl RequestClaims {
    pub(super) fn parse(token: &Token) -> Result<Self, Rejection> {
        // The library's own error text quotes values, and a value may be a password.
        serde_json::from_slice(token.claims()).map_err(|error| Rejection::Claims {
            category: match error.classify() {
                serde_json::error::Category::Data => "a field has the wrong type",
                _ => "they are not valid JSON",
            },
            column: error.column(),
        })
    }
}

/// Servers leave empty texts out, so an empty text means the same as none.
fn non_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    Ok(non_empty(deserializer)?.map(Secret::new))
}
