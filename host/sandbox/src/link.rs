//! What a guest can be linked against: the contract's imports and an empty WASI, and nothing else.

use portcullis_componentize::MODULE_LOADER;
use wasmtime::component::{HasSelf, Linker, Resource};
use wasmtime::{Engine, StoreContextMut};
use wasmtime_wasi::p2::{DynPollable, Pollable};
use wasmtime_wasi::{WasiView, async_trait};

use super::bindings;
use super::engine::EngineError;
use super::noted_streams;
use super::state::State;

/// The version that wasmtime 48 links under; it serves every guest of 0.2.
const MONOTONIC_CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.12";

/// Links the contract's imports and the empty WASI; a component that imports more cannot be instantiated.
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
    // A guest that sleeps would hold a decision thread inside a host call, where no deadline reaches it.
    linker.allow_shadowing(true);
    let mut clock = linker.instance(MONOTONIC_CLOCK)?;
    for wait in ["subscribe-duration", "subscribe-instant"] {
        clock.func_wrap(
            wait,
            |mut store: StoreContextMut<'_, State>, (_,): (u64,)| {
                let table = store.data_mut().ctx().table;
                let elapsed = table.push(Elapsed)?;
                let pollable: Resource<DynPollable> = wasmtime_wasi::p2::subscribe(table, elapsed)?;
                Ok((pollable,))
            },
        )?;
    }
    noted_streams::record(linker)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// No source file is found: a policy is built with all of them.
fn add_module_loader(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type Found = Result<String, String>;
    let nothing = || -> Found { Err("policies have no files".into()) };
    let mut loader = linker.instance(MODULE_LOADER)?;
    loader.func_wrap(
        "resolve",
        move |_: StoreContextMut<'_, State>, (_, _): (String, String)| Ok((nothing(),)),
    )?;
    loader.func_wrap(
        "load",
        move |_: StoreContextMut<'_, State>, (_,): (String,)| Ok((nothing(),)),
    )
}

/// A wait that is over before it begins.
struct Elapsed;

#[async_trait]
impl Pollable for Elapsed {
    async fn ready(&mut self) {}
}
