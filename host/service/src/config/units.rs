use std::time::Duration;

use super::error::Problem;

pub(super) const DURATION: &str = "a duration longer than zero; write a whole number and ms, s, m, h or d, such as \"100ms\" or \"24h\"";
pub(super) const SIZE: &str = "a size above zero; write a whole number and B, KB, KiB, MB, MiB, GB or GiB, such as \"128MiB\"";
pub(super) const COUNT: &str = "a whole number above zero";

/// "100ms", "5s", "2m", "24h", "30d".
pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
    let milliseconds = scaled(text, |unit| match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    });
    milliseconds
        .map(Duration::from_millis)
        .ok_or_else(|| bad(text, DURATION))
}

/// "64KiB", "1MB", "128MiB"; in bytes.
pub(super) fn size(text: &str) -> Result<usize, Problem> {
    let bytes = scaled(text, |unit| match unit {
        "B" => Some(1),
        "KB" => Some(1_000),
        "KiB" => Some(1 << 10),
        "MB" => Some(1_000_000),
        "MiB" => Some(1 << 20),
        "GB" => Some(1_000_000_000),
        "GiB" => Some(1 << 30),
        _ => None,
    });
    bytes
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| bad(text, SIZE))
}

pub(super) fn count(text: &str) -> Result<usize, Problem> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| bad(text, COUNT))
}

fn scaled(text: &str, factor: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    number
        .checked_mul(factor(unit.trim_start())?)
        .filter(|scaled| *scaled > 0)
}

fn bad(text: &str, wanted: &'static str) -> Problem {
    Problem::BadWord {
        found: text.to_owned(),
        wanted,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("100ms", 100)]
    #[case("5s", 5_000)]
    #[case("2m", 120_000)]
    #[case("24h", 86_400_000)]
    #[case("30 d", 2_592_000_000)]
    fn a_duration_has_a_unit(#[case] text: &str, #[case] milliseconds: u64) {
        assert_eq!(duration(text).unwrap(), Duration::from_millis(milliseconds));
    }

    #[rstest]
    #[case("512B", 512)]
    #[case("64KiB", 65_536)]
    #[case("1MB", 1_000_000)]
    #[case("128MiB", 134_217_728)]
    #[case("2GiB", 2_147_483_648)]
    fn a_size_has_a_unit(#[case] text: &str, #[case] bytes: usize) {
        assert_eq!(size(text).unwrap(), bytes);
    }

    #[rstest]
    fn anything_else_is_refused(
        #[values(
            "",
            "5",
            "s",
            "0s",
            "-1s",
            "1.5h",
            "5 weeks",
            "5S",
            "99999999999999999999s",
            "9999999999999999d"
        )]
        text: &str,
    ) {
        assert!(duration(text).is_err());
    }

    #[rstest]
    fn a_size_that_is_none_is_refused(
        #[values(
            "",
            "5",
            "MiB",
            "0B",
            "-1B",
            "1.5GiB",
            "64kb",
            "64K",
            "99999999999999999GiB"
        )]
        text: &str,
    ) {
        assert!(size(text).is_err());
    }
}
