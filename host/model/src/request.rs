use super::decision::Transport;
use super::secret::Secret;
use super::timestamp::Timestamp;

/// One client that wants to connect, as a policy sees it. `wit/types.wit` defines the fields.
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

/// The server that the client connects to.
#[derive(Clone, Debug, Default)]
pub struct Server {
    pub id: String,
    pub name: String,
    pub host: String,
    pub version: String,
    pub cluster: Option<String>,
    pub tags: Vec<String>,
}

/// The client's connection, and what the client says about itself.
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

/// What the client presented. `nkey` is set only if the client's signature of the server's nonce was verified.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub token: Option<Secret>,
    pub jwt: Option<Secret>,
    pub nkey: Option<String>,
}

impl Credentials {
    /// The parts of the credentials that must not appear in a log.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.password, &self.token, &self.jwt]
            .into_iter()
            .flatten()
    }
}

/// The client's TLS connection.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    pub version: String,
    pub cipher: String,
    /// The chain that the server verified, the client's own certificate first.
    pub verified: Vec<Certificate>,
    /// The chain that the client presented, its own certificate first.
    pub presented: Vec<Certificate>,
}

/// One certificate of a TLS client.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    /// Distinguished name as RFC 4514 writes it.
    pub subject: String,
    /// Distinguished name as RFC 4514 writes it.
    pub issuer: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    pub dns_names: Vec<String>,
    pub ip_addresses: Vec<String>,
    pub emails: Vec<String>,
    pub uris: Vec<String>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// SHA-256 of the certificate (DER), in hexadecimal.
    pub fingerprint: String,
    /// SHA-256 of the public key (SubjectPublicKeyInfo in DER), in hexadecimal.
    pub key_fingerprint: String,
    pub pem: String,
}

/// In operator mode: the user JWT that lets a client reach the callout.
#[derive(Clone, Debug, Default)]
pub struct Sentinel {
    pub user: String,
    pub account: String,
    pub name: Option<String>,
    pub tags: Vec<String>,
}
