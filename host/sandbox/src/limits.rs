use std::time::Duration;

use wasmtime::ResourceLimiter;

/// All limits on what a policy may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxLimits {
    /// The longest time of one decision. It is shorter if the server stops waiting earlier.
    pub decide_deadline: Duration,
    /// The longest time of `configure`.
    pub configure_deadline: Duration,
    /// The most bytes of all linear memories of an instance together.
    pub memory_bytes: usize,
    /// The most entries of all tables of an instance together.
    pub table_entries: usize,
    /// The most core instances of one component. Memories and tables each have the same limit.
    pub parts: usize,
    /// The most component handles that one instance may hold at a time.
    pub handles: usize,
    /// The most bytes that one call may copy from the guest to the host, such as an answer or a log line.
    pub copy_bytes: usize,
    /// The most bytes of all texts of a decision together.
    pub answer_bytes: usize,
    /// The most log lines of one call. Further lines are dropped and counted.
    pub log_lines: usize,
    /// The most bytes of one log line. A longer line is cut.
    pub log_line_bytes: usize,
    /// The most bytes of a module.
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

/// Counts what one instance uses. wasmtime limits each memory on its own; a policy has a limit for the sum of all.
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

    /// Whether the guest ever asked for more memory than allowed.
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
    fn the_sum_of_all_memories_is_limited() {
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
