use std::fmt;

use portcullis_model::{Request, Timestamp};

use super::envelope::Seal;

/// A request that passed all checks and was not answered before, with the data that its answer needs. Only
/// `Callout::verify` makes one.
pub struct Verified {
    pub request: Request,
    pub(crate) issuer: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) clock_skew_seconds: i64,
    pub(crate) seal: Option<Seal>,
}

impl Verified {
    /// The key with which the answer has to be signed. A server in operator mode expects its callout's account here.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When the server made the request, by the server's clock.
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// Seconds by which this machine's clock is ahead of the server's. Negative if it is behind.
    pub fn clock_skew_seconds(&self) -> i64 {
        self.clock_skew_seconds
    }

    /// An id that is both in the operator's log and in the server's: a part of the user nkey, which is random.
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
