//! What is in force: one immutable snapshot of policies, routes, bounds and keys, swapped whole.
//!
//! The journey of a decision and the journey of a reload meet only here.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::router::Routes;
use portcullis_callout::Keyring;
use portcullis_permits::bounds::{Bounds, Permit};
use portcullis_sandbox::Decide;

/// One generation. A decision reads the same one from start to end.
#[derive(Debug)]
pub struct Snapshot {
    /// Counts from one; every swap adds one.
    pub generation: u64,
    pub keys: Arc<Keyring<Permit>>,
    pub routes: Routes,
    /// In the order of the routes.
    pub slots: Vec<Slot>,
}

/// The place of one policy.
#[derive(Clone, Debug)]
pub struct Slot {
    pub name: String,
    /// What decides, or why nothing does: no version of the policy was ever good.
    pub policy: Result<Arc<dyn Decide>, String>,
    pub bounds: Bounds,
    pub on_failure: OnFailure,
}

/// What the client hears when a policy cannot decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Nothing: it comes back after the server's timeout.
    #[default]
    Silence,
    /// A denial at once. Many clients give up for good after two of them.
    Deny,
}

/// Holds the snapshot in force. Readers never wait.
#[derive(Debug, Default)]
pub struct Catalog(ArcSwapOption<Snapshot>);

impl Catalog {
    /// Nothing is in force yet, and nobody is admitted.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn load(&self) -> Option<Arc<Snapshot>> {
        self.0.load_full()
    }

    pub fn replace(&self, snapshot: Snapshot) {
        self.0.store(Some(Arc::new(snapshot)));
    }
}
