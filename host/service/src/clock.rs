//! The wall clock. It is read when a request arrives, when a reload begins, and when the command line loads a policy.
//! Everything else gets the time as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use portcullis_model::Timestamp;

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the wall clock"
)]
pub fn wall_clock() -> Timestamp {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// A point in time as RFC 3339 writes it, such as `2026-03-01T08:00:00Z`; no later than the year 9999.
pub fn rfc3339(timestamp: Timestamp) -> String {
    const LATEST: Timestamp = 253_402_300_799;
    let since = std::time::Duration::from_secs(timestamp.min(LATEST));
    humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (timestamp, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (Timestamp::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(timestamp), date);
        }
    }
}
