use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Lets a few lines of each key through in each window of time, and counts those that it suppressed.
#[derive(Debug)]
pub(crate) struct RateLimit {
    lines: u32,
    window: Duration,
    open: HashMap<String, Window>,
}

#[derive(Debug)]
struct Window {
    opened: Instant,
    admitted: u32,
    suppressed: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineLimit {
    /// Write the line, after reporting how many were suppressed in the previous window.
    Admitted {
        suppressed: u64,
    },
    Suppressed,
}

impl RateLimit {
    pub(crate) fn new(lines: u32, window: Duration) -> Self {
        let open = HashMap::new();
        Self {
            lines,
            window,
            open,
        }
    }

    pub(crate) fn admit(&mut self, key: &str, now: Instant) -> LineLimit {
        // Keys beyond the limit share one window, so that peers cannot make this grow.
        let key = match self.open.contains_key(key) || self.open.len() < KEYS_MAX {
            true => key,
            false => "",
        };
        let Some(window) = self.open.get_mut(key) else {
            self.open.insert(key.to_owned(), Window::starting(now));
            return LineLimit::Admitted { suppressed: 0 };
        };
        if now.saturating_duration_since(window.opened) >= self.window {
            let suppressed = window.suppressed;
            *window = Window::starting(now);
            return LineLimit::Admitted { suppressed };
        }
        if window.admitted < self.lines {
            window.admitted += 1;
            return LineLimit::Admitted { suppressed: 0 };
        }
        window.suppressed += 1;
        LineLimit::Suppressed
    }

    /// Removes the windows that are over. Returns those in which lines were suppressed.
    pub(crate) fn close(&mut self, now: Instant) -> Vec<(String, u64)> {
        let length = self.window;
        let over = |window: &Window| now.saturating_duration_since(window.opened) >= length;
        let mut closed: Vec<(String, u64)> = self
            .open
            .extract_if(|_, window| over(window))
            .map(|(key, window)| (key, window.suppressed))
            .filter(|(_, suppressed)| *suppressed > 0)
            .collect();
        closed.sort();
        closed
    }
}

impl Window {
    fn starting(now: Instant) -> Self {
        Self {
            opened: now,
            admitted: 1,
            suppressed: 0,
        }
    }
}

const KEYS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[test]
    fn a_window_admits_its_lines_and_the_next_one_reports_what_was_suppressed() {
        let start = Instant::now();
        let mut limit = RateLimit::new(2, WINDOW);
        let answers: Vec<_> = (0..5).map(|_| limit.admit("expired", start)).collect();
        assert_eq!(answers[1], LineLimit::Admitted { suppressed: 0 });
        assert_eq!(answers[2], LineLimit::Suppressed);
        assert_eq!(
            limit.admit("garbage", start),
            LineLimit::Admitted { suppressed: 0 }
        );
        assert_eq!(
            limit.admit("expired", start + WINDOW),
            LineLimit::Admitted { suppressed: 3 }
        );
        assert_eq!(
            limit.admit("expired", start + WINDOW),
            LineLimit::Admitted { suppressed: 0 }
        );
    }

    #[test]
    fn a_window_that_is_over_is_closed_once() {
        let start = Instant::now();
        let mut limit = RateLimit::new(1, WINDOW);
        limit.admit("expired", start);
        limit.admit("expired", start);
        assert_eq!(limit.close(start + WINDOW / 2), []);
        assert_eq!(limit.close(start + WINDOW), [("expired".to_owned(), 1)]);
        assert_eq!(limit.close(start + WINDOW), []);
    }

    #[test]
    fn endless_new_keys_share_one_window() {
        let start = Instant::now();
        let mut limit = RateLimit::new(1, WINDOW);
        let admitted = (0..10_000)
            .filter(|key| limit.admit(&key.to_string(), start) != LineLimit::Suppressed)
            .count();
        assert_eq!(admitted, KEYS_MAX + 1);
        assert_eq!(limit.open.len(), KEYS_MAX + 1);
    }
}
