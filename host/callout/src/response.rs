use portcullis_model::{Admission, ResponseRule, Rules, SubjectRules};
use serde::Serialize;

use super::{
    envelope::HEAD_BYTES,
    jwt::{self, Claims},
    keys::{Issuer, Signer},
    verified::Verified,
};

/// The largest token that nats-io/jwt reads (`MaxTokenSize`).
const TOKEN_BYTES_MAX: usize = 1024 * 1024;
const NANOSECONDS_IN_A_MILLISECOND: i64 = 1_000_000;

/// Why no answer could be made. The client gets none then.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    #[error(
        "the seed of the issuer {issuer} was removed while a request for it was decided; keep the old seed beside the new one until every server uses the new one"
    )]
    NoIssuer { issuer: String },
    #[error(
        "the answer has {bytes} bytes, but nats-server reads at most {limit}; grant fewer subjects: a wildcard can replace many"
    )]
    TooLarge { bytes: usize, limit: usize },
    #[error("the answer could not be signed or sealed: the cryptographic library refused")]
    Crypto,
}

impl ReplyError {
    /// A word from a fixed list, to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoIssuer { .. } => "no_issuer",
            Self::TooLarge { .. } => "answer_too_large",
            Self::Crypto => "crypto",
        }
    }
}

/// The permissions of a user JWT (nats-io/jwt v2 `Permissions`). Without rules there are none, and the server applies the
/// account's.
#[derive(Debug, Serialize)]
pub struct PermissionClaims<'a> {
    #[serde(rename = "pub")]
    publish: SubjectClaims<'a>,
    #[serde(rename = "sub")]
    subscribe: SubjectClaims<'a>,
    #[serde(rename = "resp", skip_serializing_if = "Option::is_none")]
    responses: Option<ResponseClaims>,
}

#[derive(Serialize)]
struct UserClaims<'a> {
    #[serde(flatten)]
    permissions: PermissionClaims<'a>,
    /// These three are -1, no limit, because a server reads a missing one as 0. It applies none of them to callout users.
    subs: i64,
    data: i64,
    payload: i64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
}

#[derive(Debug, Default, Serialize)]
struct SubjectClaims<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    allow: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    deny: &'a [String],
}

#[derive(Debug, Serialize)]
struct ResponseClaims {
    max: i64,
    ttl: i64,
}

#[derive(Serialize)]
struct AnswerClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    jwt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
}

pub(super) fn allow(
    keys: &Signer,
    verified: &Verified,
    admission: &impl Admission,
    nonce: [u8; 24],
) -> Result<Vec<u8>, ReplyError> {
    let issuer = find_issuer(keys, verified)?;
    let claims = Claims {
        aud: admission.account(),
        exp: Some(admission.expires_at()),
        jti: String::new(),
        iat: verified.issued_at,
        iss: issuer.public(),
        name: admission.name(),
        sub: &verified.request.user_nkey,
        nats: Some(user_claims(admission)),
    };
    let mut user = Vec::with_capacity(1_024);
    jwt::sign(issuer, claims, &mut user).ok_or(ReplyError::Crypto)?;
    let user = str::from_utf8(&user).map_err(|_| ReplyError::Crypto)?;
    answer(issuer, verified, Some(user), None, nonce)
}

pub(super) fn deny(
    keys: &Signer,
    verified: &Verified,
    nonce: [u8; 24],
) -> Result<Vec<u8>, ReplyError> {
    let issuer = find_issuer(keys, verified)?;
    let error = format!("authorization denied (id {})", verified.correlation_id());
    answer(issuer, verified, None, Some(&error), nonce)
}

fn find_issuer<'a>(keys: &'a Signer, verified: &Verified) -> Result<&'a Issuer, ReplyError> {
    keys.issuer(&verified.issuer)
        .ok_or_else(|| ReplyError::NoIssuer {
            issuer: verified.issuer.clone(),
        })
}

fn answer(
    issuer: &Issuer,
    verified: &Verified,
    jwt: Option<&str>,
    error: Option<&str>,
    nonce: [u8; 24],
) -> Result<Vec<u8>, ReplyError> {
    let claims = Claims {
        aud: &verified.request.server.id,
        exp: None,
        jti: String::new(),
        iat: verified.issued_at,
        iss: issuer.public(),
        name: None,
        sub: &verified.request.user_nkey,
        nats: Some(AnswerClaims {
            jwt,
            error,
            kind: "authorization_response",
            version: 2,
        }),
    };
    let head = if verified.seal.is_some() {
        HEAD_BYTES
    } else {
        0
    };
    let mut out = Vec::with_capacity(head + 1_024 + jwt.map_or(0, |jwt| jwt.len() * 3 / 2));
    out.resize(head, 0);
    jwt::sign(issuer, claims, &mut out).ok_or(ReplyError::Crypto)?;
    let bytes = out.len() - head;
    if bytes > TOKEN_BYTES_MAX {
        return Err(ReplyError::TooLarge {
            bytes,
            limit: TOKEN_BYTES_MAX,
        });
    }
    if let Some(seal) = &verified.seal {
        seal.close(&nonce, &mut out).ok_or(ReplyError::Crypto)?;
    }
    Ok(out)
}

fn user_claims<A: Admission>(admission: &A) -> UserClaims<'_> {
    UserClaims {
        permissions: permission_claims(admission.rules()),
        subs: -1,
        data: -1,
        payload: -1,
        tags: admission.tags(),
        kind: "user",
        version: 2,
    }
}

/// The permissions that `allow` signs for these rules.
pub fn permission_claims(rules: Option<&Rules>) -> PermissionClaims<'_> {
    PermissionClaims {
        publish: subject_claims(rules.map(|rules| &rules.publish)),
        subscribe: subject_claims(rules.map(|rules| &rules.subscribe)),
        responses: rules.and_then(|rules| rules.responses).map(response_claims),
    }
}

fn subject_claims(rules: Option<&SubjectRules>) -> SubjectClaims<'_> {
    rules.map_or_else(SubjectClaims::default, |rules| SubjectClaims {
        allow: &rules.allow,
        deny: &rules.deny,
    })
}

/// The server reads 0 as its default and a negative number as no limit (nats-server `responseAllowed`).
fn response_claims(rule: ResponseRule) -> ResponseClaims {
    let max = if rule.max_messages == u32::MAX {
        -1
    } else {
        rule.max_messages.into()
    };
    let ttl = i64::try_from(rule.expires_in_ms)
        .ok()
        .and_then(|milliseconds| milliseconds.checked_mul(NANOSECONDS_IN_A_MILLISECOND))
        .unwrap_or(-1);
    ResponseClaims { max, ttl }
}
