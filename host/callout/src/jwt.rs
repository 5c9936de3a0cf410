//! JWTs as nats-io/jwt v2 writes them: three parts in unpadded base64url, signed with an nkey.

use aws_lc_rs::{
    digest::{SHA512_256, digest},
    signature::{ED25519, UnparsedPublicKey},
};
use bytes::Bytes;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    keys::Issuer,
    rejection::{Excerpt, Rejection},
};

/// `{"typ":"JWT","alg":"ed25519-nkey"}`
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ";
const SIGNATURE_BYTES: usize = 64;

/// The text of a token. A text that was sealed is wiped after use.
pub(super) enum Text {
    Plain(Bytes),
    Opened(Zeroizing<Vec<u8>>),
}

impl Text {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Opened(bytes) => bytes,
        }
    }
}

/// A token split into the signed text, the signature, and the claims as JSON.
pub(super) struct Token {
    text: Text,
    signed_bytes: usize,
    signature: [u8; SIGNATURE_BYTES],
    claims: Zeroizing<Vec<u8>>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(default)]
    typ: std::borrow::Cow<'a, str>,
    #[serde(default)]
    alg: std::borrow::Cow<'a, str>,
}

impl Token {
    pub(super) fn split(text: Text) -> Result<Self, Rejection> {
        let mut parts = text.bytes().split(|&byte| byte == b'.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Rejection::NotAToken(
                "it does not have three parts separated by dots",
            ));
        };
        check_header(header)?;
        let signed_bytes = header.len() + 1 + claims.len();
        let claims = decode(claims)
            .map(Zeroizing::new)
            .ok_or(Rejection::NotAToken("its claims are not base64url"))?;
        let signature = decode(signature)
            .and_then(|signature| signature.try_into().ok())
            .ok_or(Rejection::NotAToken(
                "its signature is not 64 bytes in base64url",
            ))?;
        Ok(Self {
            text,
            signed_bytes,
            signature,
            claims,
        })
    }

    pub(super) fn claims(&self) -> &[u8] {
        &self.claims
    }

    /// Checks that the holder of that server key signed the token.
    pub(super) fn verify(&self, server: &[u8; 32]) -> Result<(), Rejection> {
        let signed = self
            .text
            .bytes()
            .get(..self.signed_bytes)
            .ok_or(Rejection::Signature)?;
        verify_signature(server, signed, &self.signature)
            .then_some(())
            .ok_or(Rejection::Signature)
    }
}

fn check_header(header: &[u8]) -> Result<(), Rejection> {
    let header = decode(header).ok_or(Rejection::NotAToken("its header is not base64url"))?;
    let header: Header<'_> = serde_json::from_slice(&header)
        .map_err(|_| Rejection::NotAToken("its header is not JSON with typ and alg"))?;
    if header.typ.eq_ignore_ascii_case("JWT") && header.alg.eq_ignore_ascii_case("ed25519-nkey") {
        return Ok(());
    }
    Err(Rejection::Algorithm {
        typ: Excerpt::new(&header.typ),
        alg: Excerpt::new(&header.alg),
    })
}

pub(super) fn verify_signature(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, key)
        .verify(message, signature)
        .is_ok()
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text).ok()
}

/// Claims in the order of nats-io/jwt, because the id of the token is their hash.
#[derive(Serialize)]
pub(super) struct Claims<'a, N> {
    pub(super) aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exp: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) jti: String,
    pub(super) iat: u64,
    pub(super) iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    pub(super) sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nats: Option<N>,
}

/// Appends the signed token to `out`. `None` if the crypto library failed.
pub(super) fn sign<N: Serialize>(
    issuer: &Issuer,
    mut claims: Claims<'_, N>,
    out: &mut Vec<u8>,
) -> Option<()> {
    let nats = claims.nats.take();
    let hash = digest(&SHA512_256, &serde_json::to_vec(&claims).ok()?);
    claims.jti = BASE32_NOPAD.encode(hash.as_ref());
    claims.nats = nats;
    let start = out.len();
    out.extend_from_slice(HEADER.as_bytes());
    out.push(b'.');
    append_base64(out, &serde_json::to_vec(&claims).ok()?)?;
    let signature = issuer.sign(out.get(start..)?)?;
    out.push(b'.');
    append_base64(out, signature.as_ref())
}

fn append_base64(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let start = out.len();
    out.resize(start + BASE64URL_NOPAD.encode_len(bytes.len()), 0);
    BASE64URL_NOPAD.encode_mut(bytes, out.get_mut(start..)?);
    Some(())
}
