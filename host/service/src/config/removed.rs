//! Takes a value that serde refused out of the table, and remembers where it was.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::policy_name::{label, written_name};
use super::reported::Reported;

/// A value that was taken out of the table.
#[derive(Default)]
pub(super) struct Removed {
    policy: Option<PolicyTableStart>,
    /// The keys that lead to it, from the top or from the table of its policy.
    keys: Vec<String>,
    /// What kind of value it is, such as `a list`.
    pub(super) kind: &'static str,
}

struct PolicyTableStart {
    offset: usize,
    label: String,
}

impl Removed {
    pub(super) fn at_top(key: &str) -> Self {
        Self {
            keys: vec![key.to_owned()],
            ..Self::default()
        }
    }

    /// The same key, in the table of a policy.
    pub(super) fn inside(mut self, offset: usize, label: String) -> Self {
        self.policy = Some(PolicyTableStart { offset, label });
        self
    }

    /// The same key, below another one. The key of the policies is part of their labels.
    fn below(mut self, key: &str) -> Self {
        if self.policy.is_none() {
            self.keys.insert(0, key.to_owned());
        }
        self
    }

    /// The setting as messages call it.
    pub(super) fn key(&self) -> String {
        let label = self.policy.iter().map(|policy| policy.label.as_str());
        let path: Vec<&str> = label.chain(self.keys.iter().map(String::as_str)).collect();
        path.join(".")
    }

    /// The table of the settings in which it was; empty for the top.
    pub(super) fn table(&self) -> &str {
        match (&self.policy, self.keys.as_slice()) {
            (Some(_), _) => "policies",
            (None, [table, _, ..]) => table,
            (None, _) => "",
        }
    }

    pub(super) fn report(&self, reported: &mut Reported) {
        self.add(self.keys.join("."), reported);
    }

    /// Another key of the same table counts as reported: probably it was meant.
    pub(super) fn report_beside(&self, key: &str, reported: &mut Reported) {
        let parents = self.keys.split_last().map(|(_, parents)| parents);
        let mut path = parents.unwrap_or_default().to_vec();
        path.push(key.to_owned());
        self.add(path.join("."), reported);
    }

    fn add(&self, path: String, reported: &mut Reported) {
        let policy = self.policy.as_ref().map(|policy| policy.offset);
        reported.add(policy, path);
    }
}

/// Removes the innermost entry whose key or value has that span.
pub(super) fn remove(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<Removed> {
    for (key, value) in table.iter_mut() {
        if let Some(removed) = remove_inside(value.get_mut(), span) {
            return Some(removed.below(key.get_ref()));
        }
    }
    let at = |spot: Range<usize>| spot == *span;
    let mut entries = table.iter();
    let (key, _) = entries.find(|(key, value)| at(key.span()) || at(value.span()))?;
    let key = key.get_ref().to_string();
    let value = table.remove(key.as_str())?;
    Some(Removed {
        kind: kind(value.get_ref()),
        ..Removed::at_top(&key)
    })
}

fn remove_inside(value: &mut DeValue<'_>, span: &Range<usize>) -> Option<Removed> {
    match value {
        DeValue::Table(table) => remove(table, span),
        DeValue::Array(entries) => remove_entry(entries, span),
        _ => None,
    }
}

/// Only the policies are a list of tables whose keys serde reads.
fn remove_entry(entries: &mut DeArray<'_>, span: &Range<usize>) -> Option<Removed> {
    for (index, entry) in entries.iter_mut().enumerate() {
        let (offset, name) = (entry.span().start, name_of(entry));
        if let Some(removed) = remove_inside(entry.get_mut(), span) {
            return Some(removed.inside(offset, label(index, name.as_deref())));
        }
    }
    let all = std::mem::replace(entries, DeArray::new()).into_iter();
    let (refused, others): (Vec<_>, Vec<_>) = all.partition(|entry| entry.span() == *span);
    *entries = others.into_iter().collect();
    let refused = refused.first()?;
    Some(Removed {
        kind: kind(refused.get_ref()),
        ..Removed::default()
    })
}

fn name_of(entry: &Spanned<DeValue<'_>>) -> Option<String> {
    match entry.get_ref() {
        DeValue::Table(policy) => name_in(policy),
        _ => None,
    }
}

/// The name of the policy that has this table.
pub(super) fn name_in(policy: &DeTable<'_>) -> Option<String> {
    let text = |key: &str| policy.get(key)?.get_ref().as_str();
    written_name(text("name"), text("module"))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
