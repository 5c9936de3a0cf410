//! The auth callout service of Portcullis: settings, decisions, reloads, NATS and HTTP.
//!
//! This is the only crate with sockets, a wall clock, randomness and threads of its own. It must not know the verbs of the
//! command line, the toolchains of languages, or a WebAssembly runtime. `ARCHITECTURE.md` lists the rooms and their order;
//! a test checks the sources against it.

#![deny(missing_debug_implementations)]

pub mod authorizer;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod http;
pub mod nats;
pub mod reload;
pub mod router;
pub mod service;
pub mod telemetry;
pub mod throttle;
pub mod workers;
