use std::{fmt, time::Duration};

use super::{claims::RequestClaims, envelope::Seal, jwt::Token};

/// The longest time that a server waits. A longer time in a request is cut to this.
pub(crate) const TIMEOUT_MAX: Duration = Duration::from_secs(60);

const TIMEOUT_MIN: Duration = Duration::from_secs(1);

/// A request that could be read but is not yet verified. Only its timeout may be used.
pub struct Unsealed {
    pub(crate) token: Token,
    pub(crate) claims: RequestClaims,
    pub(crate) header_xkey: Option<String>,
    pub(crate) seal: Option<Seal>,
}

impl Unsealed {
    /// How long the server waits for the answer, from 1 to 60 seconds. Count it from the arrival of the request, so that
    /// differences between clocks do not matter. The server truncates its times to seconds, so that a timeout of half a second
    /// can look like none at all.
    pub fn timeout(&self) -> Duration {
        let issued_at = self.claims.issued_at.unwrap_or(0);
        let seconds = self
            .claims
            .expires_at
            .unwrap_or(0)
            .saturating_sub(issued_at);
        Duration::from_secs(seconds).clamp(TIMEOUT_MIN, TIMEOUT_MAX)
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
