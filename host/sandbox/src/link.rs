//! Links guests against the contract's imports and an empty WASI, and nothing else.

use portcullis_componentize::MODULE_LOADER;
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime::{Engine, StoreContextMut};
use wasmtime_wasi::p2::{DynPollable, Pollable};
use wasmtime_wasi::{WasiView, async_trait};

use super::bindings;
use super::engine::EngineError;
use super::recorded_streams;
use super::state::State;

/// The version under which wasmtime 48 links this interface. It serves every guest of WASI 0.2.
const MONOTONIC_CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.12";

/// Makes the linker. A component that imports anything else cannot be instantiated.
pub(super) fn linker(engine: &Engine) -> Result<Linker<State>, EngineError> {
    let mut linker = Linker::new(engine);
    bindings::Policy::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)
        .and_then(|()| add_wasi(&mut linker))
        .and_then(|()| add_module_loader(&mut linker))
        .map_err(EngineError::Link)?;
    Ok(linker)
}

fn add_wasi(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_sync(linker)?;
    // A sleeping guest would block a decision thread inside a host call, where deadlines do not apply.
    linker.allow_shadowing(true);
    let mut clock = linker.instance(MONOTONIC_CLOCK)?;
    for wait in ["subscribe-duration", "subscribe-instant"] {
        clock.func_wrap(
            wait,
            |mut store: StoreContextMut<'_, State>, (_,): (u64,)| {
                let table = store.data_mut().ctx().table;
                let ready = table.push(AlwaysReady)?;
                let pollable: Resource<DynPollable> = wasmtime_wasi::p2::subscribe(table, ready)?;
                Ok((pollable,))
            },
        )?;
    }
    recorded_streams::record(linker)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Links a module loader that finds no source file: a policy is built with all of its files.
fn add_module_loader(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type LoadResult = Result<String, String>;
    let not_found = || -> LoadResult { Err("policies have no files".into()) };
    let mut loader = linker.instance(MODULE_LOADER)?;
    loader.func_wrap(
        "resolve",
        move |_: StoreContextMut<'_, State>, (_, _): (String, String)| Ok((not_found(),)),
    )?;
    loader.func_wrap(
        "load",
        move |_: StoreContextMut<'_, State>, (_,): (String,)| Ok((not_found(),)),
    )
}

/// A pollable that never waits.
struct AlwaysReady;

#[async_trait]
impl Pollable for AlwaysReady {
    async fn ready(&mut self) {}
}
