//! Slows down guessing: a client that was denied too often gets no answer for a while, and no policy is asked.
//!
//! It counts by user name together with the address, and by address alone. It does not count by user name alone: an attacker
//! who sends wrong passwords for a user could lock that user out from everywhere.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How long a denial counts: at least this long, at most twice as long.
const WINDOW: Duration = Duration::from_secs(60);
/// The number of counters for each window. If there are more, the older half is forgotten early.
const COUNTERS_MAX: usize = 65_536;

/// How many denials in a minute are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleLimits {
    /// For one user name from one address.
    pub per_client: u32,
    /// For one address.
    pub per_address: u32,
}

impl Default for ThrottleLimits {
    fn default() -> Self {
        Self {
            per_client: 10,
            per_address: 100,
        }
    }
}

/// Too many denials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{denials} denials from {address} within the last two minutes, {max} are allowed; its requests get no answer until the denials \
     are older; see denials-per-client and denials-per-address"
)]
pub struct Throttled {
    address: String,
    denials: u32,
    max: u32,
}

/// Remembers denials, as hashes. Shared by all decision threads.
#[derive(Debug)]
pub struct Throttle {
    settings: ThrottleLimits,
    hasher: RandomState,
    windows: Mutex<Windows>,
}

#[derive(Debug)]
struct Windows {
    began: Instant,
    current: HashMap<u64, u32>,
    previous: HashMap<u64, u32>,
}

impl Throttle {
    pub fn new(settings: ThrottleLimits, now: Instant) -> Self {
        let windows = Windows {
            began: now,
            current: HashMap::new(),
            previous: HashMap::new(),
        };
        Self {
            settings,
            hasher: RandomState::new(),
            windows: Mutex::new(windows),
        }
    }

    /// Whether policies may be asked about this client now.
    pub fn check(&self, user: Option<&str>, address: &str, now: Instant) -> Result<(), Throttled> {
        let mut windows = self.windows.lock();
        windows.turn(now);
        for (key, max) in self.keys(user, address) {
            let denials = windows.count(key);
            if denials >= max {
                let address = address.to_owned();
                return Err(Throttled {
                    address,
                    denials,
                    max,
                });
            }
        }
        Ok(())
    }

    /// Counts a denial by a policy.
    pub fn denied(&self, user: Option<&str>, address: &str, now: Instant) {
        let mut windows = self.windows.lock();
        windows.turn(now);
        for (key, _) in self.keys(user, address) {
            windows.add(key, now);
        }
    }

    fn keys(&self, user: Option<&str>, address: &str) -> [(u64, u32); 2] {
        [
            (
                self.hasher.hash_one((address, Some(user))),
                self.settings.per_client,
            ),
            (
                self.hasher.hash_one((address, None::<Option<&str>>)),
                self.settings.per_address,
            ),
        ]
    }
}

impl Windows {
    fn turn(&mut self, now: Instant) {
        let age = now.saturating_duration_since(self.began);
        if age >= WINDOW {
            self.previous = std::mem::take(&mut self.current);
            self.began = now;
        }
        if age >= WINDOW * 2 {
            self.previous.clear();
        }
    }

    fn count(&self, key: u64) -> u32 {
        let of = |window: &HashMap<u64, u32>| window.get(&key).copied().unwrap_or(0);
        of(&self.current).saturating_add(of(&self.previous))
    }

    fn add(&mut self, key: u64, now: Instant) {
        if self.current.len() >= COUNTERS_MAX {
            self.previous = std::mem::take(&mut self.current);
            self.began = now;
        }
        let count = self.current.entry(key).or_default();
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: ThrottleLimits = ThrottleLimits {
        per_client: 3,
        per_address: 5,
    };

    fn start() -> (Throttle, Instant) {
        let now = Instant::now();
        (Throttle::new(SETTINGS, now), now)
    }

    fn deny(throttle: &Throttle, user: &str, times: usize, now: Instant) {
        for _ in 0..times {
            throttle.denied(Some(user), "10.0.0.1", now);
        }
    }

    #[test]
    fn a_client_that_was_denied_too_often_is_not_asked_about() {
        let (throttle, now) = start();
        deny(&throttle, "alice", 2, now);
        assert_eq!(throttle.check(Some("alice"), "10.0.0.1", now), Ok(()));
        deny(&throttle, "alice", 1, now);
        let throttled = throttle.check(Some("alice"), "10.0.0.1", now).unwrap_err();
        assert!(throttled.to_string().starts_with("3 denials from 10.0.0.1"));
    }

    #[test]
    fn a_client_is_not_locked_out_by_denials_elsewhere() {
        let (throttle, now) = start();
        deny(&throttle, "alice", 4, now);
        assert_eq!(throttle.check(Some("alice"), "10.0.0.2", now), Ok(()));
        assert_eq!(throttle.check(Some("bob"), "10.0.0.1", now), Ok(()));
        assert_eq!(throttle.check(None, "10.0.0.1", now), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_down_as_a_whole() {
        let (throttle, now) = start();
        for user in ["a", "b", "c", "d", "e"] {
            deny(&throttle, user, 1, now);
        }
        assert!(throttle.check(Some("f"), "10.0.0.1", now).is_err());
    }

    #[test]
    fn denials_are_forgotten_after_two_windows_at_the_latest() {
        let (throttle, now) = start();
        deny(&throttle, "alice", 3, now);
        let later = |windows: u32| now + WINDOW * windows;
        assert!(throttle.check(Some("alice"), "10.0.0.1", later(1)).is_err());
        assert_eq!(throttle.check(Some("alice"), "10.0.0.1", later(2)), Ok(()));
    }

    #[test]
    fn a_long_silence_forgets_everything() {
        let (throttle, now) = start();
        deny(&throttle, "alice", 3, now);
        assert_eq!(
            throttle.check(Some("alice"), "10.0.0.1", now + WINDOW * 3),
            Ok(())
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (throttle, now) = start();
        for number in 0..2 * COUNTERS_MAX {
            throttle.denied(Some(&number.to_string()), "10.0.0.1", now);
        }
        let windows = throttle.windows.lock();
        assert!(windows.current.len() + windows.previous.len() <= 2 * COUNTERS_MAX + 2);
    }
}
