//! The host of Portcullis: it answers the auth callout of NATS with WebAssembly policies.
//!
//! The map, the arrows between the rooms and the invariants are in `ARCHITECTURE.md`; a test holds the sources to them.

#![deny(missing_debug_implementations)]

pub mod authorizer;
pub mod bounds;
pub mod callout;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod http;
pub mod model;
pub mod nats;
pub mod permits;
pub mod policy;
pub mod project;
pub mod reload;
pub mod router;
pub mod service;
pub mod telemetry;
pub mod throttle;
pub mod toolchain;
pub mod workers;
