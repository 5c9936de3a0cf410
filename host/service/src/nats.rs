//! The transport: the only room that knows the NATS client.
//!
//! It receives on the callout's subject in a queue group, stamps the arrival, bounds what is in flight, publishes answers,
//! and drains. It sees bytes, not claims.

mod connect;
mod link;
mod micro;
mod outbox;

pub use connect::{Connection, LinkError, Login, NatsSettings, TlsFiles};
pub use link::{Link, LinkSettings};
pub use outbox::Ticket;
