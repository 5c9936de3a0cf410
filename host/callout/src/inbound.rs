use std::fmt;

use bytes::Bytes;
use portcullis_model::subject;

/// The subject on which nats-server sends its requests.
pub const SUBJECT: &str = subject::CALLOUT;
/// The header with the server's public xkey. Servers that seal their requests send it.
pub const XKEY_HEADER: &str = "Nats-Server-Xkey";

/// A message that arrived on `SUBJECT`.
#[derive(Clone)]
pub struct Inbound {
    pub payload: Bytes,
    /// The value of `XKEY_HEADER`, if the message had it.
    pub server_xkey: Option<String>,
}

/// Does not print the payload: a plain one contains passwords.
impl fmt::Debug for Inbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Inbound {{ {} bytes }}", self.payload.len())
    }
}
