//! Policies for Portcullis in Rust.
//!
//! NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that
//! knows one client and what it presented, and answers with a [`Decision`]. This crate is the Rust
//! side of that contract.
//!
//! ```
//! use portcullis_sdk::{Decision, Grant, Policy, Request, Result, Settings, allow, deny};
//! pub struct Hello;
//! impl Policy for Hello {
//!     fn configure(_: &Settings) -> Result<Self> {
//!         Ok(Self)
//!     }
//!     fn decide(&self, request: &Request) -> Decision {
//!         if request.user() != Some("guest") {
//!             return deny("not a guest");
//!         }
//!         allow(Grant::account("APP").subscribe(["news.>"]))
//!     }
//! }
//! portcullis_sdk::export!(Hello);
//! ```
//!
//! A policy is a crate of the type `cdylib`, beside `rlib` for its tests:
//!
//! ```toml
//! [lib]
//! crate-type = ["cdylib", "rlib"]
//! ```
//!
//! `cargo build --target wasm32-unknown-unknown` gives a module that the host loads as it is. Its
//! only import is the log, and random numbers where it draws some: it cannot reach anything else. `wasm32-wasip2` works too, and asks the
//! host for an empty WASI.
//!
//! # The life of a policy
//!
//! [`Policy::configure`] reads [`Settings`] and data files once. The host keeps what the policy
//! then has in memory, and starts every decision from that snapshot, in a sandbox of its own. Three
//! things follow:
//!
//! * Parse in `configure`, look up in `decide`. A decision costs the more, the more pages of
//!   memory it touches.
//! * Nothing can be remembered from one decision to the next, which is why `decide` has `&self`.
//! * What was drawn at random in `configure` is the same in every decision; the seed of a `HashMap`
//!   is. The keys of a map that is made in `configure` come from the operator, so that this does no
//!   harm. What [`random`] draws in a decision is new in each.
//!
//! # What there is not
//!
//! No `std::time`: `Instant::now` and `SystemTime::now` panic in a policy. The clock is
//! [`Request::received_at`]. No files, no environment, no network, no threads. A panic admits
//! nobody, and its message goes to the operator's log.
//!
//! # Tests
//!
//! A policy is plain Rust: `cargo test` runs its tests on the author's machine, with requests and
//! settings from `testing`.
//!
//! ```
//! use portcullis_sdk::{Decision, Grant, Policy, Request, Settings, allow, deny, testing};
//!
//! struct Guests;
//!
//! impl Policy for Guests {
//!     fn configure(_: &Settings) -> portcullis_sdk::Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn decide(&self, request: &Request) -> Decision {
//!         match request.user() {
//!             Some("guest") => allow(Grant::account("APP").subscribe(["news.>"])),
//!             _ => deny("not a guest"),
//!         }
//!     }
//! }
//!
//! let policy = Guests::configure(&testing::settings().build())?;
//! let mallory = testing::request().user("mallory").build();
//! assert_eq!(policy.decide(&mallory), deny("not a guest"));
//! # Ok::<(), portcullis_sdk::Error>(())
//! ```
//!
//! `testing::check` finds what the host would refuse in a grant, whoever asks: abilities that it
//! does not understand, names and subjects that cannot be.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod abilities;
#[doc(hidden)]
pub mod bindings;
mod decision;
mod error;
mod export;
pub mod log;
pub mod random;
mod request;
mod secret;
mod settings;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

pub use bindings::portcullis::policy::types::{
    Access, Certificate, Client, Decision, Grant, Permissions, ResponseRule, Sentinel, Server,
    SubjectRules, Tls, Transport,
};
pub use decision::{allow, deny, ignore, pass};
pub use error::{Error, Result};
pub use request::Request;
pub use secret::same_secret;
pub use settings::Settings;

/// The rule by which clients get in.
///
/// The policy is kept in the component between the two calls, `Sync` because nothing may change in
/// it: the host may answer any request from any copy of it.
pub trait Policy: Sized + Send + Sync + 'static {
    /// Prepares the policy from its settings and data.
    ///
    /// # Errors
    ///
    /// An error refuses this version of the policy, and the operator reads its text. The version
    /// before goes on deciding.
    fn configure(settings: &Settings) -> Result<Self>;

    /// Decides on one client.
    fn decide(&self, request: &Request) -> Decision;
}

/// What `export!` needs; no part of the interface.
#[doc(hidden)]
pub mod __internal {
    pub use crate::bindings::exports::portcullis::policy::authorizer::Guest;
    pub use crate::bindings::portcullis::policy::types::{
        Request as RawRequest, Settings as RawSettings,
    };
    pub use crate::export::{Slot, check};
}
