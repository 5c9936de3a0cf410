//! Units of numbers in the settings.

use std::time::Duration;

use super::problem::Problem;
use super::tree::Scalar;

const DURATION: &str = "a duration of 1ms or more; write a number with ms, s, m, h or d, such as \"100ms\", \"24h\" or \"1h 30m\"";
const LIFETIME: &str =
    "a lifetime of 1s or more; write a number with s, m, h or d, such as \"90m\" or \"24h\"";
const SIZE: &str = "a size above zero; write a whole number and B, KB, KiB, MB, MiB, GB or GiB, such as \"128MiB\"";
const COUNT: &str = "a whole number above zero";

const DURATION_MIN: Duration = Duration::from_millis(1);
/// A longer duration is a typing error, and sums of very late times overflow.
const DURATION_MAX: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// "100ms", "5s", "2m", "24h", "30d", "1h 30m".
pub(super) fn duration(text: &str) -> Result<Duration, Problem> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration > DURATION_MAX => Err(Problem::TooLong(text.to_owned())),
        Ok(duration) if duration >= DURATION_MIN => Ok(duration),
        _ => Err(bad(text, DURATION)),
    }
}

/// A duration that a server counts in seconds.
pub(super) fn lifetime(text: &str) -> Result<Duration, Problem> {
    match duration(text)? {
        short if short < Duration::from_secs(1) => Err(bad(text, LIFETIME)),
        lifetime => Ok(lifetime),
    }
}

/// "64KiB", "1MB", "128MiB"; in bytes.
pub(super) fn size(text: &str) -> Result<usize, Problem> {
    let parsed = || {
        let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
        let factor: usize = match unit.trim_start() {
            "B" => 1,
            "KB" => 1_000,
            "KiB" => 1 << 10,
            "MB" => 1_000_000,
            "MiB" => 1 << 20,
            "GB" => 1_000_000_000,
            "GiB" => 1 << 30,
            _ => return None,
        };
        let number: usize = number.parse().ok()?;
        number.checked_mul(factor).filter(|bytes| *bytes > 0)
    };
    parsed().ok_or_else(|| bad(text, SIZE))
}

/// A number that sets how much the process reserves.
pub(super) fn count_up_to(
    max: usize,
    wanted: &'static str,
) -> impl Fn(&str) -> Result<usize, Problem> {
    move |text| {
        let number = text.parse().ok();
        let number = number.filter(|number| (1..=max).contains(number));
        number.ok_or_else(|| bad(text, wanted))
    }
}

pub(super) fn count(text: &str) -> Result<usize, Problem> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| bad(text, COUNT))
}

/// The same for a value of the tree.
pub(super) fn scalar<T>(
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> impl FnOnce(&Scalar) -> Result<T, Problem> {
    move |written: &Scalar| parse(&written.0)
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
    #[case("1h 30m", 5_400_000)]
    #[case("1.5h", 5_400_000)]
    #[case("5 weeks", 3_024_000_000)]
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
            "1ns",
            "999us",
            "5 fortnights",
            "5S",
            "99999999999999999999s",
            "9999999999999d"
        )]
        text: &str,
    ) {
        assert!(duration(text).is_err());
    }

    #[rstest]
    fn a_text_that_is_not_a_size_is_refused(
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
