//! Configures a component once and keeps the memory that it then has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::Store;
use wasmtime::component::{Instance, Lift, WasmList};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use super::error::LoadError;
use super::state::State;
use portcullis_componentize::retake;

/// Ticks that reading a memory may take.
const ACCESS_TICKS: u64 = 60_000;

/// A component made ready to have its memory read after it was configured.
pub(super) struct Instrumented<'a> {
    wizer: Wizer,
    context: wasmtime_wizer::ComponentContext<'a>,
    pub(super) wasm: Vec<u8>,
}

pub(super) fn instrument(component: &[u8]) -> Result<Instrumented<'_>, LoadError> {
    let wizer = Wizer::new();
    let (context, wasm) = guarded(|| wizer.instrument_component(component))?;
    Ok(Instrumented {
        wizer,
        context,
        wasm,
    })
}

impl Instrumented<'_> {
    /// The component whose start state is what `instance` holds now.
    pub(super) fn snapshot(
        &self,
        store: &mut Store<State>,
        instance: Instance,
    ) -> Result<Vec<u8>, LoadError> {
        let refused = |reason| LoadError::Snapshot { reason };
        let events = store.data_mut().replayable().map_err(refused)?;
        // What is copied here is the whole memory, which the policy's limit has bounded already; and nothing of the policy
        // runs, only accessors that were added to it.
        store.set_hostcall_fuel(usize::MAX);
        store.set_epoch_deadline(ACCESS_TICKS);
        let mut reader = Reader {
            store,
            instance,
            failed: None,
        };
        let snapshot = guarded(|| {
            futures::executor::block_on(self.wizer.snapshot_component(&self.context, &mut reader))
        })?;
        match reader.failed {
            None => retake(snapshot, &events).map_err(refused),
            Some(reason) => Err(refused(reason)),
        }
    }
}

/// Wizer panics on some components instead of saying why it cannot take them; that must cost the module, not the host.
fn guarded<T>(make: impl FnOnce() -> wasmtime::Result<T>) -> Result<T, LoadError> {
    match catch_unwind(AssertUnwindSafe(make)) {
        Ok(Ok(made)) => Ok(made),
        Ok(Err(error)) => Err(LoadError::Snapshot {
            reason: format!("{error:#}"),
        }),
        Err(_) => Err(LoadError::Snapshot {
            reason: "its structure is not supported".into(),
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
