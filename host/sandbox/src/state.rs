//! The data that the host keeps for one instance.

use portcullis_componentize::HandleEvent;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::bindings::{log, types};
use super::handles::Handles;
use super::limits::{Meter, SandboxLimits};
use super::lines::{Level, Lines};
use super::wasi;
use portcullis_model::Timestamp;

/// The data of a store. The WASI context is made only when a guest uses it, because most policies import only the log.
pub(super) struct State {
    pub(super) meter: Meter,
    pub(super) lines: Lines,
    pub(super) handles: Handles,
    clock: wasi::RequestClock,
    wasi: Option<WasiCtx>,
    table: ResourceTable,
}

impl State {
    pub(super) fn new(limits: &SandboxLimits, now: Timestamp) -> Self {
        Self {
            meter: Meter::new(limits),
            lines: Lines::new(limits),
            handles: Handles::default(),
            clock: wasi::RequestClock::new(now),
            wasi: None,
            table: ResourceTable::new(),
        }
    }

    /// See [`Handles::replayable`].
    pub(super) fn replayable(&mut self) -> Result<Vec<HandleEvent>, String> {
        let all = self.table.iter_mut().count();
        self.handles.replayable(all)
    }

    pub(super) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// Sets the guest's wall clock.
    pub(super) fn set_now(&self, now: Timestamp) {
        self.clock.set(now);
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (lines, clock) = (&self.lines, &self.clock);
        WasiCtxView {
            ctx: self.wasi.get_or_insert_with(|| wasi::context(lines, clock)),
            table: &mut self.table,
        }
    }
}

impl types::Host for State {}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        self.lines.push(level, message);
    }
}

#[cfg(test)]
mod tests {
    use wasmtime_wasi::clocks::WasiClocksCtxView;
    use wasmtime_wasi::p2::bindings::clocks::wall_clock::Host;

    use super::*;

    fn wall_clock(state: &mut State) -> u64 {
        let WasiCtxView { ctx, table } = state.ctx();
        let ctx = ctx.clocks();
        WasiClocksCtxView { ctx, table }.now().unwrap().seconds
    }

    #[test]
    fn the_wall_clock_of_a_reused_instance_is_set_for_each_request() {
        let mut state = State::new(&SandboxLimits::default(), 1);
        assert_eq!(wall_clock(&mut state), 1);
        state.set_now(7);
        assert_eq!(wall_clock(&mut state), 7);
    }
}
