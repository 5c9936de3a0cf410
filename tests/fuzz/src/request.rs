//! Requests of real servers, from the fixtures of `host/callout`.

use std::fs;
use std::path::{Path, PathBuf};

use crypto_box::aead::{Aead, Nonce};
use crypto_box::{PublicKey, SalsaBox, SecretKey};
use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD};
use portcullis_callout::Keyring;
use portcullis_model::Secret;
use serde_json::{Value, json};

use crate::allowance::Allowance;
use crate::server::{NOW, PARTIES};

const FIXTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../host/callout/src/fixtures"
);
const KEYS: &str = include_str!("../../../host/callout/src/fixtures/keys.json");
const VERSION: &[u8] = b"xkv1";
const NONCE_BYTES: usize = 24;

/// A request as it was captured.
pub struct Captured {
    pub name: String,
    pub header_xkey: Option<String>,
    pub payload: Vec<u8>,
}

/// All captured requests.
pub fn captured() -> Vec<Captured> {
    let mut files: Vec<PathBuf> = Vec::new();
    for version in fs::read_dir(FIXTURES).expect("the fixtures").flatten() {
        if version.path().is_dir() {
            let cases = fs::read_dir(version.path()).expect("a folder");
            files.extend(cases.flatten().map(|case| case.path()));
        }
    }
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Captured {
    let fixture: Value = parse(&fs::read_to_string(path).expect("a fixture"));
    let text = |name: &str| fixture[name].as_str().map(str::to_owned);
    let payload = text("payload").expect("a payload");
    let payload = match fixture["sealed"].as_bool() {
        Some(true) => BASE64.decode(payload.as_bytes()).expect("base64"),
        _ => payload.into_bytes(),
    };
    let (server, case) = (text("server"), text("case"));
    Captured {
        name: [server, case].map(Option::unwrap_or_default).join("-"),
        header_xkey: text("header_xkey"),
        payload,
    }
}

/// The service that the captured requests were meant for, with its xkey and without.
pub fn asked() -> [Keyring<Allowance>; 2] {
    let seeds = parse(KEYS);
    let seed = |name: &str| Secret::from(seeds[name].as_str().expect("a seed"));
    let issuers = [seed("issuer_seed")];
    let xkeys = [seed("xkey_seed")];
    [&xkeys[..], &[]].map(|xkeys| Keyring::parse(&issuers, xkeys).expect("keys"))
}

impl Captured {
    /// The claims, as if the server with our keys had sent them now.
    pub fn claims(&self) -> String {
        let token = self.token();
        let claims = token.split('.').nth(1).expect("claims");
        let claims = BASE64URL_NOPAD
            .decode(claims.as_bytes())
            .expect("base64url");
        let mut claims: Value = serde_json::from_slice(&claims).expect("JSON");
        let ours = [
            ("/iss", json!(PARTIES.server)),
            ("/sub", json!(PARTIES.issuer)),
            ("/iat", json!(NOW)),
            ("/exp", json!(NOW + 2)),
            ("/nats/server_id/id", json!(PARTIES.server)),
            ("/nats/server_id/xkey", json!(PARTIES.server_xkey)),
            ("/nats/user_nkey", json!(PARTIES.user)),
        ];
        for (path, value) in ours {
            let (parent, name) = path.rsplit_once('/').expect("a path");
            let parent = claims.pointer_mut(parent).and_then(Value::as_object_mut);
            parent.expect("a parent").insert(name.to_owned(), value);
        }
        claims.to_string()
    }

    fn token(&self) -> String {
        let plain = match self.payload.strip_prefix(VERSION) {
            Some(sealed) => self.unseal(sealed),
            None => self.payload.clone(),
        };
        String::from_utf8(plain).expect("a token")
    }

    fn unseal(&self, sealed: &[u8]) -> Vec<u8> {
        let key = |text: &str, from: usize| -> [u8; 32] {
            let bytes = BASE32_NOPAD.decode(text.as_bytes()).expect("base32");
            bytes[from..from + 32].try_into().expect("32 bytes")
        };
        let theirs = PublicKey::from(key(self.header_xkey.as_deref().expect("a header"), 1));
        let seeds = parse(KEYS);
        let ours = SecretKey::from(key(seeds["xkey_seed"].as_str().expect("a seed"), 2));
        let (nonce, text) = sealed.split_at(NONCE_BYTES);
        let nonce = Nonce::<SalsaBox>::from_slice(nonce);
        SalsaBox::new(&theirs, &ours)
            .decrypt(nonce, text)
            .expect("it opens")
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
