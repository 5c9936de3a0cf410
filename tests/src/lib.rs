//! The harness: a real nats-server, the `portcullis` binary, real clients, guests built from source, and a forger that
//! plays nats-server. Everything is black-box: tests assert only what an operator or a client can see.
//!
//! Processes listen on ports that the system chose, have their own directories, and are killed and awaited when their value
//! is dropped. Nothing sleeps: output is captured line by line and can be awaited.

pub mod artifacts;
pub mod bed;
pub mod client;
pub mod driver;
pub mod events;
pub mod fleet;
pub mod forger;
pub mod http;
pub mod keys;
pub mod languages;
pub mod lines;
pub mod mqtt;
pub mod nats_cli;
pub mod nats_server;
pub mod portcullis;
pub mod raw;
pub mod sandbox;
pub mod stage;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use bed::Bed;
pub use keys::Keys;
pub use nats_server::NatsServer;
pub use portcullis::Portcullis;
pub use sandbox::sandbox;

/// How long an expected event may take. Long, because a busy machine must not fail a test.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "a forged request contains the current time"
)]
pub fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs()
}
