//! The vocabulary: a request, a decision, and what became of it. Plain data: no serialization, no clock, no IO.
//!
//! Every other room speaks in these words and none of them is spoken to from here.

mod decision;
mod outcome;
mod pattern;
mod quoted;
mod request;
mod secret;
pub mod subject;

pub use decision::{
    Access, Decision, Grant, Permissions, ResponseRule, Rules, SubjectRules, Transport,
};
pub use outcome::{Answer, Blame, Cause, Outcome, Silence};
pub use pattern::Pattern;
pub use quoted::{Quoted, quoted};
pub use request::{Certificate, Client, Credentials, Request, Sentinel, Server, Tls};
pub use secret::Secret;

/// Seconds since 1970-01-01T00:00:00Z.
pub type Timestamp = u64;
