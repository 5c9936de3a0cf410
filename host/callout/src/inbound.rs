use std::fmt;

use bytes::Bytes;
use portcullis_model::subject;

/// Where nats-server asks.
pub const SUBJECT: &str = subject::CALLOUT;
/// The header in which a server that seals its requests names its public xkey.
pub const XKEY_HEADER: &str = "Nats-Server-Xkey";

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
