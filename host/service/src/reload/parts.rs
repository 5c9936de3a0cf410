use std::sync::Arc;

use portcullis_model::Timestamp;
use portcullis_sandbox::Sandbox;

use crate::catalog::Catalog;
use crate::telemetry::{Health, Telemetry};

/// What a reload needs.
#[derive(Debug)]
pub struct Parts {
    pub sandbox: Arc<Sandbox>,
    pub catalog: Arc<Catalog>,
    pub telemetry: Arc<Telemetry>,
    pub health: Arc<Health>,
    /// Reads the wall clock.
    pub now: fn() -> Timestamp,
}
