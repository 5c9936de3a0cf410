//! Records the handles of streams that a guest takes and returns, in order.
//!
//! A guest that prints while it is configured keeps the handle of its stdout. This is a number that a new instance of its
//! snapshot does not know. There the recorded events are repeated (`portcullis_componentize::retake`), so that the same numbers
//! mean the same streams.

use portcullis_componentize::{Handle, HandleEvent};

/// The most events that are recorded for one instance. The events of a guest with more are not repeated.
const EVENTS_MAX: usize = 1_000;

/// The events of one instance.
#[derive(Debug, Default)]
pub(super) struct Handles {
    events: Vec<HandleEvent>,
    /// For each handle that was taken: its number in the host's table, until it is returned.
    live: Vec<Option<u32>>,
    overflowed: bool,
}

impl Handles {
    pub(super) fn took(&mut self, handle: Handle, rep: u32) {
        if self.live.len() < EVENTS_MAX {
            self.live.push(Some(rep));
        }
        self.record(HandleEvent::Taken(handle));
    }

    /// A handle that was taken last and is returned at once leaves no trace. Any other returned handle leaves a gap, which the
    /// next handle fills.
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
            if let Some(live) = self.live.get_mut(nth) {
                *live = None;
            }
            self.record(HandleEvent::Returned(nth));
        }
    }

    pub(super) fn nth(&self, rep: u32) -> Option<usize> {
        self.live.iter().position(|live| *live == Some(rep))
    }

    fn record(&mut self, event: HandleEvent) {
        if self.events.len() < EVENTS_MAX {
            self.events.push(event);
        } else {
            self.overflowed = true;
        }
    }

    fn live(&self) -> usize {
        self.live.iter().flatten().count()
    }

    /// The events to repeat so that a new instance has the handles of this one, or why that is not possible. `all` is the number
    /// of handles in the host's table, recorded or not.
    pub(super) fn replayable(&mut self, all: usize) -> Result<Vec<HandleEvent>, String> {
        let recorded = self.live();
        if all == 0 {
            return Ok(Vec::new());
        }
        if self.overflowed {
            return Err(format!(
                "it took and returned handles of streams more than {EVENTS_MAX} times while it was configured"
            ));
        }
        if recorded != all {
            return Err(format!(
                "it keeps handles from its configuration that a new instance does not have ({} of them)",
                all.saturating_sub(recorded)
            ));
        }
        Ok(std::mem::take(&mut self.events))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_handles_are_recorded_in_order_with_those_returned_in_between() {
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
    fn a_handle_returned_after_another_is_recorded() {
        let mut handles = Handles::default();
        for (handle, rep) in [(Handle::Stdout, 7), (Handle::Stderr, 8)] {
            handles.took(handle, rep);
        }
        handles.returned(7);
        handles.returned(8);
        handles.took(Handle::Stdin, 9);
        assert_eq!(handles.events.len(), 5, "{:?}", handles.events);
    }

    #[test]
    fn a_guest_that_keeps_no_handle_has_no_events() {
        let mut handles = Handles::default();
        for _ in 0..2 * EVENTS_MAX {
            handles.took(Handle::Stdout, 7);
            handles.returned(7);
        }
        assert_eq!(handles.events, []);
        assert!(!handles.overflowed);
    }
}
