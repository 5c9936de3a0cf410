use super::resolver::Resolver;
use super::tree::LimitsTable;
use super::units::{count, duration, scalar, size};
use portcullis_sandbox::SandboxLimits;

/// The table `[limits]`: how much policies may use. It reloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What a policy may use in its sandbox.
    pub sandbox: SandboxLimits,
    /// All data files of a policy together.
    pub data_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sandbox: SandboxLimits::default(),
            data_bytes: 256 << 20,
        }
    }
}

pub(super) fn limits(table: &LimitsTable, resolver: &mut Resolver<'_>) -> Limits {
    let mut limits = Limits::default();
    let sandbox = &mut limits.sandbox;
    let durations = [
        (
            &mut sandbox.decide_deadline,
            "decide-deadline",
            &table.decide_deadline,
        ),
        (
            &mut sandbox.configure_deadline,
            "configure-deadline",
            &table.configure_deadline,
        ),
    ];
    for (slot, key, written) in durations {
        resolver.set(slot, &in_table(key), written, scalar(duration));
    }
    let sizes = [
        (&mut sandbox.memory_bytes, "memory", &table.memory),
        (&mut sandbox.copy_bytes, "copy-bytes", &table.copy_bytes),
        (
            &mut sandbox.answer_bytes,
            "answer-bytes",
            &table.answer_bytes,
        ),
        (
            &mut sandbox.log_line_bytes,
            "log-line-bytes",
            &table.log_line_bytes,
        ),
        (
            &mut sandbox.module_bytes,
            "module-bytes",
            &table.module_bytes,
        ),
        (&mut limits.data_bytes, "data-bytes", &table.data_bytes),
    ];
    for (slot, key, written) in sizes {
        resolver.set(slot, &in_table(key), written, scalar(size));
    }
    let counts = [
        (
            &mut sandbox.table_entries,
            "table-entries",
            &table.table_entries,
        ),
        (&mut sandbox.parts, "parts", &table.parts),
        (&mut sandbox.handles, "handles", &table.handles),
        (&mut sandbox.log_lines, "log-lines", &table.log_lines),
    ];
    for (slot, key, written) in counts {
        resolver.set(slot, &in_table(key), written, scalar(count));
    }
    limits
}

fn in_table(key: &str) -> String {
    format!("limits.{key}")
}
