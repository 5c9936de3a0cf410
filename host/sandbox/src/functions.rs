//! Machine code of single functions, by what they were compiled from.
//!
//! The snapshot of a policy is its module with other data: as long as its functions are known, new data cost a fraction of a
//! whole compilation. They hold nothing of the data, so that they may be kept on the disk beside the compiled modules.

use std::borrow::Cow;
use std::collections::HashMap;

use parking_lot::Mutex;
use wasmtime::CacheStore;

use super::cache::Cache;

/// The functions of the module that is being loaded; empty in between.
#[derive(Debug, Default)]
pub(super) struct Functions {
    known: Mutex<Known>,
    /// One module at a time, so that each has its own.
    loading: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    code: HashMap<Vec<u8>, Vec<u8>>,
    added: bool,
}

impl Functions {
    /// Has the functions of the module of that digest at hand while `load` runs. A module is compiled twice then, once to be
    /// configured and once as its snapshot: the second time most of it is known. With a cache, that holds for later loads, too.
    pub(super) fn during<T>(
        &self,
        cache: Option<&Cache>,
        digest: &str,
        load: impl FnOnce() -> T,
    ) -> T {
        let _alone = self.loading.lock();
        let known = cache.and_then(|cache| cache.functions(digest));
        *self.known.lock() = Known {
            code: entries(&known.unwrap_or_default()).collect(),
            added: false,
        };
        let loaded = load();
        let known = std::mem::take(&mut *self.known.lock());
        if let Some(cache) = cache.filter(|_| known.added) {
            cache.keep_functions(digest, &written(&known.code));
        }
        loaded
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.known.lock().code.get(key).cloned().map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        // Whatever is compiled beside a load is no policy's module, and is not kept.
        if self.loading.is_locked() {
            let mut known = self.known.lock();
            known.code.insert(key.to_vec(), value);
            known.added = true;
        }
        true
    }
}

/// Each entry is the length of its key, the length of its code, the key, the code; lengths have four bytes, little-endian.
fn written(code: &HashMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
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

/// What was written, up to the first entry that is not whole.
fn entries(mut bytes: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
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
    fn what_was_written_is_read_back_as_far_as_it_is_whole() {
        let code = HashMap::from([(b"key".to_vec(), b"code".to_vec()), (vec![], vec![1])]);
        let bytes = written(&code);
        assert_eq!(entries(&bytes).collect::<HashMap<_, _>>(), code);
        assert_eq!(entries(&bytes[..bytes.len() - 1]).count(), 1);
    }
}
