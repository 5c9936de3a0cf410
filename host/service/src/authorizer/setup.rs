use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// Notices that no request fits the keys, the clock or the mode of this service: the servers are set up differently, and
/// nobody gets in. Single requests of that kind mean nothing, because anybody in the callout's account can send them.
#[derive(Debug, Default)]
pub(super) struct SetupCheck {
    /// Requests that did not fit since the last one that did.
    misfits: AtomicU64,
    last: Mutex<String>,
}

impl SetupCheck {
    pub(super) fn misfit(&self, text: &str) {
        self.misfits.fetch_add(1, Ordering::Relaxed);
        text.clone_into(&mut self.last.lock());
    }

    pub(super) fn fits(&self) {
        // Decision threads only read the counter while all is well.
        if self.misfits.load(Ordering::Relaxed) > 0 {
            self.misfits.store(0, Ordering::Relaxed);
        }
    }

    /// What is wrong, if no request has fitted since the first that did not.
    pub(super) fn report(&self) -> Option<String> {
        let misfits = self.misfits.load(Ordering::Relaxed);
        (misfits > 0).then(|| {
            let last = self.last.lock();
            format!("none of the last {misfits} requests fits this service, so nobody is admitted: {last}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_that_fits_ends_the_report() {
        let check = SetupCheck::default();
        assert_eq!(check.report(), None);
        check.misfit("another xkey");
        check.misfit("another issuer");
        let report = check.report().unwrap();
        assert!(report.contains("last 2 requests"), "{report}");
        assert!(report.ends_with(": another issuer"), "{report}");
        check.fits();
        assert_eq!(check.report(), None);
    }
}
