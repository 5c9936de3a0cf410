//! The wire protocol of the NATS auth callout in configuration mode, sealed and plain (ADR-26; nats-server
//! `server/auth_callout.go`; nats-io/jwt v2). It turns bytes into a verified request, and an admission into a signed answer.
//!
//! ```text
//! Inbound --Callout::unseal--> Unsealed --Callout::verify--> Verified --Callout::allow or deny--> bytes to reply with
//! ```
//!
//! There is no clock, no randomness and no socket here: the caller passes in the arrival time of a request and the nonces.
//! This crate must not know policies, settings or the NATS client library, so that any callout service can use it.

#![deny(missing_debug_implementations)]

mod callout;
mod certificates;
mod claimant;
mod claims;
mod envelope;
mod inbound;
mod jwt;
mod keys;
mod limits;
mod nonce;
mod rejection;
mod replay;
mod request;
mod response;
mod unsealed;
mod verified;

pub use callout::Callout;
pub use certificates::{ChainError, read_chain};
pub use claimant::Claimant;
pub use inbound::{Inbound, SUBJECT, XKEY_HEADER};
pub use keys::{KeyError, Keyring, NewKey, SeedPurpose, check_seed, generate, is_user_key};
pub use limits::CalloutLimits;
pub use nonce::sign_nonce;
pub use portcullis_model::{self as model, Admission};
pub use rejection::Rejection;
pub use response::{PermissionClaims, ReplyError, permission_claims};
pub use unsealed::Unsealed;
pub use verified::Verified;

#[cfg(test)]
mod tests;
