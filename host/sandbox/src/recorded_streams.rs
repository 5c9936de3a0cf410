//! WASI functions for streams that record which handles a guest takes and returns.

use portcullis_componentize::Handle;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::cli::WasiCliView;
use wasmtime_wasi::p2::bindings::cli::{stderr, stdin, stdout};
use wasmtime_wasi::p2::bindings::sync::io::{poll, streams};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable};

use super::state::State;

/// The version under which wasmtime 48 links these interfaces. It serves every guest of WASI 0.2.
const STDIN: &str = "wasi:cli/stdin@0.2.12";
const STDOUT: &str = "wasi:cli/stdout@0.2.12";
const STDERR: &str = "wasi:cli/stderr@0.2.12";
const POLL: &str = "wasi:io/poll@0.2.12";
const STREAMS: &str = "wasi:io/streams@0.2.12";

/// Replaces WASI's own functions for streams by functions that do the same and record it.
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
            store.data_mut().handles.took(Handle::Stdin, stream.rep());
            Ok((stream,))
        },
    )?;
    linker.instance(STDOUT)?.func_wrap(
        "get-stdout",
        |mut store: StoreContextMut<'_, State>, (): ()| {
            let stream = stdout::Host::get_stdout(&mut store.data_mut().cli())?;
            store.data_mut().handles.took(Handle::Stdout, stream.rep());
            Ok((stream,))
        },
    )?;
    linker.instance(STDERR)?.func_wrap(
        "get-stderr",
        |mut store: StoreContextMut<'_, State>, (): ()| {
            let stream = stderr::Host::get_stderr(&mut store.data_mut().cli())?;
            store.data_mut().handles.took(Handle::Stderr, stream.rep());
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
                let handle = Handle::OutputReady(nth);
                store.data_mut().handles.took(handle, ready.rep());
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
                let handle = Handle::InputReady(nth);
                store.data_mut().handles.took(handle, ready.rep());
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
