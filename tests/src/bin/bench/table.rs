//! The figures: what was measured, the goal, and the result.

use std::fmt;
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Table(Vec<[String; 3]>);

impl Table {
    /// Adds a row and prints it at once, because the whole run takes a while.
    pub(crate) fn row(&mut self, figure: &str, goal: &str, measured: String) {
        eprintln!("{figure}: {measured}");
        self.0.push([figure.to_owned(), goal.to_owned(), measured]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = [["figure", "goal", "measured"].map(str::to_owned)];
        let rows = || heading.iter().chain(&self.0);
        let width = |column: usize| {
            rows()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let (figure, goal) = (width(0), width(1));
        writeln!(formatter)?;
        for [first, second, third] in rows() {
            writeln!(formatter, "{first:<figure$}  {second:<goal$}  {third}")?;
        }
        Ok(())
    }
}

/// The value below which this share of the sorted values is.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// In a suitable unit.
pub(crate) fn shown(duration: Duration) -> String {
    match duration.as_micros() {
        micros @ 0..10_000 => format!("{micros} us"),
        micros @ 10_000..1_000_000 => format!("{} ms", micros / 1_000),
        micros => format!("{:.2} s", micros as f64 / 1e6),
    }
}
