//! Turns messages of the test server into the types of this crate.

use portcullis_test_server::{Message, Server as TestServer};
pub(super) use portcullis_test_server::{sign_nonce, user_key};
use serde_json::Value;

use super::*;

pub(super) struct Server(TestServer);

impl Server {
    pub(super) fn new(byte: u8) -> Self {
        Self(TestServer::new(byte))
    }

    pub(super) fn id(&self) -> String {
        self.0.id()
    }

    pub(super) fn xkey(&self) -> &str {
        self.0.xkey()
    }

    pub(super) fn claims(&self, user: u8) -> Value {
        self.0.claims(user)
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        self.0.sign(claims)
    }

    pub(super) fn sign_as(&self, header: &Value, claims: &Value) -> String {
        self.0.sign_as(header, claims)
    }

    pub(super) fn plain(&self, claims: &Value) -> Inbound {
        inbound(self.0.plain(claims))
    }

    pub(super) fn sealed(&self, ours: u8, claims: &Value) -> Inbound {
        inbound(self.0.sealed(ours, claims))
    }

    pub(super) fn seal(&self, ours: u8, text: &[u8]) -> Inbound {
        inbound(self.0.seal(ours, text))
    }

    pub(super) fn open(&self, ours: u8, answer: &[u8]) -> Vec<u8> {
        self.0.open(ours, answer)
    }
}

fn inbound(message: Message) -> Inbound {
    Inbound {
        payload: Bytes::from(message.payload),
        server_xkey: message.server_xkey,
    }
}

pub(super) fn plain(text: impl Into<Vec<u8>>) -> Inbound {
    Inbound {
        payload: Bytes::from(text.into()),
        server_xkey: None,
    }
}
