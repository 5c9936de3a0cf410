//! The connection to NATS. This is the only room that knows the NATS client.
//!
//! It subscribes to the callout's subject in a queue group, records the time of arrival, limits the requests in flight,
//! publishes answers, and drains. It handles bytes and does not read claims.

mod byte_budget;
mod connect;
mod diagnosis;
mod discover;
mod link;
mod login;
mod micro;
mod outbox;
mod phase;

pub use connect::{Connection, LinkError, NatsSettings, TlsFiles};
pub use link::{Link, LinkSettings};
pub use login::{Login, SecretSource};
pub use outbox::Ticket;
