use std::sync::Arc;

use portcullis_model::Timestamp;
use portcullis_sandbox::Sandbox;

use crate::catalog::Catalog;
use crate::telemetry::{Health, Telemetry};

/// What a reload works with.
#[derive(Debug)]
pub struct Parts {
    pub sandbox: Arc<Sandbox>,
    pub catalog: Arc<Catalog>,
    pub telemetry: Arc<Telemetry>,
    pub health: Arc<Health>,
    /// The wall clock.
    pub now: fn() -> Timestamp,
}
