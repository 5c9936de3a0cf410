//! Merges the entries that a policy wrote and those that its abilities need into one list, and leaves out covered entries.
//!
//! The policy's own entries with a queue mean what nats-server reads: `foo` and `foo workers` in one list allow a
//! subscription without a queue or in the queue workers, but in no other (`canSubscribe` in its `client.go`). An ability must
//! never take something away. If an entry of an ability would narrow another entry in this way, that other entry is also
//! written with the queue `>`.

use std::collections::HashSet;

use super::needs::Subscription;
use portcullis_model::subject::{
    self, BYTES_MAX, TOKENS_MAX, ends_with_star, is_pattern, overlaps, overlooked,
};

/// With more comparisons than this, only equal entries are merged. Covered entries then stay, which changes nothing for a
/// server.
const COMPARISONS_MAX: usize = 1 << 20;

/// This many pairs take some tens of milliseconds. Lists with more are refused, because skipping the work would change what a
/// server allows.
const PAIRS_MAX: usize = 1 << 20;

pub(super) fn subjects<'a>(
    given: &'a [String],
    needed: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let all = given.iter().map(String::as_str).chain(needed);
    let kept = without_covered(&unique(all), covers);
    let hidden = overlooked(&kept);
    kept.into_iter().chain(hidden).map(str::to_owned).collect()
}

pub(super) fn subscriptions<'a>(
    given: &[String],
    needed: impl IntoIterator<Item = &'a Subscription>,
) -> Vec<String> {
    let given: Vec<Subscription> = given
        .iter()
        .map(|entry| Subscription::parse(entry))
        .collect();
    let needed: Vec<&Subscription> = needed.into_iter().collect();
    let needed_entries: HashSet<&Subscription> = needed.iter().copied().collect();
    let is_needed = |entry: &Subscription| needed_entries.contains(entry);
    let all = unique(given.iter().chain(needed));
    let kept = without_covered(&all, |wide, narrow| {
        let same_queue = wide.queue == narrow.queue;
        let any_queue = wide.queue.is_none() && (is_needed(wide) || is_needed(narrow));
        (same_queue || any_queue) && covers(&wide.subject, &narrow.subject)
    });
    let with_queue: Vec<&Subscription> = kept
        .iter()
        .copied()
        .filter(|entry| entry.queue.is_some())
        .collect();
    let given_with_queue: Vec<&Subscription> =
        given.iter().filter(|entry| entry.queue.is_some()).collect();
    let mut entries = Vec::with_capacity(kept.len());
    for entry in &kept {
        entries.push(entry.to_string());
        let for_any_queue =
            entry.queue.is_none() && (is_needed(entry) || !overlaps_any(entry, &given_with_queue));
        if for_any_queue && overlaps_any(entry, &with_queue) {
            entries.push(format!("{} >", entry.subject));
        }
    }
    entries
}

/// A malformed entry covers nothing and is never left out: `bounds` refuses it. Two entries, of which one is malformed, could
/// otherwise cover each other, and both would be left out.
fn covers(wide: &str, narrow: &str) -> bool {
    subject::covers(wide, narrow) && is_pattern(wide) && is_pattern(narrow)
}

fn overlaps_any(entry: &Subscription, others: &[&Subscription]) -> bool {
    let mut others = others.iter();
    others.any(|other| overlaps(&other.subject, &entry.subject))
}

/// Whether the lists are short enough to compare each entry that ends with `*` or has a queue with all other entries.
pub(super) fn is_affordable(lists: &[&[String]]) -> bool {
    let special = |entry: &&String| entry.contains(' ') || ends_with_star(entry);
    let comparisons = lists
        .iter()
        .map(|list| list.iter().filter(special).count() * list.len());
    comparisons.sum::<usize>() <= PAIRS_MAX
}

/// The denials that keep entries ending with `*` to one token, and the entries for which no denial is possible.
///
/// nats-server reads the `>` of a subscription to `a.>` as one token, so an entry `a.*` allows it. The server then delivers
/// everything below `a`. A denial of `a.*.>` withholds that. It is not possible if another entry allows a part of it.
pub(super) fn deny_deeper(allowed: &[String]) -> (Vec<Subscription>, Vec<Subscription>) {
    let entries: Vec<Subscription> = allowed
        .iter()
        .map(|entry| Subscription::parse(entry))
        .collect();
    let (mut denied, mut undeniable) = (Vec::new(), Vec::new());
    for entry in entries
        .iter()
        .filter(|entry| ends_with_star(&entry.subject))
    {
        let deeper = format!("{}.>", entry.subject);
        // `bounds` refuses longer subjects.
        let fits = deeper.split('.').count() <= TOKENS_MAX && deeper.len() <= BYTES_MAX;
        if !fits
            || entries
                .iter()
                .any(|other| overlaps(&other.subject, &deeper))
        {
            undeniable.push(entry.clone());
        } else {
            denied.push(Subscription {
                subject: deeper,
                queue: None,
            });
        }
    }
    (denied, undeniable)
}

/// Each entry once, in the order of first occurrence.
fn unique<T: Copy + Eq + std::hash::Hash>(entries: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    entries.filter(|entry| seen.insert(*entry)).collect()
}

fn without_covered<T: Copy + Eq>(entries: &[T], covers: impl Fn(T, T) -> bool) -> Vec<T> {
    if entries.len().saturating_mul(entries.len()) > COMPARISONS_MAX {
        return entries.to_vec();
    }
    let is_covered = |narrow: T| {
        let mut others = entries.iter().filter(|wide| **wide != narrow);
        others.any(|wide| covers(*wide, narrow))
    };
    let kept = entries.iter().copied();
    kept.filter(|entry| !is_covered(*entry)).collect()
}
