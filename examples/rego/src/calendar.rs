//! The calendar of UTC, for the time of the request.

/// The parts of a moment.
pub(crate) struct Moment {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) weekday: &'static str,
    pub(crate) hour: i64,
    pub(crate) minute: i64,
    pub(crate) second: i64,
}

const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// The Gregorian calendar repeats after this many days.
const DAYS_IN_400_YEARS: i64 = 146_097;
/// 1970-01-01 was a Thursday.
const WEEKDAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

impl Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) fn at(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_A_DAY);
        let second = seconds.rem_euclid(SECONDS_A_DAY);
        let (year, month, day) = date(days);
        let weekday = usize::try_from(days.rem_euclid(7)).unwrap_or_default();
        Self {
            year,
            month,
            day,
            weekday: WEEKDAYS.get(weekday).copied().unwrap_or_default(),
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
        }
    }

    pub(crate) fn rfc3339(&self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Years are counted from March, so that the leap day is the last day of a year.
fn date(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + 719_468;
    let cycle = days.div_euclid(DAYS_IN_400_YEARS);
    let day_of_cycle = days.rem_euclid(DAYS_IN_400_YEARS);
    let leap_days = day_of_cycle / 1460 - day_of_cycle / 36_524 + day_of_cycle / 146_096;
    let year_of_cycle = (day_of_cycle - leap_days) / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_cycle + 400 * cycle + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        for (seconds, text, weekday) in [
            (0, "1970-01-01T00:00:00Z", "Thursday"),
            (951_782_399, "2000-02-28T23:59:59Z", "Monday"),
            (951_782_400, "2000-02-29T00:00:00Z", "Tuesday"),
            (1_767_225_600, "2026-01-01T00:00:00Z", "Thursday"),
            (4_107_542_400, "2100-03-01T00:00:00Z", "Monday"),
            (-1, "1969-12-31T23:59:59Z", "Wednesday"),
        ] {
            let moment = Moment::at(seconds);
            assert_eq!((moment.rfc3339().as_str(), moment.weekday), (text, weekday));
        }
    }
}
