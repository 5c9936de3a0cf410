//! Requests and settings for a policy's own tests. Not available in WebAssembly.
//!
//! ```
//! use portcullis_sdk::testing;
//!
//! let request = testing::request().user("alice").password("secret").build();
//! assert_eq!(request.user(), Some("alice"));
//! ```

mod check;

pub use check::check;

use crate::bindings::portcullis::policy::types;
use crate::{Certificate, Client, Request, Server, Settings, Tls, Transport};

/// A request of a client that presents nothing: over the NATS protocol, from 127.0.0.1, without
/// TLS, on 2026-01-01 at 00:00 UTC, a Thursday.
pub fn request() -> RequestBuilder {
    RequestBuilder(types::Request {
        received_at: 1_767_225_600,
        server: server(),
        client: client(),
        credentials: types::Credentials {
            user: None,
            password: None,
            token: None,
            jwt: None,
            nkey: None,
        },
        tls: None,
        sentinel: None,
        user_nkey: "UAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP".to_owned(),
        attributes: Vec::new(),
    })
}

/// Makes a [`Request`] step by step.
pub struct RequestBuilder(types::Request);

impl RequestBuilder {
    /// The client presents this user name.
    pub fn user(mut self, user: &str) -> Self {
        self.0.credentials.user = Some(user.to_owned());
        self
    }

    /// The client presents this password.
    pub fn password(mut self, password: &str) -> Self {
        self.0.credentials.password = Some(password.to_owned());
        self
    }

    /// The client presents this token.
    pub fn token(mut self, token: &str) -> Self {
        self.0.credentials.token = Some(token.to_owned());
        self
    }

    /// The client presents this JWT.
    pub fn jwt(mut self, jwt: &str) -> Self {
        self.0.credentials.jwt = Some(jwt.to_owned());
        self
    }

    /// The client has proved that it holds the seed of this public nkey.
    pub fn nkey(mut self, nkey: &str) -> Self {
        self.0.credentials.nkey = Some(nkey.to_owned());
        self
    }

    /// The client uses TLS and presents this certificate, which the server verified.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.0.tls = Some(Tls {
            version: "1.3".to_owned(),
            cipher: "TLS_AES_128_GCM_SHA256".to_owned(),
            verified: vec![certificate.clone()],
            presented: vec![certificate],
        });
        self
    }

    /// The sentinel of operator mode that the client used.
    pub fn sentinel(mut self, sentinel: types::Sentinel) -> Self {
        self.0.sentinel = Some(sentinel);
        self
    }

    /// The client has this address.
    pub fn host(mut self, host: &str) -> Self {
        self.0.client.host = host.to_owned();
        self
    }

    /// The client uses this transport.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.0.client.transport = Some(transport);
        self
    }

    /// The host received the request at this time, in seconds since 1970-01-01T00:00:00Z.
    pub fn received_at(mut self, seconds: u64) -> Self {
        self.0.received_at = seconds;
        self
    }

    /// The host knows this further fact.
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.0.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request.
    pub fn build(self) -> Request {
        Request::new(self.0)
    }

    #[cfg(test)]
    pub(crate) fn into_raw(self) -> types::Request {
        self.0
    }
}

/// A certificate with a name and otherwise empty. Set what matters:
///
/// ```
/// use portcullis_sdk::{Certificate, testing};
///
/// let dns_names = vec!["billing.internal".to_owned()];
/// let billing = Certificate { dns_names, ..testing::certificate() };
/// # assert_eq!(billing.uris.len(), 0);
/// ```
pub fn certificate() -> Certificate {
    Certificate {
        subject: "CN=client".to_owned(),
        issuer: "CN=authority".to_owned(),
        serial: "01".to_owned(),
        dns_names: Vec::new(),
        ip_addresses: Vec::new(),
        emails: Vec::new(),
        uris: Vec::new(),
        not_before: 0,
        not_after: u64::MAX,
        fingerprint: "00".repeat(32),
        key_fingerprint: "00".repeat(32),
        pem: String::new(),
    }
}

/// Settings without a table and without data.
pub fn settings() -> SettingsBuilder {
    SettingsBuilder(types::Settings {
        json: "{}".to_owned(),
        data: Vec::new(),
    })
}

/// Makes [`Settings`] step by step.
pub struct SettingsBuilder(types::Settings);

impl SettingsBuilder {
    /// The `settings` table, as JSON.
    pub fn json(mut self, json: &str) -> Self {
        json.clone_into(&mut self.0.json);
        self
    }

    /// One more data file.
    pub fn data(mut self, name: &str, contents: impl AsRef<[u8]>) -> Self {
        self.0
            .data
            .push((name.to_owned(), contents.as_ref().to_vec()));
        self
    }

    /// The settings.
    pub fn build(self) -> Settings {
        Settings::new(self.0)
    }
}

fn server() -> Server {
    Server {
        id: "NAEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMP".to_owned(),
        name: "nats-1".to_owned(),
        host: "0.0.0.0".to_owned(),
        version: "2.15.2".to_owned(),
        cluster: None,
        tags: Vec::new(),
    }
}

fn client() -> Client {
    Client {
        id: 1,
        host: "127.0.0.1".to_owned(),
        transport: Some(Transport::Nats),
        name: None,
        lang: None,
        version: None,
        mqtt_client_id: None,
    }
}
