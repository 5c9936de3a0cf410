//! The auth callout service of Portcullis: settings, the journey of a decision, the journey of a reload, NATS and HTTP.
//!
//! The only crate with sockets, a wall clock, randomness and threads of its own. It must not know the command line's verbs,
//! the toolchains of languages, or a WebAssembly runtime. The rooms and their order are in `ARCHITECTURE.md`; a test checks
//! the sources against it.

#![deny(missing_debug_implementations)]

pub mod authorizer;
pub mod catalog;
pub mod config;
pub mod http;
pub mod nats;
pub mod reload;
pub mod router;
pub mod service;
pub mod telemetry;
pub mod throttle;
pub mod workers;
