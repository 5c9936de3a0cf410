//! Turns the table of everything that was written into the tree, and reports every fault, not only the first.

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::fault::Fault;
use super::policy_name::label;
use super::problem::Problem;
use super::removed::{Removed, name_in, remove};
use super::reported::Reported;
use super::sources::Sources;
use super::tree::Tree;
use super::wording::translate;

/// More faults than anybody would read.
const FAULTS_MAX: usize = 100;

/// The tree without the wrong settings, and the keys of these.
pub(super) struct Parsed {
    pub(super) tree: Tree,
    pub(super) reported: Reported,
}

impl Parsed {
    /// The whole text cannot be read and has been reported.
    pub(super) fn nothing() -> Self {
        Self {
            tree: Tree::default(),
            reported: Reported::everything(),
        }
    }
}

/// Reports and removes each value that serde refuses, and tries again, because the derived code stops at its first error.
pub(super) fn parse(
    mut table: Spanned<DeTable<'_>>,
    sources: &Sources<'_>,
    faults: &mut Vec<Fault>,
) -> Parsed {
    let mut reported = Reported::default();
    refuse_lists(table.get_mut(), sources, faults, &mut reported);
    for _ in 0..FAULTS_MAX {
        let error = match Tree::deserialize(Deserializer::from(table.clone())) {
            Ok(tree) => return Parsed { tree, reported },
            Err(error) => error,
        };
        let span = error.span().unwrap_or_default();
        let removed = remove(table.get_mut(), &span);
        let is_removed = removed.is_some();
        let removed = removed.unwrap_or_default();
        let (key, problem) = translate(error.message(), &removed, &mut reported);
        faults.push(Fault::new(sources.place(span.start), key, problem));
        if !is_removed {
            break;
        }
    }
    Parsed::nothing()
}

/// Derived code reads the values of a table from a list too, in the order of its fields.
const TABLES: [&str; 4] = ["nats", "service", "throttle", "limits"];
/// The same in a policy.
const POLICY_TABLES: [&str; 1] = ["when"];

/// Reports and removes lists where a table belongs.
fn refuse_lists(
    table: &mut DeTable<'_>,
    sources: &Sources<'_>,
    faults: &mut Vec<Fault>,
    reported: &mut Reported,
) {
    let mut refuse = |offset: usize, removed: &Removed| {
        let problem = Problem::Other("expected a table, found a list".to_owned());
        faults.push(Fault::new(sources.place(offset), removed.key(), problem));
        removed.report(reported);
    };
    for key in TABLES {
        if let Some(offset) = take_list(table, key) {
            refuse(offset, &Removed::at_top(key));
        }
    }
    let Some(DeValue::Array(policies)) = table.get_mut("policies").map(Spanned::get_mut) else {
        return;
    };
    let all = std::mem::replace(policies, DeArray::new()).into_iter();
    let (lists, mut tables): (Vec<_>, Vec<_>) = all.partition(is_list);
    for list in &lists {
        refuse(list.span().start, &Removed::at_top("policies"));
    }
    for (index, policy) in tables.iter_mut().enumerate() {
        let start = policy.span().start;
        let DeValue::Table(policy) = policy.get_mut() else {
            continue;
        };
        for key in POLICY_TABLES {
            if let Some(offset) = take_list(policy, key) {
                let label = label(index, name_in(policy).as_deref());
                refuse(offset, &Removed::at_top(key).inside(start, label));
            }
        }
    }
    *policies = tables.into_iter().collect();
}

fn is_list(value: &Spanned<DeValue<'_>>) -> bool {
    matches!(value.get_ref(), DeValue::Array(_))
}

/// Removes the key if its value is a list, and returns where that was written.
fn take_list(table: &mut DeTable<'_>, key: &str) -> Option<usize> {
    let value = table.get(key).filter(|value| is_list(value))?;
    let offset = value.span().start;
    table.remove(key);
    Some(offset)
}
