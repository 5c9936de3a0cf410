//! What operators see: one event for each decision, metrics, health, and a log without secrets.
//!
//! Nothing here is global except the log; the caller passes the time.

mod health;
mod log;
mod metrics;
mod rate;
mod record;
mod redact;

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tracing::Level;

use metrics::Metrics;
use portcullis_model::Blame;
use rate::{LineLimit, RateLimit};
use record::{SENTENCE_CHARS, bounded};

pub use health::{Health, Readiness, Unable};
pub use log::{LogError, LogFormat, LogGuard, LogSettings, init_log};
pub use metrics::{DENIED_BY_POLICY, Gauge};
pub use record::{Record, Stages};
pub use redact::Redactor;

/// Counts and logs. There is one for the process, shared by reference.
#[derive(Debug)]
pub struct Telemetry {
    metrics: Metrics,
    rejections: Mutex<RateLimit>,
    skews: Mutex<RateLimit>,
}

impl Telemetry {
    pub fn new() -> Self {
        Self::build(None)
    }

    /// Like `new`, with a metric of the lines that the log had to drop.
    pub fn with_log(log: &LogGuard) -> Self {
        Self::build(Some(log))
    }

    fn build(log: Option<&LogGuard>) -> Self {
        Self {
            metrics: Metrics::new(log.map(LogGuard::dropped)),
            rejections: Mutex::new(RateLimit::new(REJECTED_LINES, REJECTED_WINDOW)),
            skews: Mutex::new(RateLimit::new(1, SKEW_WINDOW)),
        }
    }

    /// Counts and logs one decision. If the server's clock is off, it also logs a warning.
    pub fn decided(&self, record: &Record<'_>, now: Instant) {
        self.metrics.decided(record);
        record.log();
        let server = &record.request.server;
        if record.clock_skew_seconds.abs() > SKEW_SECONDS_MAX
            && let LineLimit::Admitted { .. } = self.skews.lock().admit(&server.id, now)
        {
            record::log_skew(server, record.clock_skew_seconds);
        }
    }

    /// Counts a request that was rejected. At most ten lines of each kind are logged in ten seconds. `kind` comes from a
    /// closed list; `text` is for the operator.
    pub fn rejected(&self, kind: &'static str, text: &str, now: Instant) {
        self.metrics.rejected(kind);
        let LineLimit::Admitted { suppressed } = self.rejections.lock().admit(kind, now) else {
            return;
        };
        log_suppressed(kind, suppressed);
        tracing::warn!(
            target: "portcullis::rejected",
            kind,
            cause = &*bounded(text, SENTENCE_CHARS),
            "request rejected"
        );
    }

    /// Logs how many lines were suppressed in windows that are over. Call it at intervals and before the end.
    pub fn settle(&self, now: Instant) {
        let closed = self.rejections.lock().close(now);
        for (kind, suppressed) in closed {
            log_suppressed(&kind, suppressed);
        }
        self.skews.lock().close(now);
    }

    /// A new generation is in force.
    pub fn reloaded(&self, what: &str, generation: u64, took: Duration) {
        self.metrics.reloaded(generation, took);
        let took_us = record::microseconds(took);
        tracing::info!(target: "portcullis::reload", what, generation, took_us, "reloaded");
    }

    /// The policies of the generation that comes into force.
    pub fn policies<'a>(&self, names: impl Iterator<Item = &'a str>) {
        self.metrics.policies(names);
    }

    /// A generation is in force in which no policy can decide.
    pub fn nothing_in_force(&self, generation: u64) {
        self.metrics.in_force(generation);
        tracing::error!(
            target: "portcullis::reload",
            generation,
            "not ready: nobody is admitted, because no policy could be loaded"
        );
    }

    /// A file was touched, but its content is the same.
    pub fn reload_unchanged(&self, what: &str) {
        self.metrics.reload_ended("unchanged");
        tracing::debug!(target: "portcullis::reload", what, "nothing to reload: the content is the same");
    }

    /// A new version is faulty, and the previous one stays in force. Without a policy, the configuration is at fault.
    pub fn reload_failed(&self, policy: Option<&str>, blame: Blame, cause: &str) {
        self.metrics.reload_ended("failed");
        let blame = blame.word();
        tracing::error!(
            target: "portcullis::reload",
            policy, blame, cause, "reload failed; what was in force before stays in force"
        );
    }

    /// A policy is faulty, and there is no previous version of it.
    pub fn load_failed(&self, policy: &str, blame: Blame, cause: &str) {
        self.metrics.reload_ended("failed");
        let blame = blame.word();
        tracing::error!(
            target: "portcullis::reload",
            policy, blame, cause, "load failed; the policy cannot decide until a version of it loads"
        );
    }

    /// A fault that was reported is gone. Without a policy, it was in the configuration.
    pub fn recovered(&self, policy: Option<&str>) {
        tracing::info!(target: "portcullis::reload", policy, "recovered");
    }

    /// A line that a policy wrote, without the client's secrets. In `configure` there is no client: pass
    /// `Redactor::default()` and no correlation id.
    pub fn policy_log(
        &self,
        policy: &str,
        correlation_id: Option<&str>,
        level: Level,
        text: &str,
        redactor: &Redactor<'_>,
    ) {
        record::log_policy(policy, correlation_id, level, &redactor.clean(text));
    }

    /// Requests that were received and are neither answered nor given up.
    pub fn in_flight(&self) -> &Gauge {
        self.metrics.in_flight()
    }

    /// Records whether the service is connected to NATS.
    pub fn connected(&self, connected: bool) {
        self.metrics.connected(connected);
    }

    /// All metrics in the OpenMetrics text format, which Prometheus reads.
    pub fn render(&self) -> String {
        self.metrics.render()
    }
}

impl Default for Telemetry {
    fn default() -> Self {
        Self::new()
    }
}

fn log_suppressed(kind: &str, suppressed: u64) {
    if suppressed > 0 {
        tracing::warn!(target: "portcullis::rejected", kind, suppressed, "more requests rejected");
    }
}

const REJECTED_LINES: u32 = 10;
const REJECTED_WINDOW: Duration = Duration::from_secs(10);
const SKEW_SECONDS_MAX: i64 = 2;
const SKEW_WINDOW: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
