use super::decision::Transport;
use super::secret::Secret;
use super::timestamp::Timestamp;

/// One client that wants in, as a policy sees it. The fields mean what `wit/types.wit` says of them.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub received_at: Timestamp,
    pub server: Server,
    pub client: Client,
    pub credentials: Credentials,
    pub tls: Option<Tls>,
    pub sentinel: Option<Sentinel>,
    pub user_nkey: String,
    pub attributes: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Server {
    pub id: String,
    pub name: String,
    pub host: String,
    pub version: String,
    pub cluster: Option<String>,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Client {
    pub id: u64,
    pub host: String,
    pub transport: Option<Transport>,
    pub name: Option<String>,
    pub lang: Option<String>,
    pub version: Option<String>,
    pub mqtt_client_id: Option<String>,
}

/// What the client presented. `nkey` is there only if the client's signature of the server's nonce was verified.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub token: Option<Secret>,
    pub jwt: Option<Secret>,
    pub nkey: Option<String>,
}

impl Credentials {
    /// Everything in the credentials that must not appear in a log.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.password, &self.token, &self.jwt]
            .into_iter()
            .flatten()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Tls {
    pub version: String,
    pub cipher: String,
    pub verified: Vec<Certificate>,
    pub presented: Vec<Certificate>,
}

#[derive(Clone, Debug, Default)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub dns_names: Vec<String>,
    pub ip_addresses: Vec<String>,
    pub emails: Vec<String>,
    pub uris: Vec<String>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub fingerprint: String,
    pub key_fingerprint: String,
    pub pem: String,
}

/// The JWT that let a client of operator mode get as far as the callout.
#[derive(Clone, Debug, Default)]
pub struct Sentinel {
    pub user: String,
    pub account: String,
    pub name: Option<String>,
    pub tags: Vec<String>,
}
