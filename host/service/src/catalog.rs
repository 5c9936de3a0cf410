//! What is in force: one immutable snapshot of policies, routes, bounds and keys, which a reload replaces as a whole.
//!
//! Decisions and reloads share data only here.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::router::Routes;
use portcullis_callout::Keyring;
use portcullis_permits::bounds::{Bounds, Permit};
use portcullis_sandbox::Decide;

/// One generation. A decision uses the same one from start to end.
#[derive(Debug)]
pub struct Snapshot {
    /// The first generation is 1; each swap adds one.
    pub generation: u64,
    pub keys: Arc<Keyring<Permit>>,
    pub routes: Routes,
    /// In the order of `routes`.
    pub slots: Vec<Slot>,
}

/// One policy of the snapshot, with its bounds.
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

/// Holds the snapshot in force. Readers never wait.
#[derive(Debug, Default)]
pub struct Catalog(ArcSwapOption<Snapshot>);

impl Catalog {
    /// A catalog with nothing in force: no client is admitted.
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
