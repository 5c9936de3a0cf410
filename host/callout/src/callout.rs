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

/// The state that is kept between requests: the users that were answered, and the secrets shared with servers. All threads
/// use one `Callout`.
pub struct Callout {
    limits: CalloutLimits,
    replay: Mutex<ReplayMemory>,
    pub(crate) shared_secrets: SharedSecrets,
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
    /// Reserves memory for `limits.replay_entries` user nkeys.
    pub fn new(limits: CalloutLimits) -> Self {
        Self {
            limits,
            replay: Mutex::new(ReplayMemory::new(limits.replay_entries)),
            shared_secrets: SharedSecrets::new(limits.shared_secret_entries),
        }
    }

    /// Opens a message and reads its claims. No signature is checked yet. This is cheap for a server that is already known.
    ///
    /// # Errors
    ///
    /// The message cannot be read, it is sealed although `keys` has no xkey, or it is plain although `keys` has one.
    pub fn unseal<A>(&self, keys: &Keyring<A>, inbound: &Inbound) -> Result<Unsealed, Rejection> {
        let (bytes, limit) = (inbound.payload.len(), self.limits.request_bytes_max);
        if bytes > limit {
            return Err(Rejection::TooLarge { bytes, limit });
        }
        let (text, seal) = envelope::open(keys.signer(), &self.shared_secrets, inbound)?;
        let token = Token::split(text)?;
        let claims = RequestClaims::parse(&token)?;
        request::check_times(&claims)?;
        Ok(Unsealed {
            token,
            claims,
            header_xkey: inbound.server_xkey.clone(),
            seal,
        })
    }

    /// Checks the claims: signature, issuer, audience, xkey, freshness, the client's own signature, and certificates. Each
    /// user nkey passes once: if two threads verify the same request, one of them succeeds.
    ///
    /// `received_at` is the time at which the message arrived.
    ///
    /// # Errors
    ///
    /// The first check that failed.
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
            self.shared_secrets.keep(seal);
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

    /// Makes the signed answer that admits the client as the admission says. `nonce` must be random; it is used only if the
    /// request was sealed.
    ///
    /// # Errors
    ///
    /// `keys` no longer has the issuer that the server expects, or the answer is larger than a server reads.
    pub fn allow<A: Admission>(
        &self,
        keys: &Keyring<A>,
        verified: &Verified,
        admission: &A,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::allow(keys.signer(), verified, admission, nonce)
    }

    /// Makes the signed answer that denies the client. It contains only an id, which the operator finds in the log.
    ///
    /// # Errors
    ///
    /// The same as for `allow`.
    pub fn deny<A>(
        &self,
        keys: &Keyring<A>,
        verified: &Verified,
        nonce: [u8; 24],
    ) -> Result<Vec<u8>, ReplyError> {
        response::deny(keys.signer(), verified, nonce)
    }
}
