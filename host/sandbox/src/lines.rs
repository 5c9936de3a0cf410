//! The lines that a policy writes, limited in number and length.

use std::sync::Arc;

use parking_lot::Mutex;

use super::limits::SandboxLimits;

/// A line that a policy wrote, cut to the allowed length. It may contain secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub level: Level,
    pub text: String,
}

/// The level at which a policy wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl From<Level> for tracing::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::DEBUG,
            Level::Info => Self::INFO,
            Level::Warn => Self::WARN,
            Level::Error => Self::ERROR,
        }
    }
}

/// The lines of one call. The guest's stdout and stderr share them, if it has those.
#[derive(Clone, Debug)]
pub(super) struct Lines(Arc<Mutex<Bounded>>);

#[derive(Debug)]
struct Bounded {
    kept: Vec<LogLine>,
    dropped: usize,
    lines_max: usize,
    bytes_max: usize,
}

impl Lines {
    pub(super) fn new(limits: &SandboxLimits) -> Self {
        Self(Arc::new(Mutex::new(Bounded {
            kept: Vec::new(),
            dropped: 0,
            lines_max: limits.log_lines,
            bytes_max: limits.log_line_bytes,
        })))
    }

    pub(super) fn push(&self, level: Level, mut text: String) {
        let mut lines = self.0.lock();
        if lines.kept.len() >= lines.lines_max {
            lines.dropped += 1;
            return;
        }
        if text.len() > lines.bytes_max {
            text.truncate(text.floor_char_boundary(lines.bytes_max));
            text.push('…');
        }
        lines.kept.push(LogLine { level, text });
    }

    /// Removes and returns the lines. If lines were dropped, a last line has their number.
    pub(super) fn take(&self) -> Vec<LogLine> {
        let mut lines = self.0.lock();
        let mut taken = std::mem::take(&mut lines.kept);
        let dropped = std::mem::take(&mut lines.dropped);
        if dropped > 0 {
            taken.push(LogLine {
                level: Level::Warn,
                text: format!("{dropped} more lines of this call were dropped"),
            });
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Lines {
        Lines::new(&SandboxLimits {
            log_lines: 2,
            log_line_bytes: 4,
            ..SandboxLimits::default()
        })
    }

    #[test]
    fn lines_beyond_the_limit_are_dropped_and_counted() {
        let lines = lines();
        for _ in 0..5 {
            lines.push(Level::Info, "a".into());
        }
        let taken = lines.take();
        assert_eq!(taken.len(), 3);
        assert_eq!(taken[2].text, "3 more lines of this call were dropped");
        assert!(lines.take().is_empty());
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let lines = lines();
        lines.push(Level::Info, "äöü".into());
        assert_eq!(lines.take()[0].text, "äö…");
    }
}
