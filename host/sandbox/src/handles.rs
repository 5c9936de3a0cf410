//! Handles of streams that a guest takes, in the order of taking and giving back.
//!
//! A guest that prints while it is configured keeps the handle of its stdout, a number that a new instance of its snapshot
//! does not know. What is noted here is done again there (`portcullis_componentize::retake`), so that the same numbers mean the same streams.

use portcullis_componentize::{Handle, HandleEvent};

/// Events that are noted of one instance; a guest with more of them is not replayed.
const EVENTS_MAX: usize = 1_000;

/// The events of one instance.
#[derive(Debug, Default)]
pub(super) struct Handles {
    events: Vec<HandleEvent>,
    /// Of each that was taken: its number in the host's table while it lives.
    live: Vec<Option<u32>>,
    overflowed: bool,
}

impl Handles {
    pub(super) fn took(&mut self, taking: Handle, rep: u32) {
        if self.live.len() < EVENTS_MAX {
            self.live.push(Some(rep));
        }
        self.note(HandleEvent::Taken(taking));
    }

    /// What was taken last and is at once given back leaves everything as it was; whatever else is given back leaves a gap,
    /// which the next one fills.
    pub(super) fn returned(&mut self, rep: u32) {
        let Some(nth) = self.nth(rep) else {
            return;
        };
        let is_last =
            nth + 1 == self.live.len() && matches!(self.events.last(), Some(HandleEvent::Taken(_)));
        if is_last && !self.overflowed {
            self.live.pop();
            self.events.pop();
        } else {
            if let Some(place) = self.live.get_mut(nth) {
                *place = None;
            }
            self.note(HandleEvent::Returned(nth));
        }
    }

    pub(super) fn nth(&self, rep: u32) -> Option<usize> {
        self.live.iter().position(|live| *live == Some(rep))
    }

    fn note(&mut self, event: HandleEvent) {
        if self.events.len() < EVENTS_MAX {
            self.events.push(event);
        } else {
            self.overflowed = true;
        }
    }

    fn live(&self) -> usize {
        self.live.iter().flatten().count()
    }

    /// What has to be done again so that a new instance has the handles of this one, or why that cannot be done. `all` are
    /// the handles of the host's table, noted or not.
    pub(super) fn replayable(&mut self, all: usize) -> Result<Vec<HandleEvent>, String> {
        let known = self.live();
        if all == 0 {
            return Ok(Vec::new());
        }
        if self.overflowed {
            return Err(format!(
                "it took more than {EVENTS_MAX} handles of streams while it was configured"
            ));
        }
        if known != all {
            return Err(format!(
                "handles that it kept from its configuration and that a new instance does not have: {}",
                all.saturating_sub(known)
            ));
        }
        Ok(std::mem::take(&mut self.events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_done_again_in_order_with_what_was_given_back_between() {
        let mut handles = Handles::default();
        handles.took(Handle::Stdout, 7);
        handles.took(Handle::Stderr, 8);
        handles.returned(7);
        handles.took(Handle::OutputReady(1), 7);
        let events = [
            HandleEvent::Taken(Handle::Stdout),
            HandleEvent::Taken(Handle::Stderr),
            HandleEvent::Returned(0),
            HandleEvent::Taken(Handle::OutputReady(1)),
        ];
        assert_eq!(handles.events, events);
        assert_eq!(handles.live(), 2);
    }

    #[test]
    fn a_gap_that_was_left_is_left_again() {
        let mut handles = Handles::default();
        for (taking, rep) in [(Handle::Stdout, 7), (Handle::Stderr, 8)] {
            handles.took(taking, rep);
        }
        handles.returned(7);
        handles.returned(8);
        handles.took(Handle::Stdin, 9);
        assert_eq!(handles.events.len(), 5, "{:?}", handles.events);
    }

    #[test]
    fn a_guest_that_keeps_nothing_has_nothing_to_do_again() {
        let mut handles = Handles::default();
        for _ in 0..2 * EVENTS_MAX {
            handles.took(Handle::Stdout, 7);
            handles.returned(7);
        }
        assert_eq!(handles.events, []);
        assert!(!handles.overflowed);
    }
}
