//! The office's clock: local time from the seconds of a timestamp.

use std::time::Duration;

use serde::Deserialize;

const DAY_SECONDS: i64 = 24 * 60 * 60;

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Seconds since midnight; written `08:30`.
#[derive(Clone, Copy, Deserialize, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub(crate) struct TimeOfDay(i64);

/// Seconds ahead of UTC; written `+02:00` or `-05:30`.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Offset(i64);

/// The day and the time; `None` if the timestamp is too large.
pub(crate) fn read(timestamp: u64, offset: Offset) -> Option<(Weekday, TimeOfDay)> {
    let seconds = i64::try_from(timestamp).ok()?.checked_add(offset.0)?;
    let time = TimeOfDay(seconds.rem_euclid(DAY_SECONDS));
    // 1970-01-01 was a Thursday.
    let day = match seconds.div_euclid(DAY_SECONDS).rem_euclid(7) {
        0 => Weekday::Thu,
        1 => Weekday::Fri,
        2 => Weekday::Sat,
        3 => Weekday::Sun,
        4 => Weekday::Mon,
        5 => Weekday::Tue,
        _ => Weekday::Wed,
    };
    Some((day, time))
}

impl TimeOfDay {
    /// The time until the other one; `None` unless that is later.
    pub(crate) fn until(self, other: Self) -> Option<Duration> {
        let seconds = u64::try_from(other.0 - self.0)
            .ok()
            .filter(|seconds| *seconds > 0)?;
        Some(Duration::from_secs(seconds))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hours_and_minutes(&text)
            .map(Self)
            .ok_or("not a time of day such as 08:30")
    }
}

impl TryFrom<String> for Offset {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let ahead = text.strip_prefix('+').and_then(hours_and_minutes);
        let behind = || {
            text.strip_prefix('-')
                .and_then(hours_and_minutes)
                .map(|seconds| -seconds)
        };
        ahead
            .or_else(behind)
            .map(Self)
            .ok_or("not an offset such as +02:00")
    }
}

fn hours_and_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(two_digits(hours, 23)? * 3600 + two_digits(minutes, 59)? * 60)
}

fn two_digits(text: &str, max: i64) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok()?;
    (digits && number <= max).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_comes_earlier_in_the_east() {
        let east = Offset::try_from("+05:30".to_owned()).unwrap();
        let west = Offset::try_from("-05:30".to_owned()).unwrap();
        let half_past_six_in_the_evening = 18 * 3600 + 30 * 60;
        let (day, time) = read(half_past_six_in_the_evening, east).unwrap();
        assert!(day == Weekday::Fri && time == TimeOfDay(0));
        let (day, time) = read(0, west).unwrap();
        assert!(day == Weekday::Wed && time == TimeOfDay(half_past_six_in_the_evening as i64));
    }

    #[test]
    fn a_text_that_is_not_a_time_is_refused() {
        for text in [
            "", "8:00", "24:00", "08:60", "+8:00", "08:0", "08:00:00", "0é:00",
        ] {
            assert!(TimeOfDay::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
