//! The defaults that `docs/src/reference/settings.md` has: whoever writes one of them changes nothing.

use rstest::rstest;

use super::*;

const PAGE: &str = include_str!("../../../../../docs/src/reference/settings.md");

/// Keys below a heading with their defaults as TOML, where the page has a value and not a sentence.
fn defaults(heading: &str) -> Vec<(String, String)> {
    let sections = PAGE
        .split("\n#")
        .map(|section| section.trim_start_matches('#').trim());
    let mut rows = sections
        .filter(|section| section.lines().next() == Some(heading))
        .flat_map(str::lines)
        .filter(|line| line.starts_with('|'))
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(str::trim)
                .collect::<Vec<_>>()
        });
    let header = rows.next().unwrap();
    let column = header.iter().position(|cell| *cell == "default").unwrap();
    let values = rows.filter_map(|row| {
        let key = row[0].strip_prefix('`')?.strip_suffix('`')?;
        Some((key.to_owned(), value(row[column])?))
    });
    values.collect()
}

/// `` `100ms` `` is a text, `` `["a"]` `` and `` `true` `` are TOML, 64 is a number.
fn value(cell: &str) -> Option<String> {
    if cell.parse::<u64>().is_ok() {
        return Some(cell.to_owned());
    }
    let code = cell.strip_prefix('`')?.strip_suffix('`')?;
    match code.contains('`') {
        true => None,
        false if ["true", "false"].contains(&code) => Some(code.to_owned()),
        false if code.starts_with(['[', '{', '"']) => Some(code.to_owned()),
        false => Some(format!("'{code}'")),
    }
}

fn shown(text: &str) -> String {
    format!("{:?}", loaded(text))
}

/// The lines are written before the tables of `GOOD`.
#[rstest]
#[case("Top level", "", 5)]
#[case("`[nats]`", "nats.", 1)]
#[case("`[service]`", "service.", 6)]
#[case("`[throttle]`", "throttle.", 2)]
#[case("`[limits]`", "limits.", 12)]
fn a_default_that_is_written_changes_nothing(
    #[case] heading: &str,
    #[case] table: &str,
    #[case] count: usize,
) {
    let defaults = defaults(heading);
    assert_eq!(defaults.len(), count, "{defaults:?}");
    for (key, value) in defaults {
        let line = format!("{table}{key} = {value}");
        assert_eq!(shown(&with(&line)), shown(GOOD), "{line}");
    }
}

/// The lines are written into the table of the policy. `warm-uses` counts for warm instances alone.
#[test]
fn a_default_of_a_policy_that_is_written_changes_nothing() {
    let defaults = defaults("`[[policies]]`");
    assert_eq!(defaults.len(), 7, "{defaults:?}");
    for (key, value) in defaults {
        let kept = match key.as_str() {
            "warm-uses" => format!("{GOOD}instances = 'warm'\n"),
            _ => GOOD.to_owned(),
        };
        let written = format!("{kept}{key} = {value}\n");
        assert_eq!(shown(&written), shown(&kept), "{key} = {value}");
    }
}

#[test]
fn another_value_changes_something() {
    assert_ne!(shown(&with("limits.decide-deadline = '99ms'")), shown(GOOD));
}
