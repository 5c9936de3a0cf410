use std::fmt;
use std::hash::{Hash, Hasher};

use portcullis_model::Secret;

use super::{claims::RequestClaims, unsealed::Unsealed};

/// Who the client says it is, before any signature is checked. Anybody who may publish to the callout's subject can write
/// this. Use it to shed requests, and never to admit a client.
#[derive(Clone, Copy)]
pub struct Claimant<'a>(&'a RequestClaims);

impl fmt::Debug for Claimant<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Claimant").finish_non_exhaustive()
    }
}

impl Unsealed {
    /// The client of this request.
    pub fn claimant(&self) -> Claimant<'_> {
        Claimant(&self.claims)
    }
}

impl<'a> Claimant<'a> {
    /// The user name, if the client gave one.
    pub fn user(self) -> Option<&'a str> {
        self.0.nats.options.user.as_deref()
    }

    /// The address of the client, as its server sees it.
    pub fn host(self) -> &'a str {
        &self.0.nats.client.host
    }

    /// The name of the client's server.
    pub fn server(self) -> &'a str {
        &self.0.nats.server.name
    }

    /// Hashes the user name and everything that proves it: password, token, JWT, nkey and certificates.
    pub fn hash_credentials(self, hasher: &mut impl Hasher) {
        let options = &self.0.nats.options;
        let secrets = [&options.password, &options.token, &options.jwt];
        options.user.hash(hasher);
        secrets
            .map(|secret| secret.as_ref().map(Secret::expose))
            .hash(hasher);
        options.nkey.hash(hasher);
        let tls = self.0.nats.tls.as_ref();
        tls.map(|tls| (&tls.certs, &tls.verified_chains))
            .hash(hasher);
    }

    /// Hashes what a policy sees of the client besides its credentials, except what is new with each connection.
    pub fn hash_connection(self, hasher: &mut impl Hasher) {
        let (client, options) = (&self.0.nats.client, &self.0.nats.options);
        (&client.host, &client.kind, &client.transport).hash(hasher);
        (&client.name, &client.mqtt_id).hash(hasher);
        (&options.name, &options.lang, &options.version).hash(hasher);
        let server = &self.0.nats.server;
        (&server.id, &server.cluster, &server.tags).hash(hasher);
        self.0.nats.tls.is_some().hash(hasher);
    }
}
