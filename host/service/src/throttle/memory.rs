//! Bounded memory for hashes: what was not touched for longest is forgotten first, half of it at a time.

use std::collections::HashMap;

use parking_lot::{Mutex, MutexGuard};

/// The number of locks. Decision threads rarely want the same one.
const SHARDS: usize = 16;

/// Many memories, so that threads rarely wait for each other. The key decides which one.
#[derive(Debug)]
pub(super) struct Sharded<V>([Mutex<Memory<V>>; SHARDS]);

#[derive(Debug)]
pub(super) struct Memory<V> {
    recent: HashMap<u64, V>,
    older: HashMap<u64, V>,
    recent_max: usize,
}

impl<V> Sharded<V> {
    /// Remembers at least `entries` keys, and at most twice as many.
    pub(super) fn new(entries: usize) -> Self {
        Self(std::array::from_fn(|_| {
            Mutex::new(Memory {
                recent: HashMap::new(),
                older: HashMap::new(),
                recent_max: entries.div_ceil(SHARDS),
            })
        }))
    }

    pub(super) fn at(&self, key: u64) -> MutexGuard<'_, Memory<V>> {
        let [first, ..] = &self.0;
        let index = usize::try_from(key % SHARDS as u64).unwrap_or_default();
        self.0.get(index).unwrap_or(first).lock()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let of = |memory: &Mutex<Memory<V>>| {
            let memory = memory.lock();
            memory.recent.len() + memory.older.len()
        };
        self.0.iter().map(of).sum()
    }
}

impl<V> Memory<V> {
    pub(super) fn get(&self, key: u64) -> Option<&V> {
        self.recent.get(&key).or_else(|| self.older.get(&key))
    }

    /// The value of the key, which counts as touched.
    pub(super) fn entry(&mut self, key: u64, new: impl FnOnce() -> V) -> &mut V {
        let is_full = self.recent.len() >= self.recent_max;
        let older = self.older.remove(&key);
        if is_full && !self.recent.contains_key(&key) {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent
            .entry(key)
            .or_insert_with(|| older.unwrap_or_else(new))
    }

    pub(super) fn insert(&mut self, key: u64, value: V) {
        self.remove(key);
        self.entry(key, || value);
    }

    pub(super) fn remove(&mut self, key: u64) {
        self.recent.remove(&key);
        self.older.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_touched_stays_and_the_rest_is_forgotten() {
        let memory = Sharded::new(16 * 4);
        // Keys of one shard.
        let key = |number: u64| number * 16;
        for number in 0..20 {
            *memory.at(0).entry(0, || 0) += 1;
            memory.at(key(number + 1)).insert(key(number + 1), 1);
        }
        assert_eq!(memory.at(0).get(0), Some(&20));
        assert_eq!(memory.at(0).get(key(1)), None);
        assert_eq!(memory.at(0).get(key(20)), Some(&1));
        assert!(memory.len() <= 8, "{}", memory.len());
        memory.at(0).remove(0);
        assert_eq!(memory.at(0).get(0), None);
    }
}
