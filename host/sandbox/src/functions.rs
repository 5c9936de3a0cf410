//! Keeps the machine code of single functions. The key is what a function was compiled from.
//!
//! The snapshot of a policy is its module with other data. If the functions are known, new data cost only a fraction of a full
//! compilation. The functions do not contain the data, so they may be stored on disk next to the compiled modules.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use wasmtime::CacheStore;

use super::cache::Cache;

/// The store that wasmtime asks. It has no functions of its own: each load brings those of its module, and sets them for its
/// threads.
#[derive(Debug)]
pub(super) struct Functions;

thread_local! {
    static LOADING: RefCell<Option<ModuleFunctions>> = const { RefCell::new(None) };
}

/// The functions of one module while it is loaded. `load` compiles a module twice, once to configure it and once as its
/// snapshot. The second time, most functions are known. With a cache, they are also known to later loads of modules with the same
/// code: other data, other settings, or another policy for the same interpreter.
#[derive(Clone, Debug)]
pub(super) struct ModuleFunctions(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    cache: Option<Cache>,
    /// The digest of the code.
    digest: String,
    /// Read when the first function is looked up: a module that is compiled already needs none.
    known: Mutex<Option<KnownFunctions>>,
}

#[derive(Debug, Default)]
struct KnownFunctions {
    code: HashMap<Vec<u8>, Vec<u8>>,
    added: bool,
}

impl ModuleFunctions {
    pub(super) fn of_code(cache: Option<&Cache>, code: &[u8]) -> Self {
        Self(Arc::new(Shared {
            cache: cache.cloned(),
            digest: format!("{:x}", Sha256::digest(code)),
            known: Mutex::default(),
        }))
    }

    /// Whether the cache has functions of this code.
    pub(super) fn are_known(&self) -> bool {
        let cache = self.0.cache.as_ref();
        cache.is_some_and(|cache| cache.has_functions(&self.0.digest))
    }

    /// Makes these the functions that this thread looks up and adds to, until it ends.
    pub(super) fn set_for_thread(&self) {
        LOADING.with(|loading| *loading.borrow_mut() = Some(self.clone()));
    }

    /// Stores them if some were added since they were stored.
    pub(super) fn keep(&self) {
        let mut known = self.0.known.lock();
        if let (Some(cache), Some(known)) = (&self.0.cache, known.as_mut().filter(|it| it.added)) {
            cache.keep_functions(&self.0.digest, &encode(&known.code));
            known.added = false;
        }
    }
}

impl Shared {
    fn with_known<T>(&self, act: impl FnOnce(&mut KnownFunctions) -> T) -> T {
        let mut known = self.known.lock();
        act(known.get_or_insert_with(|| {
            let cache = self.cache.as_ref();
            let cached = cache.and_then(|cache| cache.functions(&self.digest));
            KnownFunctions {
                code: decode(&cached.unwrap_or_default()).collect(),
                added: false,
            }
        }))
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        LOADING.with(|loading| {
            let loading = loading.borrow();
            let code = loading
                .as_ref()?
                .0
                .with_known(|known| known.code.get(key).cloned());
            code.map(Cow::Owned)
        })
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        LOADING.with(|loading| {
            // Code that is compiled outside of a load does not belong to a policy's module and is not kept.
            if let Some(functions) = loading.borrow().as_ref() {
                functions.0.with_known(|known| {
                    known.code.insert(key.to_vec(), value);
                    known.added = true;
                });
            }
        });
        true
    }
}

/// Writes each entry as the length of its key, the length of its code, the key, and the code. Lengths have four bytes,
/// little-endian.
fn encode(code: &HashMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let size = code.iter().map(|(key, value)| 8 + key.len() + value.len());
    let mut bytes = Vec::with_capacity(size.sum());
    for (key, value) in code {
        for part in [key, value] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            bytes.extend(length.to_le_bytes());
        }
        bytes.extend(key);
        bytes.extend(value);
    }
    bytes
}

/// Reads entries up to the first incomplete one.
fn decode(mut bytes: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    std::iter::from_fn(move || {
        let (key, value) = (length(&mut bytes)?, length(&mut bytes)?);
        let key = bytes.split_off(..key)?.to_vec();
        let value = bytes.split_off(..value)?.to_vec();
        Some((key, value))
    })
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_back_up_to_an_incomplete_one() {
        let code = HashMap::from([(b"key".to_vec(), b"code".to_vec()), (vec![], vec![1])]);
        let bytes = encode(&code);
        assert_eq!(decode(&bytes).collect::<HashMap<_, _>>(), code);
        assert_eq!(decode(&bytes[..bytes.len() - 1]).count(), 1);
    }
}
