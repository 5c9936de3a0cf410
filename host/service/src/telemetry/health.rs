use std::collections::BTreeMap;

use parking_lot::Mutex;

use crate::clock::rfc3339;
use portcullis_model::Timestamp;

/// The state of the process for health checks. Shared by reference.
#[derive(Debug, Default)]
pub struct Health {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    connected: bool,
    serving: bool,
    draining: bool,
    generation: u64,
    able: usize,
    unable: Vec<Unable>,
    /// The operator lets an instance decide although some policies cannot.
    is_enough: bool,
    degraded: BTreeMap<String, Degraded>,
}

/// A policy that cannot decide, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unable {
    pub policy: String,
    pub cause: String,
}

#[derive(Debug)]
struct Degraded {
    cause: String,
    since: Timestamp,
}

/// Ready: new clients can be decided about. Degraded: something needs attention, but decisions continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub ready: bool,
    pub degraded: bool,
    pub generation: u64,
    /// Why it is not ready, or degraded; otherwise empty.
    pub reasons: Vec<String>,
}

impl Health {
    /// Not connected and nothing loaded: not ready.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn connected(&self, connected: bool) {
        self.state.lock().connected = connected;
    }

    /// Requests reach this instance from now on.
    pub fn serving(&self) {
        self.state.lock().serving = true;
    }

    /// The instance accepts no new requests from now on.
    pub fn draining(&self) {
        self.state.lock().draining = true;
    }

    /// A generation is in force: the number of policies that can decide, those that cannot, and whether that is enough to be ready.
    pub fn loaded(&self, generation: u64, able: usize, unable: Vec<Unable>, is_enough: bool) {
        let mut state = self.state.lock();
        state.generation = generation;
        state.able = able;
        state.unable = unable;
        state.is_enough = is_enough;
    }

    /// Something failed (for example a reload). If it fails again, the time of the first failure stays.
    pub fn degrade(&self, what: &str, cause: &str, now: Timestamp) {
        let mut state = self.state.lock();
        let since = state.degraded.get(what).map_or(now, |known| known.since);
        state.degraded.insert(
            what.to_owned(),
            Degraded {
                cause: cause.to_owned(),
                since,
            },
        );
    }

    /// It works again. Returns whether it had failed.
    pub fn recover(&self, what: &str) -> bool {
        self.state.lock().degraded.remove(what).is_some()
    }

    pub fn readiness(&self) -> Readiness {
        self.state.lock().readiness()
    }
}

impl State {
    fn readiness(&self) -> Readiness {
        let hindrances = [
            (self.draining, "shutting down"),
            (!self.connected, "not connected to NATS"),
            (
                self.connected && self.is_enough && !self.serving,
                "not yet subscribed to the callout",
            ),
            (self.generation == 0, "policies are still being loaded"),
            (
                self.generation > 0 && self.able == 0,
                "no policy can decide",
            ),
            (
                self.able > 0 && !self.is_enough,
                "not every policy can decide",
            ),
        ];
        let hindered = hindrances.into_iter().filter(|(applies, _)| *applies);
        let mut reasons: Vec<String> = hindered.map(|(_, reason)| reason.to_owned()).collect();
        let ready = reasons.is_empty();
        reasons.extend(
            self.unable.iter().map(|unable| {
                format!("policy `{}` cannot decide: {}", unable.policy, unable.cause)
            }),
        );
        reasons.extend(self.degraded.iter().map(|(what, degraded)| {
            format!(
                "{what}: {} (since {})",
                degraded.cause,
                rfc3339(degraded.since)
            )
        }));
        let degraded = !self.unable.is_empty() || !self.degraded.is_empty();
        Readiness {
            ready,
            degraded,
            generation: self.generation,
            reasons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn healthy() -> Health {
        let health = Health::new();
        health.connected(true);
        health.serving();
        health.loaded(1, 2, Vec::new(), true);
        health
    }

    #[test]
    fn it_is_ready_once_it_is_connected_and_something_can_decide() {
        let health = Health::new();
        let at_start = health.readiness();
        assert!(!at_start.ready);
        assert_eq!(
            at_start.reasons,
            ["not connected to NATS", "policies are still being loaded"]
        );
        let ready = Readiness {
            ready: true,
            degraded: false,
            generation: 1,
            reasons: Vec::new(),
        };
        assert_eq!(healthy().readiness(), ready);
    }

    #[test]
    fn one_policy_that_cannot_decide_prevents_readiness() {
        let unable = Unable {
            policy: "staff".to_owned(),
            cause: "no such file".to_owned(),
        };
        let health = healthy();
        health.loaded(2, 1, vec![unable.clone()], false);
        let readiness = health.readiness();
        assert!(!readiness.ready && readiness.degraded);
        assert_eq!(
            readiness.reasons,
            [
                "not every policy can decide",
                "policy `staff` cannot decide: no such file"
            ]
        );
        health.loaded(3, 1, vec![unable.clone()], true);
        let readiness = health.readiness();
        assert!(readiness.ready && readiness.degraded, "{readiness:?}");
        health.loaded(4, 0, vec![unable], false);
        assert!(!health.readiness().ready);
    }

    #[test]
    fn a_failed_reload_degrades_since_its_first_failure_until_it_recovers() {
        let health = healthy();
        health.degrade("staff.wasm", "not wasm", 951_782_400);
        health.degrade("staff.wasm", "truncated", 951_782_500);
        let readiness = health.readiness();
        assert!(readiness.ready && readiness.degraded);
        assert_eq!(
            readiness.reasons,
            ["staff.wasm: truncated (since 2000-02-29T00:00:00Z)"]
        );
        health.recover("staff.wasm");
        assert!(!health.readiness().degraded);
    }

    #[test]
    fn draining_is_not_ready() {
        let health = healthy();
        health.draining();
        assert_eq!(health.readiness().reasons, ["shutting down"]);
    }
}
