use std::time::Instant;

/// Where the present moment comes from.
pub trait Clock {
    fn now(&self) -> Instant;
}
