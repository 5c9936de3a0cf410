use std::time::Instant;

use super::{Opened, Received};

/// One message, and where its answer goes.
#[derive(Debug)]
pub struct Job<T> {
    pub stage: Stage,
    pub ticket: T,
}

/// How far a message has come.
#[derive(Debug)]
pub enum Stage {
    Received(Received),
    Opened(Box<Opened>),
}

/// Takes the answer of a job; none is silence.
pub trait Outbox<T>: Send + Sync {
    fn settle(&self, ticket: T, answer: Option<Vec<u8>>, deadline: Option<Instant>);
}
