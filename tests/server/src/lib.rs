//! Plays nats-server with keys of its own: it makes the messages of a server, and some that no server sends.
//!
//! It implements the protocol itself and uses none of the host's crates, so that it does not repeat their faults.

use crypto_box::aead::AeadInPlace;
use crypto_box::{SalsaBox, SecretKey};
use data_encoding::BASE64URL_NOPAD;
use nkeys::{KeyPair, KeyPairType, XKey};
use serde_json::{Value, json};

/// The time of all of its requests.
pub const NOW: u64 = 1_790_000_000;

/// What it publishes.
pub struct Message {
    pub payload: Vec<u8>,
    /// The value of the header `Nats-Server-Xkey`.
    pub server_xkey: Option<String>,
}

pub struct Server {
    pair: KeyPair,
    xkey: SecretKey,
    xkey_text: String,
}

impl Server {
    /// A server with keys made from this byte.
    pub fn new(byte: u8) -> Self {
        Self {
            pair: KeyPair::new_from_raw(KeyPairType::Server, [byte; 32]).unwrap(),
            xkey: SecretKey::from_bytes([byte; 32]),
            xkey_text: XKey::new_from_raw([byte; 32]).public_key(),
        }
    }

    pub fn id(&self) -> String {
        self.pair.public_key()
    }

    pub fn xkey(&self) -> &str {
        &self.xkey_text
    }

    /// Claims as a server 2.15 makes them for `alice`, asking for issuer 1.
    pub fn claims(&self, user: u8) -> Value {
        json!({
            "aud": "nats-authorization-request", "exp": NOW + 2, "jti": "ID", "iat": NOW,
            "iss": self.id(), "sub": account_key(1),
            "nats": {
                "server_id": {"name": "s1", "host": "127.0.0.1", "id": self.id(), "version": "2.15.1"},
                "user_nkey": user_key(user),
                "client_info": {"host": "10.0.0.9", "id": 7, "user": "alice", "kind": "Client", "type": "nats"},
                "connect_opts": {"user": "alice", "pass": "wonder", "protocol": 1},
                "type": "authorization_request", "version": 2
            }
        })
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(&json!({"typ": "JWT", "alg": "ed25519-nkey"}), claims)
    }

    pub fn sign_as(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = BASE64URL_NOPAD.encode(&self.pair.sign(signed.as_bytes()).unwrap());
        format!("{signed}.{signature}")
    }

    pub fn plain(&self, claims: &Value) -> Message {
        Message {
            payload: self.sign(claims).into(),
            server_xkey: None,
        }
    }

    /// Sealed for the xkey made from the byte `ours`, with the server's own xkey in the claims and in the header.
    pub fn sealed(&self, ours: u8, claims: &Value) -> Message {
        let mut claims = claims.clone();
        claims["nats"]["server_id"]["xkey"] = json!(self.xkey());
        self.seal(ours, self.sign(&claims).as_bytes())
    }

    pub fn seal(&self, ours: u8, text: &[u8]) -> Message {
        let mut sealed = text.to_vec();
        let tag = self
            .shared(ours)
            .encrypt_in_place_detached(&[9; 24].into(), b"", &mut sealed);
        Message {
            payload: [b"xkv1", &[9; 24][..], &tag.unwrap(), &sealed].concat(),
            server_xkey: Some(self.xkey().to_owned()),
        }
    }

    /// Opens an answer sealed for this server.
    pub fn open(&self, ours: u8, answer: &[u8]) -> Vec<u8> {
        assert_eq!(&answer[..4], b"xkv1");
        let (nonce, tag, mut text) = (&answer[4..28], &answer[28..44], answer[44..].to_vec());
        self.shared(ours)
            .decrypt_in_place_detached(nonce.into(), b"", &mut text, tag.into())
            .unwrap();
        text
    }

    fn shared(&self, ours: u8) -> SalsaBox {
        SalsaBox::new(&SecretKey::from_bytes([ours; 32]).public_key(), &self.xkey)
    }
}

/// The public key of the user made from this byte.
pub fn user_key(byte: u8) -> String {
    public_key(KeyPairType::User, byte)
}

/// The public key of the account made from this byte.
pub fn account_key(byte: u8) -> String {
    public_key(KeyPairType::Account, byte)
}

/// A client's signature of a server's nonce, by the user made from this byte.
pub fn sign_nonce(byte: u8, nonce: &str) -> Vec<u8> {
    let pair = KeyPair::new_from_raw(KeyPairType::User, [byte; 32]).unwrap();
    pair.sign(nonce.as_bytes()).unwrap()
}

fn public_key(kind: KeyPairType, byte: u8) -> String {
    KeyPair::new_from_raw(kind, [byte; 32])
        .unwrap()
        .public_key()
}
