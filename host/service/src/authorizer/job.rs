use std::sync::Arc;
use std::time::Instant;

use portcullis_callout::{Inbound, Unsealed};
use portcullis_model::Timestamp;

use crate::catalog::Generation;
use crate::telemetry::Stages;

/// One message, and the address for its answer.
#[derive(Debug)]
pub struct Job<T> {
    pub stage: Stage,
    pub ticket: T,
}

/// How far a message has been processed.
#[derive(Debug)]
pub enum Stage {
    Received(Received),
    Opened(Box<Opened>),
}

/// Takes the answer of a job. `None` means no answer.
pub trait Outbox<T>: Send + Sync {
    fn settle(&self, ticket: T, answer: Option<Vec<u8>>, deadline: Option<Instant>);
}

/// A message as it arrived.
#[derive(Debug)]
pub struct Received {
    pub inbound: Inbound,
    /// When it arrived, for deadlines.
    pub arrived: Instant,
    /// The same moment on the wall clock.
    pub received_at: Timestamp,
}

/// An unsealed message, with the time until which its server waits for the answer.
#[derive(Debug)]
pub struct Opened {
    pub(super) unsealed: Unsealed,
    pub(super) generation: Arc<Generation>,
    pub(super) received_at: Timestamp,
    pub(super) deadline: Instant,
    pub(super) opened: Instant,
    pub(super) stages: Stages,
}

impl Opened {
    pub fn deadline(&self) -> Instant {
        self.deadline
    }
}
