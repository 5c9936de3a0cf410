//! From a grant to a permit.
//!
//! A policy says what a client can do in sentences, its *abilities*: `kv read test_kv dev.001.>`. [`compile`] turns them into the
//! subjects that a server checks: each family of sentences is one file, with a table of the subjects that client libraries need
//! for it and nothing more. [`matcher`] models how a server reads rules. [`bounds`] are the operator's limits, and the only
//! maker of a [`Permit`](bounds::Permit).
//!
//! Everything here is pure: no clock, no IO, no keys. This crate must not know WebAssembly, JWTs or how a request arrives.

#![deny(missing_debug_implementations)]

mod ability_error;
pub mod bounds;
mod compiled;
mod key_value;
mod list;
pub mod matcher;
mod merge;
mod messages;
mod mqtt;
mod names;
mod needs;
mod object_store;
mod question;
mod refusal;
mod sentence;
mod services;
mod streams;

pub use compiled::{Compiled, compile};
pub use list::List;
pub use question::{AbilityCheck, SubjectCheck, ask};

#[cfg(test)]
mod tests;
