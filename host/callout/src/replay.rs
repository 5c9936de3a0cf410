use std::hash::{BuildHasher, RandomState};

use hashbrown::{HashTable, hash_table::Entry};

/// Remembers which users were answered, so that a recorded request gets no answer when it is sent again.
///
/// There are two generations of hashes. When the younger is full, it replaces the older, so at least `capacity` and at most
/// twice as many users are remembered. A table of the default size takes 4.5 MiB, both take 9 MiB. The memory is touched
/// only as it fills.
pub(super) struct ReplayMemory {
    capacity: usize,
    /// Keyed, so that an attacker cannot choose user keys that collide in the table.
    hasher: RandomState,
    younger: HashTable<u64>,
    older: HashTable<u64>,
}

impl ReplayMemory {
    pub(super) fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self {
            capacity,
            hasher: RandomState::new(),
            younger: HashTable::with_capacity(capacity),
            older: HashTable::with_capacity(capacity),
        }
    }

    /// Whether this user is new. From now on it is known.
    pub(super) fn admit(&mut self, user: &[u8; 32]) -> bool {
        let hash = self.hasher.hash_one(user);
        if self.older.find(hash, |&seen| seen == hash).is_some() {
            return false;
        }
        match self.younger.entry(hash, |&seen| seen == hash, |&seen| seen) {
            Entry::Occupied(_) => return false,
            Entry::Vacant(slot) => slot.insert(hash),
        };
        if self.younger.len() >= self.capacity {
            std::mem::swap(&mut self.younger, &mut self.older);
            self.younger.clear();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u64) -> [u8; 32] {
        let mut key = [7; 32];
        key[..8].copy_from_slice(&number.to_le_bytes());
        key
    }

    #[test]
    fn a_user_is_admitted_once() {
        let mut replay = ReplayMemory::new(10);
        assert!(replay.admit(&user(1)));
        assert!(!replay.admit(&user(1)));
        assert!(replay.admit(&user(2)));
    }

    #[test]
    fn the_last_users_up_to_the_capacity_are_remembered() {
        let mut replay = ReplayMemory::new(100);
        for number in 0..1_000 {
            assert!(replay.admit(&user(number)), "{number}");
            for seen in number.saturating_sub(99)..=number {
                assert!(!replay.admit(&user(seen)), "{seen} after {number}");
            }
        }
    }

    #[test]
    fn its_tables_do_not_grow() {
        let mut replay = ReplayMemory::new(1_000);
        let room = replay.younger.capacity();
        for number in 0..20_000 {
            replay.admit(&user(number));
        }
        assert_eq!(
            (replay.younger.capacity(), replay.older.capacity()),
            (room, room)
        );
    }

    #[test]
    fn the_default_takes_no_more_than_16_mib() {
        let replay = ReplayMemory::new(crate::CalloutLimits::default().replay_entries);
        assert!(replay.younger.allocation_size() + replay.older.allocation_size() <= 16 << 20);
    }
}
