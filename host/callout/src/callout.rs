use std::fmt;

use parking_lot::Mutex;
use portcullis_model::{Admission, Timestamp};

use super::{
    claims::RequestClaims,
    envelope::{self, SharedSecrets},
    inbound::Inbound,
    jwt::Token,
    keys::Keyring,
    limits::CalloutLimits,
    rejection::Rejection,
    replay::ReplayMemory,
    request,
    response::{self, ReplyError},
    unsealed::Unsealed,
    verified::Verified,
};

/// What outlives a request: which users were answered, and the secrets shared with servers. Threads share one.
pub struct Callout {
    limits: CalloutLimits,
    replay: Mutex<ReplayMemory>,
    /// Secrets shared with servers, kept between requests.
    pub(crate) boxes: SharedSecrets,
}

impl fmt::Debug for Callout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Callout")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Callout {
    pub fn new(limits: CalloutLimits) -> Self {
        Self {
            limits,
            replay: Mutex::new(ReplayMemory::new(limits.replay_entries)),
            boxes: SharedSecrets::new(limits.box_entries),
        }
    }

    /// Bytes to claims: cheap once the server is known, and no signature is checked yet.
    ///
    /// # Errors
    ///
    /// What cannot be read, and what is sealed where it should not be or the reverse.
    pub fn unseal<A>(&self, keys: &Keyring<A>, inbound: &Inbound) -> Result<Unsealed, Rejection> {
        let (bytes, limit) = (inbound.payload.len(), self.limits.request_bytes_max);
        if bytes > limit {
            return Err(Rejection::TooLarge { bytes, limit });
        }
        let (text, seal) = envelope::open(keys.signer(), &self.boxes, inbound)?;
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
    pub fn verify<A>(
        &self,
        keys: &Keyring<A>,
        unsealed: Unsealed,
        received_at: Timestamp,
    ) -> Result<Verified, Rejection> {
        let Unsealed {
            token,
            mut claims,
            header_xkey,
            seal,
        } = unsealed;
        let genuine = request::check(&claims, keys.signer(), header_xkey.as_deref())?;
        let issued_at =
            request::check_freshness(&claims, received_at, self.limits.clock_tolerance)?;
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

    /// The signed answer that admits the client with what the admission says and no more.
    ///
    /// # Errors
    ///
    /// Keys that were taken away since the request was verified, and an answer that no server would read.
    pub fn allow<A: Admission>(
        &self,
        keys: &Keyring<A>,
        verified: &Verified,
        admission: &A,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::allow(keys.signer(), verified, admission, nonce)
    }

    /// The signed answer that keeps the client out. It says nothing but an id to look for in the operator's log.
    ///
    /// # Errors
    ///
    /// As for `allow`.
    pub fn deny<A>(
        &self,
        keys: &Keyring<A>,
        verified: &Verified,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::deny(keys.signer(), verified, nonce)
    }
}
