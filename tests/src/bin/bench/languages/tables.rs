//! The figures of the languages, as rows beside their goals or as one Markdown table.

use std::fmt::Write as _;
use std::time::Duration;

use portcullis_tests::languages::Unavailable;

use super::Candidate;
use super::measuring::{Figures, Times};
use crate::table::{Table, shown};

pub(super) fn rows(table: &mut Table, candidate: &Candidate, figures: &Figures) {
    let mut row = |what: &str, goal: &str, measured: String| {
        table.row(&format!("{}: {what}", candidate.title), goal, measured);
    };
    row("module", "-", kilobytes(figures.module_bytes));
    row("build after an edit", "-", shown(figures.build));
    let strategy = match &figures.refused {
        None => figures.strategy.to_owned(),
        Some(reason) => format!("{} ({reason})", figures.strategy),
    };
    row("strategy", "snapshot", strategy);
    row("load, nothing compiled", "-", shown(figures.load_cold));
    row(
        "load from the compile cache",
        candidate.load_goal,
        shown(figures.load_cached),
    );
    row(
        "load with edited data",
        candidate.edit_goal,
        shown(figures.edit),
    );
    for times in &figures.times {
        let with = if times.pagemap_scan {
            "with"
        } else {
            "without"
        };
        let what = format!("{}, {with} pagemap_scan: p50 / p99", times.strategy);
        let goal = if is_the_goal(times) {
            candidate.decision_goal
        } else {
            "-"
        };
        row(&what, goal, both(times));
    }
    row(
        "memory that a decision from the snapshot writes to",
        "-",
        format!("{} KiB", figures.decision_kib),
    );
    row(
        "memory of a whole instance",
        "-",
        format!("{} KiB", figures.instance_kib),
    );
}

pub(super) fn markdown(measured: &[(&Candidate, Result<Figures, Unavailable>)]) -> String {
    let mut text = String::from(
        "| language | module | build | instances | load: anew, from the cache | data edited | decision p50 / p99 | memory: decision, instance |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for (candidate, figures) in measured {
        let row = match figures {
            Ok(figures) => cells(figures).join(" | "),
            Err(Unavailable { reason }) => format!("not measured: {reason} | | | | | |"),
        };
        // Writing to a string cannot fail.
        writeln!(text, "| {} | {row} |", candidate.title).unwrap_or_default();
    }
    text
}

fn cells(figures: &Figures) -> [String; 7] {
    // As the service decides unless the operator chooses otherwise.
    let decision = figures
        .times
        .iter()
        .find(|times| times.strategy == figures.strategy && !times.pagemap_scan);
    [
        kilobytes(figures.module_bytes),
        shown(figures.build),
        figures.strategy.to_owned(),
        format!(
            "{}, {}",
            shown(figures.load_cold),
            shown(figures.load_cached)
        ),
        shown(figures.edit),
        decision.map(both).unwrap_or_default(),
        format!(
            "{}, {}",
            kilobytes(figures.decision_kib << 10),
            kilobytes(figures.instance_kib << 10)
        ),
    ]
}

/// The goals are those of a snapshot with `pagemap_scan`.
fn is_the_goal(times: &Times) -> bool {
    times.pagemap_scan && times.strategy == "snapshot"
}

fn both(times: &Times) -> String {
    let tenths = |time: Duration| match time.as_nanos() {
        nanos @ 0..100_000 => format!("{:.1}", nanos as f64 / 1e3),
        nanos => format!("{:.0}", nanos as f64 / 1e3),
    };
    format!("{} / {} us", tenths(times.p50), tenths(times.p99))
}

fn kilobytes(bytes: u64) -> String {
    match bytes >> 10 {
        kib @ 0..10_240 => format!("{kib} KiB"),
        kib => format!("{:.1} MiB", kib as f64 / 1024.0),
    }
}
