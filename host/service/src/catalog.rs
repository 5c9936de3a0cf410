//! What is in force: one immutable generation of policies, routes, bounds and keys, which a reload replaces as a whole.
//!
//! Decisions and reloads share data only here.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::router::Routes;
use portcullis_callout::Keyring;
use portcullis_permits::bounds::{Bounds, Permit};
use portcullis_sandbox::Decide;

/// What is in force from one swap to the next. A decision uses the same one from start to end.
#[derive(Debug)]
pub struct Generation {
    /// The first is 1; each swap adds one.
    pub number: u64,
    pub keys: Arc<Keyring<Permit>>,
    pub routes: Routes,
    /// In the order of `routes`.
    pub slots: Vec<Slot>,
}

/// One policy of the generation, with its bounds.
#[derive(Clone, Debug)]
pub struct Slot {
    pub name: String,
    /// The policy, or why there is none: no version of it could ever be loaded.
    pub policy: Result<Arc<dyn Decide>, String>,
    pub bounds: Bounds,
    pub on_failure: OnFailure,
}

/// What the client gets if a policy cannot decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// No answer: the client tries again after the server's timeout.
    #[default]
    Silence,
    /// A denial at once. Many clients give up after two of them.
    Deny,
}

/// Holds the generation in force. Readers never wait.
#[derive(Debug, Default)]
pub struct Catalog(ArcSwapOption<Generation>);

impl Catalog {
    /// A catalog with nothing in force: no client is admitted.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn load(&self) -> Option<Arc<Generation>> {
        self.0.load_full()
    }

    pub fn replace(&self, generation: Generation) {
        self.0.store(Some(Arc::new(generation)));
    }
}
