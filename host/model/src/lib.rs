//! The types that all other crates share: request, decision, grant, rules, subjects, secrets, outcome.
//!
//! They are plain data. This crate must not depend on any other crate of the project. It must not serialize, do IO or read a
//! clock.

#![deny(missing_debug_implementations)]

mod admission;
mod decision;
mod outcome;
mod pattern;
mod quoted;
mod request;
mod secret;
pub mod subject;
mod timestamp;

pub use admission::Admission;
pub use decision::{
    Access, Decision, Grant, Permissions, ResponseRule, Rules, SubjectRules, Transport,
};
pub use outcome::{Blame, Cause, Outcome, Reply, Silence};
pub use pattern::Pattern;
pub use quoted::{Quoted, quoted};
pub use request::{Certificate, Client, Credentials, Request, Sentinel, Server, Tls};
pub use secret::Secret;
pub use timestamp::Timestamp;
