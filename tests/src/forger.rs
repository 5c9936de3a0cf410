//! A client that plays nats-server: it makes, signs and seals authorization requests, good ones and bad ones, and opens the
//! answers. It needs a server without `auth_callout`: with it, no client may publish on the subject.

use std::time::Duration;

use async_nats::{Client, HeaderMap};
use crypto_box::aead::{Aead, AeadCore, OsRng};
use crypto_box::{PublicKey, SalsaBox, SecretKey};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use futures::StreamExt;
use nkeys::{KeyPair, XKey};
use serde_json::{Value, json};

use crate::keys::Keys;
use crate::{PATIENCE, unix_now};

pub const SUBJECT: &str = "$SYS.REQ.USER.AUTH";
const VERSION: &[u8] = b"xkv1";
const NONCE_BYTES: usize = 24;

/// The identity of a pretended server, and its connection.
pub struct Forger {
    client: Client,
    server: KeyPair,
    xkey: String,
    seal: SalsaBox,
    service: Keys,
}

/// A request before it is sent; everything in it can be changed.
pub struct Request {
    pub claims: Value,
    pub signer: KeyPair,
    /// The header `Nats-Server-Xkey`.
    pub header: Option<String>,
    pub sealed: bool,
    /// Replaces the last byte of the signature.
    pub spoil_signature: bool,
}

/// An answer, opened and verified.
#[derive(Debug)]
pub struct Answer {
    pub response: Value,
    /// The claims of the user JWT of an allow.
    pub user: Option<Value>,
    /// Whether the signature of each JWT is that of its `iss`.
    pub signed: bool,
}

impl Forger {
    pub fn new(client: Client, service: &Keys) -> Self {
        let xkey = XKey::new();
        let seed = BASE32_NOPAD
            .decode(xkey.seed().expect("a seed").as_bytes())
            .expect("base32");
        let secret = SecretKey::from(raw_key(&seed, 2));
        let public = BASE32_NOPAD
            .decode(service.xkey.as_bytes())
            .expect("base32");
        let seal = SalsaBox::new(&PublicKey::from(raw_key(&public, 1)), &secret);
        let server = KeyPair::new_server();
        Self {
            client,
            server,
            xkey: xkey.public_key(),
            seal,
            service: service.clone(),
        }
    }

    /// The request of a server of version 2.15.1 for a client with user and password.
    pub fn request(&self, user: &str, password: &str) -> Request {
        let now = unix_now();
        let id = self.server.public_key();
        let user_nkey = KeyPair::new_user().public_key();
        let claims = json!({
            "aud": "nats-authorization-request", "exp": now + 2, "iat": now, "iss": id, "jti": user_nkey,
            "sub": self.service.issuer,
            "nats": {
                "server_id": { "name": "forged", "host": "127.0.0.1", "id": id, "version": "2.15.1", "xkey": self.xkey },
                "user_nkey": user_nkey,
                "client_info": {
                    "host": "127.0.0.1", "id": 7, "user": user, "name": user, "name_tag": user,
                    "kind": "Client", "type": "nats",
                },
                "connect_opts": { "user": user, "pass": password, "name": user, "lang": "rust", "version": "1", "protocol": 1 },
                "type": "authorization_request", "version": 2,
            },
        });
        Request {
            claims,
            signer: KeyPair::from_seed(&self.server.seed().expect("a seed")).expect("a key"),
            header: Some(self.xkey.clone()),
            sealed: true,
            spoil_signature: false,
        }
    }

    /// The bytes on the wire.
    pub fn encode(&self, request: &Request) -> Vec<u8> {
        let token = token(&request.claims, &request.signer, request.spoil_signature);
        if request.sealed {
            self.seal(token.as_bytes())
        } else {
            token.into_bytes()
        }
    }

    /// Seals for the service, as nats-server does: version, nonce, box.
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let nonce = SalsaBox::generate_nonce(&mut OsRng);
        let sealed = self.seal.encrypt(&nonce, plain).expect("sealed");
        [VERSION, nonce.as_slice(), &sealed].concat()
    }

    /// Sends the request and waits for the answer.
    pub async fn ask(&self, request: &Request) -> Answer {
        let payload = self.encode(request);
        let reply = self.send(payload, request.header.as_deref()).await;
        self.open(&reply.wait(PATIENCE).await.expect("an answer"))
            .expect("an answer that opens")
    }

    /// Sends any bytes. The answer, if there is one, arrives at the returned reply.
    pub async fn send(&self, payload: Vec<u8>, header: Option<&str>) -> Reply {
        let inbox = self.client.new_inbox();
        let subscription = self
            .client
            .subscribe(inbox.clone())
            .await
            .expect("subscribed");
        let mut headers = HeaderMap::new();
        if let Some(xkey) = header {
            headers.insert("Nats-Server-Xkey", xkey);
        }
        let sent =
            self.client
                .publish_with_reply_and_headers(SUBJECT, inbox, headers, payload.into());
        sent.await.expect("published");
        Reply(subscription)
    }

    /// Opens an answer and reads both JWTs; `None` if it is not an answer.
    pub fn open(&self, answer: &[u8]) -> Option<Answer> {
        let plain = match answer.strip_prefix(VERSION) {
            Some(sealed) => {
                let (nonce, sealed) = sealed.split_at_checked(NONCE_BYTES)?;
                self.seal.decrypt(nonce.into(), sealed).ok()?
            }
            None => answer.to_vec(),
        };
        let (response, response_signed) = read_token(std::str::from_utf8(&plain).ok()?)?;
        let user = match response["nats"]["jwt"].as_str() {
            Some(token) => Some(read_token(token)?),
            None => None,
        };
        let user_signed = user.as_ref().is_none_or(|(_, signed)| *signed);
        let user = user.map(|(claims, _)| claims);
        Some(Answer {
            response,
            user,
            signed: response_signed && user_signed,
        })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn xkey(&self) -> &str {
        &self.xkey
    }
}

impl Request {
    /// The same with one claim changed; `path` as in `/nats/server_id/id`. `Value::Null` removes the claim.
    pub fn with(mut self, path: &str, value: Value) -> Self {
        let (parent, name) = path.rsplit_once('/').expect("a path");
        let parent = self
            .claims
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .expect("a parent");
        if value.is_null() {
            parent.remove(name);
        } else {
            parent.insert(name.to_owned(), value);
        }
        self
    }
}

/// Where an answer would arrive.
pub struct Reply(async_nats::Subscriber);

impl Reply {
    pub async fn wait(mut self, patience: Duration) -> Option<Vec<u8>> {
        let message = tokio::time::timeout(patience, self.0.next()).await.ok()??;
        Some(message.payload.to_vec())
    }

    /// The number of answers that arrive; waits for at most `wanted`.
    pub async fn collect(replies: Vec<Self>, wanted: usize) -> usize {
        let answers = futures::stream::select_all(replies.into_iter().map(|reply| reply.0));
        let mut answers = answers.take(wanted);
        let mut count = 0;
        while let Ok(Some(_)) = tokio::time::timeout(PATIENCE, answers.next()).await {
            count += 1;
        }
        count
    }

    /// Whether an answer has arrived by now.
    pub async fn has_come(&mut self) -> bool {
        futures::poll!(self.0.next()).is_ready()
    }
}

impl Answer {
    pub fn allows(&self) -> bool {
        self.user.is_some() && self.response["nats"]["error"].is_null()
    }
}

/// A JWT as nats-io/jwt version 2 writes it.
pub fn token(claims: &Value, signer: &KeyPair, spoil: bool) -> String {
    let header = BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"ed25519-nkey"}"#);
    let body = BASE64URL_NOPAD.encode(claims.to_string().as_bytes());
    let signed = format!("{header}.{body}");
    let mut signature = signer.sign(signed.as_bytes()).expect("signed");
    if spoil && let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// The claims, and whether the signature is that of the issuer.
pub fn read_token(token: &str) -> Option<(Value, bool)> {
    let (signed, signature) = token.rsplit_once('.')?;
    let body = BASE64URL_NOPAD
        .decode(signed.split('.').nth(1)?.as_bytes())
        .ok()?;
    let claims: Value = serde_json::from_slice(&body).ok()?;
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
    let issuer = KeyPair::from_public_key(claims["iss"].as_str()?).ok()?;
    Some((claims, issuer.verify(signed.as_bytes(), &signature).is_ok()))
}

fn raw_key(bytes: &[u8], from: usize) -> [u8; 32] {
    bytes
        .get(from..from + 32)
        .and_then(|key| key.try_into().ok())
        .expect("32 bytes of key")
}
