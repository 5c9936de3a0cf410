use std::time::{Duration, Instant};

/// How fast something happens, against a number that is allowed in a minute. All of them may come at once; then the next one
/// is allowed when an even pace would have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// When everything that happened would be over at an even pace.
    paid_until: Instant,
}

const WINDOW: Duration = Duration::from_secs(60);

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { paid_until: now }
    }

    /// It happened once more.
    pub(super) fn add(&mut self, per_minute: u32, now: Instant) {
        self.paid_until = self.paid_until.max(now) + WINDOW / per_minute.max(1);
    }

    /// How long until it may happen again. None: it may happen now.
    pub(super) fn wait(&self, per_minute: u32, now: Instant) -> Option<Duration> {
        let allowed = WINDOW - WINDOW / per_minute.max(1);
        let ahead = self.paid_until.saturating_duration_since(now);
        ahead.checked_sub(allowed).filter(|wait| !wait.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_in_a_minute_may_come_at_once_and_then_evenly() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        for _ in 0..3 {
            assert_eq!(pace.wait(3, start), None);
            pace.add(3, start);
        }
        assert_eq!(pace.wait(3, start), Some(Duration::from_secs(20)));
        let later = start + Duration::from_secs(20);
        assert_eq!(pace.wait(3, later), None);
        pace.add(3, later);
        assert_eq!(pace.wait(3, later), Some(Duration::from_secs(20)));
        assert_eq!(pace.wait(3, later + WINDOW), None);
    }
}
