use std::fmt;

use crate::bindings::portcullis::policy::types;
use crate::{Certificate, Client, Sentinel, Server, Tls, Transport};

/// One client that wants to connect.
///
/// The host has verified where the request comes from, [`nkey`](Self::nkey) and
/// [`certificate`](Self::certificate). The user name, the password, the token and the JWT are only
/// claimed by the client: the policy has to check them.
pub struct Request(types::Request);

/// What the client presented. A field that it did not send is `None`.
impl Request {
    /// The user name.
    pub fn user(&self) -> Option<&str> {
        self.0.credentials.user.as_deref()
    }

    /// The password. Compare it with [`same_secret`](crate::same_secret).
    pub fn password(&self) -> Option<&str> {
        self.0.credentials.password.as_deref()
    }

    /// The token. Compare it with [`same_secret`](crate::same_secret).
    pub fn token(&self) -> Option<&str> {
        self.0.credentials.token.as_deref()
    }

    /// The JWT as sent, not verified. In operator mode it is the sentinel's; see
    /// [`sentinel`](Self::sentinel).
    pub fn jwt(&self) -> Option<&str> {
        self.0.credentials.jwt.as_deref()
    }

    /// The public nkey. The client has proved that it holds the seed.
    pub fn nkey(&self) -> Option<&str> {
        self.0.credentials.nkey.as_deref()
    }

    /// The client's own certificate, if the server verified it.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.tls()?.verified.first()
    }

    /// The TLS session. Most policies only need [`certificate`](Self::certificate).
    pub fn tls(&self) -> Option<&Tls> {
        self.0.tls.as_ref()
    }

    /// In operator mode, the verified user JWT that lets the client reach the callout.
    pub fn sentinel(&self) -> Option<&Sentinel> {
        self.0.sentinel.as_ref()
    }
}

/// When the request came, from where, and how.
impl Request {
    /// When the host received the request, in seconds since 1970-01-01T00:00:00Z. It is the only
    /// clock of a policy.
    pub fn received_at(&self) -> u64 {
        self.0.received_at
    }

    /// The address of the client, without the port.
    pub fn host(&self) -> &str {
        &self.0.client.host
    }

    /// How the client connects to the server, if the contract knows the transport.
    pub fn transport(&self) -> Option<Transport> {
        self.0.client.transport
    }

    /// The connection: what the client says about itself.
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// The server that asks.
    pub fn server(&self) -> &Server {
        &self.0.server
    }

    /// The public nkey that the server made for this connection and this request.
    pub fn user_nkey(&self) -> &str {
        &self.0.user_nkey
    }

    /// A further fact, from a host newer than this crate.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.0.attributes.iter();
        attributes
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All further facts, by name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let attributes = self.0.attributes.iter();
        attributes.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn new(request: types::Request) -> Self {
        Self(request)
    }
}

/// Shows the user name and the nkey, but no other credentials, because they must not be logged.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("received_at", &self.0.received_at)
            .field("user", &self.0.credentials.user)
            .field("nkey", &self.0.credentials.nkey)
            .field("client", &self.0.client)
            .field("server", &self.0.server)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[test]
    fn a_certificate_that_the_server_did_not_verify_is_none() {
        let mut request = testing::request()
            .certificate(testing::certificate())
            .build();
        let tls = request.0.tls.as_mut().unwrap();
        tls.presented = std::mem::take(&mut tls.verified);
        assert!(request.certificate().is_none());
    }

    #[test]
    fn the_debug_form_has_no_secrets() {
        let request = testing::request()
            .password("pa55")
            .token("t0k3n")
            .jwt("j.w.t")
            .build();
        let shown = format!("{request:?}");
        for secret in ["pa55", "t0k3n", "j.w.t"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn attributes_are_found_by_name() {
        let request = testing::request().attribute("region", "eu").build();
        assert_eq!(request.attribute("region"), Some("eu"));
        assert_eq!(request.attribute("zone"), None);
    }
}
