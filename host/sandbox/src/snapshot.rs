//! Makes a snapshot: a component that starts with the memory of a configured instance.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::Store;
use wasmtime::component::{Instance, Lift, WasmList};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use super::error::LoadError;
use super::state::State;
use portcullis_componentize::retake;

/// The most ticks that reading a memory may take.
const ACCESS_TICKS: u64 = 60_000;

/// A component with added functions that read its memory after it was configured.
pub(super) struct Instrumented<'a> {
    wizer: Wizer,
    context: wasmtime_wizer::ComponentContext<'a>,
    pub(super) wasm: Vec<u8>,
}

pub(super) fn instrument(component: &[u8]) -> Result<Instrumented<'_>, LoadError> {
    let wizer = Wizer::new();
    let (context, wasm) = catch_panic(|| wizer.instrument_component(component))?;
    Ok(Instrumented {
        wizer,
        context,
        wasm,
    })
}

impl Instrumented<'_> {
    /// Makes a component that starts with the current memory of `instance`.
    pub(super) fn snapshot(
        &self,
        store: &mut Store<State>,
        instance: Instance,
    ) -> Result<Vec<u8>, LoadError> {
        let refused = |reason| LoadError::Snapshot { reason };
        let events = store.data_mut().replayable().map_err(refused)?;
        // The whole memory is copied here. The policy's memory limit already applies to it, and no code of the policy runs, only
        // the added functions.
        store.set_hostcall_fuel(usize::MAX);
        store.set_epoch_deadline(ACCESS_TICKS);
        let mut reader = Reader {
            store,
            instance,
            failed: None,
        };
        let snapshot = catch_panic(|| {
            futures::executor::block_on(self.wizer.snapshot_component(&self.context, &mut reader))
        })?;
        match reader.failed {
            None => retake(snapshot, &events).map_err(refused),
            Some(reason) => Err(refused(reason)),
        }
    }
}

/// Wizer panics on some components that it does not support. Such a panic must only refuse the module, not end the host.
fn catch_panic<T>(call: impl FnOnce() -> wasmtime::Result<T>) -> Result<T, LoadError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(LoadError::Snapshot {
            reason: format!("{error:#}"),
        }),
        Err(_) => Err(LoadError::Snapshot {
            reason: "the structure of its component is not supported".into(),
        }),
    }
}

/// Reads memories and globals of an instrumented instance.
struct Reader<'a> {
    store: &'a mut Store<State>,
    instance: Instance,
    failed: Option<String>,
}

impl Reader<'_> {
    fn call<R: Lift + Send + Sync + 'static>(&mut self, instance: &str, func: &str) -> Option<R> {
        let result = self.try_call(instance, func);
        result
            .map_err(|error| {
                self.failed
                    .get_or_insert_with(|| format!("{error:#}"))
                    .clone()
            })
            .ok()
    }

    fn try_call<R: Lift + Send + Sync + 'static>(
        &mut self,
        instance: &str,
        func: &str,
    ) -> wasmtime::Result<R> {
        let missing = || wasmtime::format_err!("`{instance}#{func}` is missing");
        let (_, owner) = self
            .instance
            .get_export(&mut *self.store, None, instance)
            .ok_or_else(missing)?;
        let (_, index) = self
            .instance
            .get_export(&mut *self.store, Some(&owner), func)
            .ok_or_else(missing)?;
        let func = self
            .instance
            .get_typed_func::<(), (R,)>(&mut *self.store, index)?;
        Ok(func.call(&mut *self.store, ())?.0)
    }
}

impl ComponentInstanceState for Reader<'_> {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        func: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        match self.call::<WasmList<u8>>(instance, func) {
            Some(list) => contents(list.as_le_slice(&*self.store)),
            None => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.call(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.call(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.call::<f32>(instance, func)
            .map(f32::to_bits)
            .unwrap_or_default()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.call::<f64>(instance, func)
            .map(f64::to_bits)
            .unwrap_or_default()
    }
}
