//! What operators see: one event for each decision, metrics, health, and a log without secrets.
//!
//! Nothing here is global but the log itself; time comes from the caller.

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

/// Counts and tells. One for the process, shared by reference.
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

    /// As `new`, and the lines that the log had to drop appear among the metrics.
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

    /// One decision: counters, histograms and its one event; a warning of its own where the server's clock is off.
    pub fn decided(&self, record: &Record<'_>, now: Instant) {
        self.metrics.decided(record);
        record.log();
        if record.clock_skew_seconds.abs() > SKEW_SECONDS_MAX
            && let Some(request) = record.request
            && let LineLimit::Admitted { .. } = self.skews.lock().admit(&request.server.id, now)
        {
            record::log_skew(&request.server, record.clock_skew_seconds);
        }
    }

    /// A request that was no good. Every one is counted; of each kind at most ten lines are written in ten seconds.
    /// `kind` is one of a closed list, `text` the operator's sentence.
    pub fn rejected(&self, kind: &'static str, text: &str, server: Option<&str>, now: Instant) {
        self.metrics.rejected(kind);
        let LineLimit::Admitted { suppressed } = self.rejections.lock().admit(kind, now) else {
            return;
        };
        log_suppressed(kind, suppressed);
        tracing::warn!(
            target: "portcullis::rejected",
            kind,
            cause = &*bounded(text, SENTENCE_CHARS),
            server = server.map(record::name).as_deref(),
            "request rejected"
        );
    }

    /// Writes how many lines were suppressed in windows that are over; to be called now and then, and before the end.
    pub fn settle(&self, now: Instant) {
        let closed = self.rejections.lock().close(now);
        for (kind, suppressed) in closed {
            log_suppressed(&kind, suppressed);
        }
        self.skews.lock().close(now);
    }

    /// A generation went into force.
    pub fn reloaded(&self, what: &str, generation: u64, took: Duration) {
        self.metrics.reloaded(generation, took);
        let took_us = record::microseconds(took);
        tracing::info!(target: "portcullis::reload", what, generation, took_us, "reloaded");
    }

    /// Something was touched but is what it was.
    pub fn reload_unchanged(&self, what: &str) {
        self.metrics.reload_ended("unchanged");
        tracing::debug!(target: "portcullis::reload", what, "nothing to reload: the content is the same");
    }

    /// Something new is no good and what was before stays in force.
    pub fn reload_failed(&self, what: &str, blame: Blame, cause: &str) {
        self.metrics.reload_ended("failed");
        let blame = blame.word();
        tracing::error!(
            target: "portcullis::reload",
            what, blame, cause, "reload failed; what was in force before stays in force"
        );
    }

    /// A line that a policy wrote, cleaned of the client's secrets. While a policy is configured there is no client:
    /// `Redactor::default()`, and no correlation id.
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

    /// Requests received and not yet answered or given up.
    pub fn in_flight(&self) -> &Gauge {
        self.metrics.in_flight()
    }

    /// Whether there is a connection to NATS.
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
