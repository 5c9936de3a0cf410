//! Plays nats-server: it signs and seals what the fuzzer wrote, so that the checks behind seal and signature are reached. All
//! keys are fixed, so that an input means the same in every run.

use std::sync::LazyLock;

use bytes::Bytes;
use crypto_box::aead::{Aead, Nonce};
use crypto_box::{PublicKey, SalsaBox, SecretKey};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use nkeys::{KeyPair, KeyPairType, XKey};
use portcullis_callout::{Inbound, Keyring, NewKey, generate};
use serde_json::Value;

use crate::allowance::Allowance;

/// The time at which every request arrives.
pub const NOW: u64 = 1_790_000_000;

/// The header of a JWT, as nats-io/jwt writes it.
pub const HEADER: &str = r#"{"typ":"JWT","alg":"ed25519-nkey"}"#;

const VERSION: &[u8] = b"xkv1";
const NONCE_BYTES: usize = 24;

/// A server and the service that it asks.
pub struct Parties {
    pub server_key: KeyPair,
    pub server: String,
    pub server_xkey: String,
    pub user: String,
    pub issuer: String,
    /// The service with an xkey, and without one.
    pub sealed: Keyring<Allowance>,
    pub plain: Keyring<Allowance>,
    seal: SalsaBox,
}

pub static PARTIES: LazyLock<Parties> = LazyLock::new(Parties::new);

impl Parties {
    fn new() -> Self {
        let pair = |kind, byte| KeyPair::new_from_raw(kind, [byte; 32]).expect("a key");
        let server_key = pair(KeyPairType::Server, 1);
        let (issuer_seed, issuer) = generate(NewKey::Issuer, [2; 32]).expect("a key");
        let (xkey_seed, xkey) = generate(NewKey::Xkey, [3; 32]).expect("a key");
        let issuers = [issuer_seed];
        let public = PublicKey::from(raw_key(&xkey));
        Self {
            server: server_key.public_key(),
            server_key,
            server_xkey: XKey::new_from_raw([4; 32]).public_key(),
            user: pair(KeyPairType::User, 5).public_key(),
            issuer,
            sealed: Keyring::parse(&issuers, &[xkey_seed]).expect("keys"),
            plain: Keyring::parse(&issuers, &[]).expect("keys"),
            seal: SalsaBox::new(&public, &SecretKey::from([4; 32])),
        }
    }

    /// A token with these claims, signed by the server.
    pub fn token(&self, header: &str, claims: &str) -> String {
        let header = BASE64URL_NOPAD.encode(header.as_bytes());
        let claims = BASE64URL_NOPAD.encode(claims.as_bytes());
        let signed = format!("{header}.{claims}");
        let signature = self
            .server_key
            .sign(signed.as_bytes())
            .expect("a signature");
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    pub fn plain(&self, token: &str) -> Inbound {
        self.inbound(token.as_bytes().to_vec())
    }

    pub fn sealed(&self, token: &str) -> Inbound {
        let nonce = [7; NONCE_BYTES];
        let text = self.seal.encrypt(&nonce.into(), token.as_bytes());
        self.inbound([VERSION, &nonce, &text.expect("sealed")].concat())
    }

    fn inbound(&self, payload: Vec<u8>) -> Inbound {
        Inbound {
            payload: Bytes::from(payload),
            server_xkey: Some(self.server_xkey.clone()),
        }
    }

    /// The claims of an answer, after its seal and its signature were checked.
    pub fn open(&self, answer: &[u8]) -> Value {
        let plain = match answer.strip_prefix(VERSION) {
            Some(sealed) => {
                let (nonce, text) = sealed.split_at(NONCE_BYTES);
                let nonce = Nonce::<SalsaBox>::from_slice(nonce);
                // crypto_box puts the tag in front, as NaCl does.
                self.seal.decrypt(nonce, text).expect("it opens")
            }
            None => answer.to_vec(),
        };
        self.read_token(std::str::from_utf8(&plain).expect("a text"))
    }

    pub fn read_token(&self, token: &str) -> Value {
        let (signed, signature) = token.rsplit_once('.').expect("a token");
        let (_, claims) = signed.split_once('.').expect("a token");
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes());
        let issuer = KeyPair::from_public_key(&self.issuer).expect("a key");
        let genuine = issuer.verify(signed.as_bytes(), &signature.expect("base64url"));
        assert!(genuine.is_ok(), "the answer is not signed by the issuer");
        let claims = BASE64URL_NOPAD.decode(claims.as_bytes());
        serde_json::from_slice(&claims.expect("base64url")).expect("JSON")
    }
}

/// The 32 bytes of a public key.
fn raw_key(public: &str) -> [u8; 32] {
    let bytes = BASE32_NOPAD.decode(public.as_bytes()).expect("base32");
    bytes[1..33].try_into().expect("32 bytes")
}
