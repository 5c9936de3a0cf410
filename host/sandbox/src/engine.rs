//! The engine in which every policy runs, its clock, and the stores of instances.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store,
};

use super::functions::Functions;
use super::limits::SandboxLimits;
use super::state::State;
use portcullis_model::Timestamp;

/// The resolution of every deadline inside a sandbox.
pub(super) const TICK: Duration = Duration::from_millis(1);
/// The most instances of all policies that can exist at the same time. Address space is reserved for them.
const INSTANCES: u32 = 128;
/// The most core instances or tables of one component, on average over all live instances.
const PARTS_PER_INSTANCE: u32 = 16;
/// Bytes of an instance's memory that are wiped in place. The rest is returned to the kernel.
const KEEP_RESIDENT: usize = 64 << 10;
const KEEP_RESIDENT_SCANNED: usize = 1 << 20;

/// The memory of a snapshot up to this size is mapped as a whole, even if it is sparse. By default wasmtime does this only up
/// to 16 MiB; it would copy a larger sparse memory in pieces in every decision.
const DENSE_IMAGE_BYTES: u64 = 256 << 20;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(
        "failed to reserve memory for the sandbox: {0:#}; raise the limit on virtual memory (ulimit -v)"
    )]
    Reserve(wasmtime::Error),
    #[error("failed to link the contract: {0:#}")]
    Link(wasmtime::Error),
    #[error("failed to start the clock for deadlines: {0}")]
    Ticker(std::io::Error),
}

/// How the engine uses the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineSettings {
    /// Ask the kernel which pages an instance touched, so that wiping them is cheap. wasmtime 48 overlooks pages that are not
    /// present at that moment, because they were swapped out or are being moved by the kernel, and the next instance would see
    /// their contents: what a policy kept in memory about another client. So use it only where that does not matter.
    pub pagemap_scan: bool,
}

pub(super) fn new(
    settings: EngineSettings,
    functions: Arc<Functions>,
) -> Result<Engine, EngineError> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .wasm_backtrace_max_frames(None)
        .generate_address_map(false)
        .wasm_threads(false)
        .memory_guaranteed_dense_image_size(DENSE_IMAGE_BYTES)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(settings)));
    config
        .enable_incremental_compilation(functions)
        .and_then(|config| Engine::new(config))
        .map_err(EngineError::Reserve)
}

fn pool(settings: EngineSettings) -> PoolingAllocationConfig {
    let (scan, keep) = if settings.pagemap_scan {
        (Enabled::Auto, KEEP_RESIDENT_SCANNED)
    } else {
        (Enabled::No, KEEP_RESIDENT)
    };
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(INSTANCES)
        .total_core_instances(INSTANCES * PARTS_PER_INSTANCE)
        .total_memories(INSTANCES * 2)
        .total_tables(INSTANCES * PARTS_PER_INSTANCE)
        .table_elements(30_000)
        .max_tables_per_module(8)
        .max_component_instance_size(16 << 20)
        .max_core_instance_size(16 << 20)
        .linear_memory_keep_resident(keep)
        .table_keep_resident(KEEP_RESIDENT)
        .pagemap_scan(scan);
    pool
}

/// Makes a store with all limits set. The caller must set the deadline before it runs code in the store.
pub(super) fn store(engine: &Engine, limits: &SandboxLimits, now: Timestamp) -> Store<State> {
    let mut store = Store::new(engine, State::new(limits, now));
    store.limiter(|state| &mut state.meter);
    store.set_hostcall_fuel(limits.copy_bytes);
    store.set_max_component_handles(limits.handles);
    store.set_epoch_deadline(0);
    store
}

/// Whole ticks until `deadline` has passed, at least one. The current tick does not count.
pub(super) fn ticks(deadline: Duration) -> u64 {
    let whole = deadline.as_millis() / TICK.as_millis().max(1);
    u64::try_from(whole)
        .unwrap_or(u64::MAX / 2)
        .saturating_add(1)
}

/// Advances the engine's clock. It is a thread and not a task: if an executor is blocked by a guest, the clock must still run to
/// interrupt that guest.
#[derive(Debug)]
pub(super) struct Ticker {
    stopped: Arc<AtomicBool>,
}

impl Ticker {
    pub(super) fn start(engine: &Engine) -> Result<Self, EngineError> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (seen, engine) = (stopped.clone(), engine.weak());
        let thread = std::thread::Builder::new()
            .name("epoch".into())
            .spawn(move || {
                while !seen.load(Ordering::Relaxed) {
                    std::thread::sleep(TICK);
                    let Some(engine) = engine.upgrade() else {
                        break;
                    };
                    engine.increment_epoch();
                }
            });
        thread.map_err(EngineError::Ticker)?;
        Ok(Self { stopped })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
