use std::fmt;

use portcullis_model::{Timestamp, quoted};

/// Why a request gets no answer: only our own servers get answers, and they do not send such a request.
///
/// The texts show the values that were compared, but no secrets. Values from the peer are quoted and cut.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("the request is empty")]
    Empty,
    #[error("the request has {bytes} bytes, too few for a plain or a sealed token")]
    TooShort { bytes: usize },
    #[error("the request has {bytes} bytes, but at most {limit} are accepted")]
    TooLarge { bytes: usize, limit: usize },
    #[error(
        "the request is not sealed, but an xkey is set here; set the same `xkey` in the server's auth_callout, or remove the xkey here"
    )]
    NotSealed,
    #[error(
        "the request is sealed, but no xkey is set here; give the seed of the `xkey` in the server's auth_callout, or remove that `xkey`"
    )]
    Sealed,
    #[error(
        "the request is sealed but has no Nats-Server-Xkey header, which every server sends with a sealed request"
    )]
    NoServerXkey,
    #[error("the Nats-Server-Xkey header is {given:?}, which is not a public xkey")]
    BadServerXkey { given: Excerpt },
    #[error("the request is neither a token nor sealed in the form xkv1")]
    NoEnvelope,
    #[error(
        "the request cannot be opened with {ours}: it is sealed for another xkey, or not by {theirs:?}; set `xkey` in the server's auth_callout to one of ours"
    )]
    WrongXkey { ours: String, theirs: Excerpt },
    #[error("the request is not a token: {0}")]
    NotAToken(&'static str),
    #[error("the token has typ {typ:?} and alg {alg:?}, but servers send JWT with ed25519-nkey")]
    Algorithm { typ: Excerpt, alg: Excerpt },
    #[error("the claims cannot be read: {category} at column {column}")]
    Claims {
        category: &'static str,
        column: usize,
    },
    #[error("the claims have no {0}, which every server sends")]
    Missing(&'static str),
    #[error(
        "the claims have type {kind:?} and version {version}, but only authorization_request up to version 2 is supported"
    )]
    Kind { kind: Excerpt, version: u32 },
    #[error("the audience is {given:?}, not nats-authorization-request")]
    Audience { given: Excerpt },
    #[error("the issuer is {given:?}, which is not a public key of a server")]
    NotAServer { given: Excerpt },
    #[error("the issuer is {issuer:?}, but the claims name the server {server:?}")]
    Issuer { issuer: Excerpt, server: Excerpt },
    #[error("the user nkey is {given:?}, which is not a public key of a user")]
    UserNkey { given: Excerpt },
    #[error("the xkey in the header is {header:?}, but the signed claims have {claimed:?}")]
    XkeyMismatch { header: Excerpt, claimed: Excerpt },
    #[error(
        "the server expects the issuer {wanted:?}, but we have {ours}; set `issuer` in its auth_callout to one of ours, or give the seed of the expected issuer"
    )]
    UnknownIssuer { wanted: Excerpt, ours: String },
    #[error(
        "the request was issued at {issued_at} by the server's clock, {ahead} seconds after {received_at} by ours; at most {tolerance} are tolerated: correct the clocks"
    )]
    IssuedLater {
        issued_at: Timestamp,
        received_at: Timestamp,
        ahead: u64,
        tolerance: u64,
    },
    #[error(
        "the request expired at {expires_at} by the server's clock, {late} seconds before {received_at} by ours; at most {tolerance} are tolerated: correct the clocks"
    )]
    Expired {
        expires_at: Timestamp,
        received_at: Timestamp,
        late: u64,
        tolerance: u64,
    },
    #[error("the issuer did not sign this token: the signature is wrong")]
    Signature,
    #[error("the client's signature of the nonce does not match its nkey {nkey:?}")]
    ClientSignature { nkey: Excerpt },
    #[error("certificate {position} of the client's {chain} cannot be read: {fault}")]
    Certificate {
        chain: &'static str,
        position: usize,
        fault: &'static str,
    },
    #[error("the user nkey {user:?} was already answered")]
    Replayed { user: Excerpt },
}

impl Rejection {
    /// A word from a fixed list, to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooShort { .. } => "too_short",
            Self::TooLarge { .. } => "too_large",
            Self::NotSealed => "not_sealed",
            Self::Sealed => "sealed",
            Self::NoServerXkey | Self::BadServerXkey { .. } => "server_xkey",
            Self::NoEnvelope | Self::NotAToken(_) => "garbage",
            Self::WrongXkey { .. } => "wrong_xkey",
            Self::Algorithm { .. } => "algorithm",
            Self::Claims { .. } | Self::Missing(_) => "claims",
            Self::Kind { .. } => "type",
            Self::Audience { .. } => "audience",
            Self::NotAServer { .. } | Self::Issuer { .. } => "issuer_mismatch",
            Self::UserNkey { .. } => "user_nkey",
            Self::XkeyMismatch { .. } => "xkey_mismatch",
            Self::UnknownIssuer { .. } => "unknown_issuer",
            Self::IssuedLater { .. } => "issued_in_future",
            Self::Expired { .. } => "expired",
            Self::Signature => "signature",
            Self::ClientSignature { .. } => "client_signature",
            Self::Certificate { .. } => "certificate",
            Self::Replayed { .. } => "replayed",
        }
    }

    /// Whether a server that is set up for other keys, or whose clock is wrong, causes this with each of its requests.
    pub fn is_of_setup(&self) -> bool {
        matches!(
            self,
            Self::NotSealed
                | Self::Sealed
                | Self::WrongXkey { .. }
                | Self::UnknownIssuer { .. }
                | Self::IssuedLater { .. }
                | Self::Expired { .. }
        )
    }

    pub(super) fn replayed(user: &str) -> Self {
        Self::Replayed {
            user: Excerpt::new(user),
        }
    }
}

/// A text from the peer as it is printed: quoted, and cut so that it fits in a log line.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    pub(super) fn new(text: &str) -> Self {
        Self(format!("{:?}", quoted(text)))
    }

    pub(super) fn optional(text: Option<&str>) -> Self {
        Self::new(text.unwrap_or("(none)"))
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_of_a_peer_is_cut_where_it_is_quoted() {
        let text = Rejection::replayed(&"\u{e9}\n".repeat(50)).to_string();
        let shown = "\u{e9}\\n".repeat(26);
        assert!(text.contains(&format!("\"{shown}\u{e9}\"...")), "{text}");
    }
}
