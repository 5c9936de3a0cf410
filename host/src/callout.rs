//! The wire protocol of the NATS auth callout in configuration mode, sealed and plain (ADR-26; nats-server
//! `server/auth_callout.go`; nats-io/jwt v2). Bytes become a verified request, and a permit becomes a signed answer.
//!
//! No clock, no randomness and no sockets in here: the caller says when a request arrived and brings the nonces.

mod certificates;
mod claims;
mod envelope;
mod jwt;
mod keys;
mod rejection;
mod replay;
mod request;
mod response;

use std::{fmt, time::Duration};

use bytes::Bytes;
use parking_lot::Mutex;

pub use self::{
    certificates::{ChainError, read_chain},
    keys::{KeyError, Keyring, NewKey, check_user_seed, generate, is_user_key},
    rejection::Rejection,
    response::{PermissionClaims, ReplyError, permission_claims},
};
use self::{
    claims::RequestClaims,
    envelope::{Boxes, Seal},
    jwt::Token,
    replay::Replay,
};
use crate::{
    bounds::{CALLOUT_SUBJECT, Permit},
    model::{Request, Timestamp},
};

/// Where nats-server asks.
pub const SUBJECT: &str = CALLOUT_SUBJECT;
/// The header in which a server that seals its requests names its public xkey.
pub const XKEY_HEADER: &str = "Nats-Server-Xkey";

/// A server waits this long at most; longer spans in a request are not believed.
const TIMEOUT_MAX: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How far the clocks of a server and of this machine may differ.
    pub clock_tolerance: Duration,
    /// Bytes of a payload as it arrives. nats-io/jwt reads no token of more than 1 MiB.
    pub request_bytes_max: usize,
    /// User nkeys that are surely remembered. Up to twice as many are, at about 10 bytes each: 9 MiB by default.
    pub replay_entries: usize,
    /// Shared secrets that are surely kept, one for each pair of an xkey of ours and a server's. Up to twice as many are.
    pub box_entries: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clock_tolerance: Duration::from_secs(120),
            request_bytes_max: 1024 * 1024,
            replay_entries: 458_752,
            box_entries: 1_024,
        }
    }
}

/// What arrived on `SUBJECT`.
#[derive(Clone)]
pub struct Inbound {
    pub payload: Bytes,
    /// The value of `XKEY_HEADER`, if the message had it.
    pub server_xkey: Option<String>,
}

/// A plain payload holds passwords.
impl fmt::Debug for Inbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Inbound {{ {} bytes }}", self.payload.len())
    }
}

/// What outlives a request: which users were answered, and the secrets shared with servers. Threads share one.
pub struct Callout {
    settings: Settings,
    replay: Mutex<Replay>,
    boxes: Boxes,
}

impl fmt::Debug for Callout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Callout")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A request that could be read. Nobody has said yet that it is genuine: only its timeout may be used.
pub struct Unsealed {
    token: Token,
    claims: RequestClaims,
    header_xkey: Option<String>,
    seal: Option<Seal>,
}

impl Unsealed {
    /// How long the server waits for the answer, counted from the arrival of the request, so that clocks do not matter.
    pub fn timeout(&self) -> Duration {
        let issued_at = self.claims.issued_at.unwrap_or(0);
        let seconds = self
            .claims
            .expires_at
            .unwrap_or(0)
            .saturating_sub(issued_at);
        Duration::from_secs(seconds).min(TIMEOUT_MAX)
    }
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Unsealed")
            .field("timeout", &self.timeout())
            .finish_non_exhaustive()
    }
}

/// A genuine request, not answered before, and what its answer needs. Only `Callout::verify` makes one.
pub struct Verified {
    pub request: Request,
    issuer: String,
    issued_at: Timestamp,
    clock_skew_seconds: i64,
    seal: Option<Seal>,
}

impl Verified {
    /// When the server made the request, by its own clock.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// How far this machine's clock is ahead of the server's; negative if it is behind.
    pub fn clock_skew_seconds(&self) -> i64 {
        self.clock_skew_seconds
    }

    /// What joins the operator's record to the server's log: a piece of the user nkey, which is random.
    pub fn correlation_id(&self) -> &str {
        self.request.user_nkey.get(1..13).unwrap_or_default()
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verified")
            .field("id", &self.correlation_id())
            .finish_non_exhaustive()
    }
}

impl Callout {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            replay: Mutex::new(Replay::new(settings.replay_entries)),
            boxes: Boxes::new(settings.box_entries),
        }
    }

    /// Bytes to claims: cheap once the server is known, and no signature is checked yet.
    ///
    /// # Errors
    ///
    /// What cannot be read, and what is sealed where it should not be or the reverse.
    pub fn unseal(&self, keys: &Keyring, inbound: &Inbound) -> Result<Unsealed, Rejection> {
        let (bytes, limit) = (inbound.payload.len(), self.settings.request_bytes_max);
        if bytes > limit {
            return Err(Rejection::TooLarge { bytes, limit });
        }
        let (text, seal) = envelope::open(keys, &self.boxes, inbound)?;
        let token = Token::split(text)?;
        let claims = RequestClaims::parse(&token)?;
        request::check_span(&claims)?;
        Ok(Unsealed {
            token,
            claims,
            header_xkey: inbound.server_xkey.clone(),
            seal,
        })
    }

    /// Claims to a request that may be decided: signature, issuer, audience, xkey, freshness, the client's own signature
    /// and certificates. A user nkey passes once; of two threads with the same request, one.
    ///
    /// # Errors
    ///
    /// The first thing found that a server would not have sent.
    pub fn verify(
        &self,
        keys: &Keyring,
        unsealed: Unsealed,
        received_at: Timestamp,
    ) -> Result<Verified, Rejection> {
        let Unsealed {
            token,
            mut claims,
            header_xkey,
            seal,
        } = unsealed;
        let genuine = request::check(&claims, keys, header_xkey.as_deref())?;
        let issued_at =
            request::check_freshness(&claims, received_at, self.settings.clock_tolerance)?;
        token.verify(&genuine.server)?;
        if let Some(seal) = &seal {
            self.boxes.keep(seal);
        }
        let issuer = std::mem::take(&mut claims.subject);
        let request = request::convert(claims, received_at)?;
        if !self.replay.lock().admit(&genuine.user) {
            return Err(Rejection::replayed(&request.user_nkey));
        }
        Ok(Verified {
            request,
            issuer,
            issued_at,
            clock_skew_seconds: received_at
                .cast_signed()
                .saturating_sub(issued_at.cast_signed()),
            seal,
        })
    }

    /// The signed answer that lets the client in with what the permit says and no more.
    ///
    /// # Errors
    ///
    /// Keys that were taken away since the request was verified, and an answer that no server would read.
    pub fn allow(
        &self,
        keys: &Keyring,
        verified: &Verified,
        permit: &Permit,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::allow(keys, verified, permit, nonce)
    }

    /// The signed answer that keeps the client out. It says nothing but an id to look for in the operator's log.
    ///
    /// # Errors
    ///
    /// As for `allow`.
    pub fn deny(
        &self,
        keys: &Keyring,
        verified: &Verified,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::deny(keys, verified, nonce)
    }
}

#[cfg(test)]
pub(crate) mod tests;
