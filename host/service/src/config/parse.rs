//! Turns the table of everything that was written into the tree, and reports every fault, not only the first.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::fault::{Fault, Place};
use super::problem::{Problem, nearest, suggestion};
use super::sources::Sources;
use super::tree::{LimitsTable, NatsTable, ServiceTable, Tree, keys_of};

/// More faults than anybody would read.
const FAULTS_MAX: usize = 100;

/// The tree without the wrong settings, and the names of these.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    /// Keys with a reported fault; they are not reported as missing too.
    pub(super) broken: Vec<String>,
}

/// Reports and removes each value that serde refuses, and tries again, because the derived code stops at its first error.
pub(super) fn parse(
    mut table: Spanned<DeTable<'_>>,
    sources: &Sources<'_>,
    faults: &mut Vec<Fault>,
) -> Parsed {
    let mut broken = Vec::new();
    refuse_lists(table.get_mut(), sources, faults, &mut broken);
    for _ in 0..FAULTS_MAX {
        let error = match Tree::deserialize(Deserializer::from(table.clone())) {
            Ok(tree) => return Parsed { tree, broken },
            Err(error) => error,
        };
        let span = error.span().unwrap_or_default();
        let path = remove(table.get_mut(), &span);
        let place = sources.place(span.start);
        faults.push(translate(error.message(), path.as_deref(), &mut broken).at(place));
        if path.is_none() {
            break;
        }
    }
    Parsed::nothing()
}

/// Derived code reads the values of a table from a list too, in the order of its fields.
const TABLES: [&str; 3] = ["nats", "service", "limits"];

/// Reports and removes lists where a table belongs.
fn refuse_lists(
    table: &mut DeTable<'_>,
    sources: &Sources<'_>,
    faults: &mut Vec<Fault>,
    broken: &mut Vec<String>,
) {
    let is_list = |value: &Spanned<DeValue<'_>>| matches!(value.get_ref(), DeValue::Array(_));
    let mut refuse = |key: &str, value: &Spanned<DeValue<'_>>| {
        let problem = Problem::Other("expected a table, found a list".to_owned());
        faults.push(Fault::new(sources.place(value.span().start), key, problem));
        broken.push(key.to_owned());
    };
    for key in TABLES {
        if let Some(value) = table.get(key).filter(|value| is_list(value)) {
            refuse(key, value);
            table.remove(key);
        }
    }
    let policies = table.get_mut("policies").map(Spanned::get_mut);
    if let Some(DeValue::Array(policies)) = policies {
        let all = std::mem::replace(policies, DeArray::new()).into_iter();
        let (lists, tables): (Vec<_>, Vec<_>) = all.partition(|policy| is_list(policy));
        for list in &lists {
            refuse("policies", list);
        }
        *policies = tables.into_iter().collect();
    }
}

const EVERYTHING: &str = "";

impl Parsed {
    /// The whole text cannot be read and has been reported; no key is reported as missing too.
    pub(super) fn nothing() -> Self {
        Self {
            tree: Tree::default(),
            broken: vec![EVERYTHING.to_owned()],
        }
    }

    /// Whether a key has a reported fault, so that it is not reported as missing too.
    pub(super) fn is_broken(&self, key: &str) -> bool {
        let told = |broken: &String| broken == key || broken == EVERYTHING;
        self.broken.iter().any(told)
    }
}

/// Removes the innermost entry whose key or value has that span, and returns the keys that lead to it.
fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    for (key, value) in table.iter_mut() {
        if let Some(mut path) = remove_inside(value.get_mut(), span) {
            path.insert(0, key.get_ref().to_string());
            return Some(path);
        }
    }
    let at = |spot: Range<usize>| spot == *span;
    let key = table
        .iter()
        .find(|(key, value)| at(key.span()) || at(value.span()))
        .map(|(key, _)| key.get_ref().to_string())?;
    table.remove(key.as_str());
    Some(vec![key])
}

fn remove_inside(value: &mut DeValue<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    match value {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(entries) => remove_entry(entries, span),
        _ => None,
    }
}

fn remove_entry(entries: &mut DeArray<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    for entry in entries.iter_mut() {
        if let Some(path) = remove_inside(entry.get_mut(), span) {
            return Some(path);
        }
    }
    let index = entries.iter().position(|entry| entry.span() == *span)?;
    let all = std::mem::replace(entries, DeArray::new());
    let others = all.into_iter().enumerate().filter(|(at, _)| *at != index);
    *entries = others.map(|(_, entry)| entry).collect();
    Some(Vec::new())
}

/// A fault whose place is not known yet.
struct Unplaced {
    key: String,
    problem: Problem,
}

impl Unplaced {
    fn at(self, place: Place) -> Fault {
        Fault::new(place, self.key, self.problem)
    }
}

/// The parser's message in our words. The parser repeats the value, which may be secret; we do not.
fn translate(message: &str, path: Option<&[String]>, broken: &mut Vec<String>) -> Unplaced {
    let message = message.trim();
    let key = path.map(|path| path.join(".")).unwrap_or_default();
    let unknown = message
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'));
    if let Some((found, known)) = unknown {
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        broken.extend(nearest(found, &known).map(str::to_owned));
        let parents = path.and_then(|path| path.split_last().map(|(_, parents)| parents));
        let problem = unknown_key(found, parents.unwrap_or_default(), &known);
        let key = String::new();
        return Unplaced { key, problem };
    }
    broken.extend(path.and_then(|path| path.last()).cloned());
    let wrong_kind = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    let problem = match wrong_kind {
        Some((found, wanted)) => {
            let kind = found.split(['"', '`']).next().unwrap_or(found).trim();
            Problem::Other(format!("expected {wanted}, found {kind}"))
        }
        None => Problem::Other(message.replace('\n', "; ")),
    };
    Unplaced { key, problem }
}

fn unknown_key(found: &str, parents: &[String], known: &[&str]) -> Problem {
    let key = found.to_owned();
    let homes = [
        ("the table [service]", "service", keys_of::<ServiceTable>()),
        ("the table [limits]", "limits", keys_of::<LimitsTable>()),
        ("the table [nats]", "nats", keys_of::<NatsTable>()),
        (
            "the top of the file, before the first table",
            "",
            keys_of::<Tree>(),
        ),
    ];
    let here = parents.first().map_or("", String::as_str);
    let home = homes
        .into_iter()
        .find(|(_, table, keys)| *table != here && keys.contains(&found));
    match home {
        Some((home, _, _)) => {
            let home = home.to_owned();
            Problem::OtherTable { key, home }
        }
        None => {
            let hint = suggestion(found, known);
            Problem::UnknownKey { key, hint }
        }
    }
}
