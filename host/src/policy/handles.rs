//! Handles of streams that a guest takes, in the order of taking and giving back.
//!
//! A guest that prints while it is configured keeps the handle of its stdout, a number that a new instance of its snapshot
//! does not know. What is noted here is done again there (`replay.rs`), so that the same numbers mean the same streams.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::cli::WasiCliView;
use wasmtime_wasi::p2::bindings::cli::{stderr, stdin, stdout};
use wasmtime_wasi::p2::bindings::sync::io::{poll, streams};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable};
use wasmtime_wasi::{ResourceTable, WasiView};

use super::state::State;

/// The version that wasmtime 48 links under; it serves every guest of 0.2.
const STDIN: &str = "wasi:cli/stdin@0.2.12";
const STDOUT: &str = "wasi:cli/stdout@0.2.12";
const STDERR: &str = "wasi:cli/stderr@0.2.12";
const POLL: &str = "wasi:io/poll@0.2.12";
const STREAMS: &str = "wasi:io/streams@0.2.12";
/// Events that are noted of one instance; a guest with more of them is not replayed.
const EVENTS_MAX: usize = 1_000;

/// What can be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Taking {
    Stdin,
    Stdout,
    Stderr,
    /// The readiness of an output or input, which was the nth to be taken.
    OutputReady(usize),
    InputReady(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Event {
    Taken(Taking),
    /// The nth that was taken, given back.
    Returned(usize),
}

/// The events of one instance.
#[derive(Debug, Default)]
pub(super) struct Handles {
    events: Vec<Event>,
    /// Of each that was taken: its number in the host's table while it lives.
    live: Vec<Option<u32>>,
    overflowed: bool,
}

impl Handles {
    fn took(&mut self, taking: Taking, rep: u32) {
        if self.live.len() < EVENTS_MAX {
            self.live.push(Some(rep));
        }
        self.note(Event::Taken(taking));
    }

    /// What was taken last and is at once given back leaves everything as it was; whatever else is given back leaves a gap,
    /// which the next one fills.
    fn returned(&mut self, rep: u32) {
        let Some(nth) = self.nth(rep) else {
            return;
        };
        let is_last =
            nth + 1 == self.live.len() && matches!(self.events.last(), Some(Event::Taken(_)));
        if is_last && !self.overflowed {
            self.live.pop();
            self.events.pop();
        } else {
            if let Some(place) = self.live.get_mut(nth) {
                *place = None;
            }
            self.note(Event::Returned(nth));
        }
    }

    fn nth(&self, rep: u32) -> Option<usize> {
        self.live.iter().position(|live| *live == Some(rep))
    }

    fn note(&mut self, event: Event) {
        if self.events.len() < EVENTS_MAX {
            self.events.push(event);
        } else {
            self.overflowed = true;
        }
    }

    fn live(&self) -> usize {
        self.live.iter().flatten().count()
    }
}

impl State {
    /// What has to be done again so that a new instance has the handles of this one, or why that cannot be done.
    pub(super) fn replayable(&mut self) -> Result<Vec<Event>, String> {
        let (known, all) = (self.handles.live(), self.table().iter_mut().count());
        if all == 0 {
            return Ok(Vec::new());
        }
        if self.handles.overflowed {
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
        Ok(std::mem::take(&mut self.handles.events))
    }

    fn table(&mut self) -> &mut ResourceTable {
        self.ctx().table
    }
}

/// Takes the place of WASI's own functions for streams; they do the same, and are noted.
pub(super) fn record(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    record_standard_streams(linker)?;
    record_readiness(linker)?;
    record_returns(linker)
}

fn record_standard_streams(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.instance(STDIN)?.func_wrap(
        "get-stdin",
        |mut store: StoreContextMut<'_, State>, (): ()| {
            let stream = stdin::Host::get_stdin(&mut store.data_mut().cli())?;
            store.data_mut().handles.took(Taking::Stdin, stream.rep());
            Ok((stream,))
        },
    )?;
    linker.instance(STDOUT)?.func_wrap(
        "get-stdout",
        |mut store: StoreContextMut<'_, State>, (): ()| {
            let stream = stdout::Host::get_stdout(&mut store.data_mut().cli())?;
            store.data_mut().handles.took(Taking::Stdout, stream.rep());
            Ok((stream,))
        },
    )?;
    linker.instance(STDERR)?.func_wrap(
        "get-stderr",
        |mut store: StoreContextMut<'_, State>, (): ()| {
            let stream = stderr::Host::get_stderr(&mut store.data_mut().cli())?;
            store.data_mut().handles.took(Taking::Stderr, stream.rep());
            Ok((stream,))
        },
    )
}

fn record_readiness(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut streams = linker.instance(STREAMS)?;
    streams.func_wrap(
        "[method]output-stream.subscribe",
        |mut store: StoreContextMut<'_, State>, (stream,): (Resource<DynOutputStream>,)| {
            let of = store.data().handles.nth(stream.rep());
            let ready = streams::HostOutputStream::subscribe(store.data_mut().table(), stream)?;
            if let Some(nth) = of {
                let taking = Taking::OutputReady(nth);
                store.data_mut().handles.took(taking, ready.rep());
            }
            Ok((ready,))
        },
    )?;
    streams.func_wrap(
        "[method]input-stream.subscribe",
        |mut store: StoreContextMut<'_, State>, (stream,): (Resource<DynInputStream>,)| {
            let of = store.data().handles.nth(stream.rep());
            let ready = streams::HostInputStream::subscribe(store.data_mut().table(), stream)?;
            if let Some(nth) = of {
                let taking = Taking::InputReady(nth);
                store.data_mut().handles.took(taking, ready.rep());
            }
            Ok((ready,))
        },
    )
}

fn record_returns(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut streams = linker.instance(STREAMS)?;
    streams.resource(
        "output-stream",
        ResourceType::host::<DynOutputStream>(),
        |mut store, rep| {
            store.data_mut().handles.returned(rep);
            let stream = Resource::<DynOutputStream>::new_own(rep);
            store.data_mut().table().delete(stream)?;
            Ok(())
        },
    )?;
    streams.resource(
        "input-stream",
        ResourceType::host::<DynInputStream>(),
        |mut store, rep| {
            store.data_mut().handles.returned(rep);
            let stream = Resource::<DynInputStream>::new_own(rep);
            store.data_mut().table().delete(stream)?;
            Ok(())
        },
    )?;
    linker.instance(POLL)?.resource(
        "pollable",
        ResourceType::host::<DynPollable>(),
        |mut store, rep| {
            store.data_mut().handles.returned(rep);
            poll::HostPollable::drop(store.data_mut().table(), Resource::new_own(rep))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_done_again_in_order_with_what_was_given_back_between() {
        let mut handles = Handles::default();
        handles.took(Taking::Stdout, 7);
        handles.took(Taking::Stderr, 8);
        handles.returned(7);
        handles.took(Taking::OutputReady(1), 7);
        let events = [
            Event::Taken(Taking::Stdout),
            Event::Taken(Taking::Stderr),
            Event::Returned(0),
            Event::Taken(Taking::OutputReady(1)),
        ];
        assert_eq!(handles.events, events);
        assert_eq!(handles.live(), 2);
    }

    #[test]
    fn a_gap_that_was_left_is_left_again() {
        let mut handles = Handles::default();
        for (taking, rep) in [(Taking::Stdout, 7), (Taking::Stderr, 8)] {
            handles.took(taking, rep);
        }
        handles.returned(7);
        handles.returned(8);
        handles.took(Taking::Stdin, 9);
        assert_eq!(handles.events.len(), 5, "{:?}", handles.events);
    }

    #[test]
    fn a_guest_that_keeps_nothing_has_nothing_to_do_again() {
        let mut handles = Handles::default();
        for _ in 0..2 * EVENTS_MAX {
            handles.took(Taking::Stdout, 7);
            handles.returned(7);
        }
        assert_eq!(handles.events, []);
        assert!(!handles.overflowed);
    }
}
