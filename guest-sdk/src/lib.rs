//! The Rust SDK for Portcullis policies.
//!
//! NATS asks Portcullis who may connect, and Portcullis asks a policy: a WebAssembly component that
//! gets one client and what it presented, and answers with a [`Decision`]. This crate is the Rust
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
//! A policy is a crate of the type `cdylib`, and also `rlib` for its tests:
//!
//! ```toml
//! [lib]
//! crate-type = ["cdylib", "rlib"]
//! ```
//!
//! `cargo build --target wasm32-unknown-unknown` makes a module that the host loads directly. It
//! imports only the log, and random numbers if it uses them; it cannot reach anything else.
//! `wasm32-wasip2` works too; such a module imports an empty WASI.
//!
//! # The life of a policy
//!
//! [`Policy::configure`] reads [`Settings`] and data files once. The host keeps the memory of the
//! policy as a snapshot, and starts every decision from it, in a sandbox of its own. Therefore:
//!
//! * Parse in `configure`, look up in `decide`. The more pages of memory a decision touches, the
//!   more it costs.
//! * A policy cannot remember anything from one decision to the next; `decide` takes `&self`.
//! * Random numbers drawn in `configure` are the same in every decision, including the seed of a
//!   `HashMap`. The keys of a map that is made in `configure` come from the operator, so this is not
//!   a risk. Numbers that [`random`] draws in a decision are new in each.
//!
//! # What is not available
//!
//! No `std::time`: `Instant::now` and `SystemTime::now` panic in a policy. The clock is
//! [`Request::received_at`]. No files, no environment, no network, no threads. A panic admits
//! no client, and its message goes to the operator's log.
//!
//! # Tests
//!
//! A policy is plain Rust: `cargo test` runs its tests natively, with requests and settings from
//! `testing`.
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
//! `testing::check` finds what the host would refuse in a grant: abilities that it does not
//! understand, and names and subjects that are not valid.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod abilities;
#[doc(hidden)]
pub mod bindings;
mod decision;
mod error;
mod export;
pub mod log;
mod parsed;
pub mod random;
mod request;
mod secret;
mod settings;
mod subjects;
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
pub use subjects::{Subject, Subscription};

/// A policy: decides which clients are admitted.
///
/// The component keeps the policy between the two calls. It is `Sync` because nothing may change in
/// it: the host may answer any request from any copy of it.
pub trait Policy: Sized + Send + Sync + 'static {
    /// Prepares the policy from its settings and data.
    ///
    /// # Errors
    ///
    /// An error refuses this version of the policy, and the operator reads its text. The previous
    /// version keeps deciding.
    fn configure(settings: &Settings) -> Result<Self>;

    /// Decides about one client.
    fn decide(&self, request: &Request) -> Decision;
}

/// For `export!`; not part of the public interface.
#[doc(hidden)]
pub mod __internal {
    pub use crate::bindings::exports::portcullis::policy::authorizer::Guest;
    pub use crate::bindings::portcullis::policy::types::{
        Request as RawRequest, Settings as RawSettings,
    };
    pub use crate::export::{Slot, check};
}
