use std::time::Instant;

/// Tells the current time.
pub trait Clock {
    fn now(&self) -> Instant;
}
