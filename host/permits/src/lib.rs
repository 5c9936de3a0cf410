//! Makes a permit of a grant.
//!
//! A policy describes what a client can do in sentences, the *abilities*: `kv read test_kv dev.001.>`. [`compile`] turns them
//! into the subjects that a server checks. Each family of sentences is one file, with a table of exactly the subjects that
//! client libraries need. [`matcher`] models how a server reads rules. [`bounds`] has the operator's limits; nothing else can
//! make a [`Permit`](bounds::Permit).
//!
//! There is no clock, no IO and no key here. This crate must not know WebAssembly, JWTs or how a request arrives.

#![deny(missing_debug_implementations)]

mod ability_check;
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
mod refusal;
mod sentence;
mod services;
mod streams;

pub use ability_check::{AbilityCheck, SubjectCheck, ask};
pub use compiled::{Compiled, compile};
pub use list::List;

#[cfg(test)]
mod tests;
