use std::time::Duration;

use super::error::{Problem, suggestion};
use super::units::{count, duration, size};
use portcullis_sandbox::SandboxLimits;

/// A limit on everything that somebody else could make large: clients, servers, policies, data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What a policy may use in its sandbox.
    pub sandbox: SandboxLimits,
    /// All data files of a policy together.
    pub data_bytes: usize,
    /// One authorization request, sealed.
    pub request_bytes: usize,
    /// Requests that wait or are being decided; what comes on top is not answered.
    pub in_flight: usize,
    /// Denials in a minute for one user name from one address, after which it is not answered for a while.
    pub denials_per_client: u32,
    /// The same for an address as a whole.
    pub denials_per_address: u32,
    /// Threads that decide; absent: one for each processor.
    pub threads: Option<usize>,
    /// How far the clock of a server may be from ours.
    pub clock_tolerance: Duration,
    /// How long decisions under way may take to finish once the service was told to end.
    pub drain_deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sandbox: SandboxLimits::default(),
            data_bytes: 256 << 20,
            request_bytes: 1 << 20,
            in_flight: 8_192,
            denials_per_client: 10,
            denials_per_address: 100,
            threads: None,
            clock_tolerance: Duration::from_secs(120),
            drain_deadline: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// Sets one limit from its key and text, as both the file's `[limits]` and `--limit KEY=VALUE` write them.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), Problem> {
        match key {
            "decide-deadline" => self.sandbox.decide_deadline = duration(value)?,
            "configure-deadline" => self.sandbox.configure_deadline = duration(value)?,
            "memory" => self.sandbox.memory_bytes = size(value)?,
            "table-entries" => self.sandbox.table_entries = count(value)?,
            "parts" => self.sandbox.parts = count(value)?,
            "handles" => self.sandbox.handles = count(value)?,
            "copy-bytes" => self.sandbox.copy_bytes = size(value)?,
            "answer-bytes" => self.sandbox.answer_bytes = size(value)?,
            "log-lines" => self.sandbox.log_lines = count(value)?,
            "log-line-bytes" => self.sandbox.log_line_bytes = size(value)?,
            "module-bytes" => self.sandbox.module_bytes = size(value)?,
            "data-bytes" => self.data_bytes = size(value)?,
            "request-bytes" => self.request_bytes = size(value)?,
            "in-flight" => self.in_flight = count(value)?,
            "denials-per-client" => self.denials_per_client = number(value)?,
            "denials-per-address" => self.denials_per_address = number(value)?,
            "threads" => self.threads = Some(count(value)?),
            "clock-tolerance" => self.clock_tolerance = duration(value)?,
            "drain-deadline" => self.drain_deadline = duration(value)?,
            _ => {
                return Err(Problem::UnknownKey {
                    key: key.to_owned(),
                    hint: suggestion(key, &KEYS),
                });
            }
        }
        Ok(())
    }
}

fn number(value: &str) -> Result<u32, Problem> {
    count(value).map(|count| u32::try_from(count).unwrap_or(u32::MAX))
}

const KEYS: [&str; 19] = [
    "decide-deadline",
    "configure-deadline",
    "memory",
    "table-entries",
    "parts",
    "handles",
    "copy-bytes",
    "answer-bytes",
    "log-lines",
    "log-line-bytes",
    "module-bytes",
    "data-bytes",
    "request-bytes",
    "in-flight",
    "denials-per-client",
    "denials-per-address",
    "threads",
    "clock-tolerance",
    "drain-deadline",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_suggested_is_known() {
        for key in KEYS {
            let taken = ["7s", "7MiB", "7"]
                .iter()
                .filter(|value| Limits::default().set(key, value).is_ok())
                .count();
            assert_eq!(taken, 1, "{key}");
        }
    }
}
