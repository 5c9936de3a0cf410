use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::wall_clock;
use crate::telemetry::{Health, Telemetry};

/// The name of the connection in the health report.
const NATS: &str = "nats";

/// How far the connection to NATS is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Down,
    /// There is a connection, but the server may still refuse our user: it asks nobody before it sends a first PING, and may wait
    /// for seconds.
    Unproven,
    /// The server has answered something that only those get who are logged in.
    LoggedIn,
}

/// Knows the phase, and tells it to those who watch the service.
#[derive(Clone, Debug)]
pub(super) struct ConnectionState {
    /// Servers and user, for messages.
    target: Arc<str>,
    phase: Arc<watch::Sender<Phase>>,
    health: Arc<Health>,
    telemetry: Arc<Telemetry>,
}

impl ConnectionState {
    pub(super) fn new(target: String, health: Arc<Health>, telemetry: Arc<Telemetry>) -> Self {
        Self {
            target: target.into(),
            phase: Arc::new(watch::Sender::new(Phase::Down)),
            health,
            telemetry,
        }
    }

    pub(super) fn watch(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    pub(super) fn up(&self) {
        self.phase.send_replace(Phase::Unproven);
    }

    /// Only a connection that is still there can be logged in.
    pub(super) fn logged_in(&self) {
        let changed = self.phase.send_if_modified(|phase| {
            let is_new = *phase == Phase::Unproven;
            if is_new {
                *phase = Phase::LoggedIn;
            }
            is_new
        });
        if changed {
            self.tell(true);
            self.health.recover(NATS);
            tracing::info!(target: "portcullis::nats", "connected");
        }
    }

    pub(super) fn down(&self) {
        match self.phase.send_replace(Phase::Down) {
            Phase::LoggedIn => tracing::warn!(
                target: "portcullis::nats",
                next = "reconnecting until it succeeds",
                "disconnected"
            ),
            Phase::Unproven => tracing::warn!(
                target: "portcullis::nats",
                next = "reconnecting until it succeeds",
                "the server ended the connection before it accepted our user"
            ),
            Phase::Down => {}
        }
        self.tell(false);
    }

    pub(super) fn is_down(&self) -> bool {
        *self.phase.borrow() == Phase::Down
    }

    /// We asked for the end: what follows is not an error.
    pub(super) fn ending(&self) {
        self.phase.send_replace(Phase::Down);
    }

    /// What the client reports. While there is no connection, it is the reason for that.
    pub(super) fn trouble(&self, cause: &str) {
        let target = &*self.target;
        tracing::warn!(target: "portcullis::nats", cause, server = target, "connection trouble");
        if *self.phase.borrow() != Phase::LoggedIn {
            let reason = format!("{cause} ({target})");
            self.health.degrade(NATS, &reason, wall_clock());
        }
    }

    /// Messages were lost.
    pub(super) fn overflow(&self) {
        self.telemetry.rejected(
            "overflow",
            "messages were lost because they arrived faster than they could be queued; add instances",
            std::time::Instant::now(),
        );
    }

    fn tell(&self, connected: bool) {
        self.health.connected(connected);
        self.telemetry.connected(connected);
    }
}
