//! Runs policies. No other crate uses a WebAssembly runtime.
//!
//! [`Sandbox::load`] turns a module's bytes into a [`LoadedPolicy`] that was tried with made-up clients, or says what is wrong.
//! [`Decide::decide`] asks the policy about one client, in an instance of its own, within [`SandboxLimits`]. This crate must not
//! know NATS, keys, JWTs, accounts or where a module comes from.

#![deny(missing_debug_implementations)]

mod bindings;
mod cache;
mod call;
mod convert;
mod effort;
mod engine;
mod error;
mod functions;
mod handles;
mod instance;
mod limits;
mod lines;
mod link;
mod load;
mod private_directory;
mod probe;
mod recorded_streams;
mod snapshot;
mod source;
mod state;
mod wasi;

pub use cache::Cache;
pub use call::{Decide, LoadedPolicy};
pub use effort::Effort;
pub use engine::{EngineError, EngineSettings};
pub use error::{Failure, LoadError};
pub use instance::CallOutput;
pub use limits::SandboxLimits;
pub use lines::{Level, LogLine};
pub use load::Sandbox;
pub use private_directory::CacheError;
pub use source::{About, ConfigureInput, Instances, PolicySource};
