//! Keeps the machine code of single functions. The key is what a function was compiled from.
//!
//! The snapshot of a policy is its module with other data. If the functions are known, new data cost only a fraction of a full
//! compilation. The functions do not contain the data, so they may be stored on disk next to the compiled modules.

use std::borrow::Cow;
use std::collections::HashMap;

use parking_lot::Mutex;
use wasmtime::CacheStore;

use super::cache::Cache;

/// The functions of the module that is being loaded. Empty at other times.
#[derive(Debug, Default)]
pub(super) struct Functions {
    known: Mutex<KnownFunctions>,
    /// Modules are loaded one at a time, so that their functions are kept apart.
    loading: Mutex<()>,
}

#[derive(Debug, Default)]
struct KnownFunctions {
    code: HashMap<Vec<u8>, Vec<u8>>,
    added: bool,
}

impl Functions {
    /// Runs `load` with the known functions of the module with that digest. `load` compiles a module twice, once to configure it
    /// and once as its snapshot. The second time, most functions are known. With a cache, they are also known to later loads.
    pub(super) fn with_module<T>(
        &self,
        cache: Option<&Cache>,
        digest: &str,
        load: impl FnOnce() -> T,
    ) -> T {
        let _one_at_a_time = self.loading.lock();
        let cached = cache.and_then(|cache| cache.functions(digest));
        *self.known.lock() = KnownFunctions {
            code: decode(&cached.unwrap_or_default()).collect(),
            added: false,
        };
        let loaded = load();
        let known = std::mem::take(&mut *self.known.lock());
        if let Some(cache) = cache.filter(|_| known.added) {
            cache.keep_functions(digest, &encode(&known.code));
        }
        loaded
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.known.lock().code.get(key).cloned().map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        // Code that is compiled outside of a load does not belong to a policy's module and is not kept.
        if self.loading.is_locked() {
            let mut known = self.known.lock();
            known.code.insert(key.to_vec(), value);
            known.added = true;
        }
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
