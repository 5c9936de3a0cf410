//! The lines that a policy writes, limited in number and length.

use std::collections::BTreeMap;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The beginnings of lines that have no end yet, one for each output.
    unfinished: BTreeMap<Level, Vec<u8>>,
    dropped: usize,
    lines_max: usize,
    bytes_max: usize,
}

impl Lines {
    pub(super) fn new(limits: &SandboxLimits) -> Self {
        Self(Arc::new(Mutex::new(Bounded {
            kept: Vec::new(),
            unfinished: BTreeMap::new(),
            dropped: 0,
            lines_max: limits.log_lines,
            bytes_max: limits.log_line_bytes,
        })))
    }

    pub(super) fn push(&self, level: Level, text: String) {
        self.0.lock().push(level, text);
    }

    /// Bytes of an output, which become lines where they have a line break.
    pub(super) fn write(&self, level: Level, bytes: &[u8]) {
        self.0.lock().write(level, bytes);
    }

    /// Removes and returns the lines. A line without an end is one too: its rest must not appear among the lines of the next
    /// call, which is about another client. If lines were dropped, a last line has their number.
    pub(super) fn take(&self) -> Vec<LogLine> {
        let mut lines = self.0.lock();
        lines.finish();
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

impl Bounded {
    fn push(&mut self, level: Level, mut text: String) {
        if self.kept.len() >= self.lines_max {
            self.dropped += 1;
            return;
        }
        if text.len() > self.bytes_max {
            text.truncate(text.floor_char_boundary(self.bytes_max));
            text.push('…');
        }
        self.kept.push(LogLine { level, text });
    }

    fn write(&mut self, level: Level, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = self.unfinished.entry(level).or_default();
            line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || line.len() > UNFINISHED_MAX {
                let line = std::mem::take(line);
                self.push(level, text(&line));
            }
        }
    }

    fn finish(&mut self) {
        for (level, line) in std::mem::take(&mut self.unfinished) {
            if !line.is_empty() {
                self.push(level, text(&line));
            }
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}

/// The most bytes of a line without an end. It is far more than the limit of any line.
const UNFINISHED_MAX: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_an_end_belongs_to_its_own_call() {
        let lines = lines();
        lines.write(Level::Info, b"one\ntw");
        lines.write(Level::Warn, b"no");
        lines.write(Level::Info, b"o");
        let texts =
            |taken: Vec<LogLine>| taken.into_iter().map(|line| line.text).collect::<Vec<_>>();
        let taken = lines.take();
        assert_eq!(taken[2].text, "1 more lines of this call were dropped");
        assert_eq!(texts(taken)[..2], ["one", "two"]);
        lines.write(Level::Info, b"next\n");
        assert_eq!(texts(lines.take()), ["next"]);
    }

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
