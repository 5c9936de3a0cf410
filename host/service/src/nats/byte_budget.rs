use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that all messages in flight may take together.
#[derive(Debug)]
pub(super) struct ByteBudget {
    used: AtomicUsize,
    max: usize,
}

/// The bytes of one message, until it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<ByteBudget>,
    bytes: usize,
}

/// What a message takes besides its payload: subjects, headers, its place in queues.
const OVERHEAD: usize = 512;

impl ByteBudget {
    pub(super) fn new(max: usize) -> Self {
        let used = AtomicUsize::new(0);
        Self { used, max }
    }

    /// None if the message does not fit. An empty budget takes any message, so that a small maximum stops nothing for good.
    pub(super) fn take(self: &Arc<Self>, payload: usize) -> Option<Share> {
        let bytes = payload.saturating_add(OVERHEAD);
        let used = self.used.fetch_add(bytes, Ordering::Relaxed);
        let budget = self.clone();
        // Dropping the share gives the bytes back.
        let share = Share { budget, bytes };
        (used == 0 || used.saturating_add(bytes) <= self.max).then_some(share)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_fit_until_the_budget_is_used_up_and_again_once_one_is_gone() {
        let budget = Arc::new(ByteBudget::new(10_000));
        let first = budget.take(5_000);
        let second = budget.take(3_000);
        assert!(first.is_some() && second.is_some());
        assert!(budget.take(3_000).is_none());
        drop(first);
        assert!(budget.take(3_000).is_some());
    }

    #[test]
    fn a_message_that_is_larger_than_the_budget_fits_alone() {
        let budget = Arc::new(ByteBudget::new(100));
        let large = budget.take(1 << 20);
        assert!(large.is_some());
        assert!(budget.take(1).is_none());
    }
}
