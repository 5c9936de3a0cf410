use std::time::Duration;

use wasmtime::ResourceLimiter;

/// Every bound on what a policy may use. One struct, so that an operator finds them in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxLimits {
    /// Longest time of one decision; the client's own deadline shortens it.
    pub decide_deadline: Duration,
    /// Longest time of `configure`.
    pub configure_deadline: Duration,
    /// All linear memories of an instance together, in bytes.
    pub memory_bytes: usize,
    /// Entries of all tables of an instance together.
    pub table_entries: usize,
    /// Core instances, memories and tables of one component, each.
    pub parts: usize,
    /// LiveInstance component handles of one instance.
    pub handles: usize,
    /// Bytes that one call may copy from the guest to the host: an answer, a log line.
    pub copy_bytes: usize,
    /// Texts of a decision together, in bytes.
    pub answer_bytes: usize,
    /// Log lines of one call; what exceeds them is dropped and counted.
    pub log_lines: usize,
    /// Bytes of one log line; what exceeds them is cut off.
    pub log_line_bytes: usize,
    /// Size of a module, in bytes.
    pub module_bytes: usize,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        Self {
            decide_deadline: Duration::from_millis(100),
            configure_deadline: Duration::from_secs(10),
            memory_bytes: 256 << 20,
            table_entries: 100_000,
            parts: 64,
            handles: 1_000,
            copy_bytes: 1 << 20,
            answer_bytes: 256 << 10,
            log_lines: 16,
            log_line_bytes: 1_024,
            module_bytes: 64 << 20,
        }
    }
}

/// Counts what one instance holds. wasmtime bounds each memory for itself; a policy is bounded in their sum.
#[derive(Debug)]
pub(super) struct Meter {
    memory_left: usize,
    table_left: usize,
    parts: usize,
    refused_memory: bool,
}

impl Meter {
    pub(super) fn new(limits: &SandboxLimits) -> Self {
        Self {
            memory_left: limits.memory_bytes,
            table_left: limits.table_entries,
            parts: limits.parts,
            refused_memory: false,
        }
    }

    /// Whether the guest ever asked for more memory than it may have.
    pub(super) fn refused_memory(&self) -> bool {
        self.refused_memory
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let granted = take(&mut self.memory_left, current, desired);
        self.refused_memory |= !granted;
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(take(&mut self.table_left, current, desired))
    }

    fn instances(&self) -> usize {
        self.parts
    }

    fn tables(&self) -> usize {
        self.parts
    }

    fn memories(&self) -> usize {
        self.parts
    }
}

fn take(left: &mut usize, current: usize, desired: usize) -> bool {
    match left.checked_sub(desired.saturating_sub(current)) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_in_the_sum_of_all_memories() {
        let mut meter = Meter::new(&SandboxLimits {
            memory_bytes: 100,
            ..SandboxLimits::default()
        });
        assert!(meter.memory_growing(0, 60, None).unwrap());
        assert!(!meter.memory_growing(0, 60, None).unwrap());
        assert!(meter.memory_growing(60, 100, None).unwrap());
        assert!(meter.refused_memory());
    }
}
