//! Placeholder values for what the flags and the request do not say: a server and a connection. They are the same
//! each time, so that the same question has the same answer.

use portcullis_callout::{NewKey, generate};
use portcullis_model::{
    Certificate, Client, Credentials, Request, Server, Timestamp, Tls, Transport,
};

pub(super) fn request(received_at: Timestamp) -> Request {
    Request {
        received_at,
        server: server(),
        client: client(),
        credentials: Credentials::default(),
        tls: None,
        sentinel: None,
        user_nkey: user_nkey(),
        attributes: Vec::new(),
    }
}

pub(super) fn server() -> Server {
    Server {
        id: "NEVAL".into(),
        name: "eval".into(),
        host: "0.0.0.0".into(),
        version: "2.15.1".into(),
        cluster: None,
        tags: Vec::new(),
    }
}

pub(super) fn client() -> Client {
    Client {
        id: 1,
        host: "127.0.0.1".into(),
        transport: Some(Transport::Nats),
        ..Client::default()
    }
}

/// A client with a verified chain has presented its own certificate.
pub(super) fn tls(verified: Vec<Certificate>) -> Tls {
    Tls {
        version: "1.3".into(),
        cipher: "TLS_AES_128_GCM_SHA256".into(),
        presented: verified.first().cloned().into_iter().collect(),
        verified,
    }
}

pub(super) fn user_nkey() -> String {
    // Any 32 bytes are a key.
    generate(NewKey::User, *b"portcullis eval: nobody connects")
        .map_or_else(|_| String::new(), |(_, public)| public)
}
