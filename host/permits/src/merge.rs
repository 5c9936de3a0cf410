//! One list from what a policy gave itself and what its abilities need, without what others cover.
//!
//! Among the entries that a policy gave itself, those with a queue keep nats-server's reading, in which `foo` beside
//! `foo workers` means: without a queue, or as a member of workers and of no other (`canSubscribe` in its `client.go`).
//! Abilities only ever add: where one of theirs would narrow another entry in that way, the other gets the queue `>` too.

use std::collections::HashSet;

use super::needs::Subscription;
use portcullis_model::subject::{
    BYTES_MAX, TOKENS_MAX, covers, ends_with_any, overlaps, overlooked,
};

/// Beyond this many comparisons only equal entries are merged: what covers what changes nothing that a server says.
const COMPARISONS_MAX: usize = 1 << 20;

/// Some tens of milliseconds. What is left out beyond it would change what a server says: such lists are refused.
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
    let needed_too: HashSet<&Subscription> = needed.iter().copied().collect();
    let is_needed = |entry: &Subscription| needed_too.contains(entry);
    let all = unique(given.iter().chain(needed));
    let kept = without_covered(&all, |wide, narrow| {
        let alike = wide.queue == narrow.queue;
        let adds = wide.queue.is_none() && (is_needed(wide) || is_needed(narrow));
        (alike || adds) && covers(&wide.subject, &narrow.subject)
    });
    let narrow: Vec<&Subscription> = kept
        .iter()
        .copied()
        .filter(|entry| entry.queue.is_some())
        .collect();
    let meant: Vec<&Subscription> = given.iter().filter(|entry| entry.queue.is_some()).collect();
    let mut entries = Vec::with_capacity(kept.len());
    for entry in &kept {
        entries.push(entry.to_string());
        let open = entry.queue.is_none() && (is_needed(entry) || !touches(entry, &meant));
        if open && touches(entry, &narrow) {
            entries.push(format!("{} >", entry.subject));
        }
    }
    entries
}

fn touches(entry: &Subscription, others: &[&Subscription]) -> bool {
    let mut others = others.iter();
    others.any(|other| overlaps(&other.subject, &entry.subject))
}

/// Whether lists are short enough to compare each entry that ends with `*` or has a queue with all others.
pub(super) fn is_affordable(lists: &[&[String]]) -> bool {
    let special = |entry: &&String| entry.contains(' ') || ends_with_any(entry);
    let comparisons = lists
        .iter()
        .map(|list| list.iter().filter(special).count() * list.len());
    comparisons.sum::<usize>() <= PAIRS_MAX
}

/// What a client would hear beyond its subscriptions. nats-server takes the `>` of a subscription to `a.>` for one token, so
/// that an entry `a.*` lets it pass, and then delivers everything below `a`. A denial of `a.*.>` withholds that. Where another
/// entry allows some of it there is none, and the entry is among the second list: it stays open.
pub(super) fn deeper(allowed: &[String]) -> (Vec<Subscription>, Vec<Subscription>) {
    let entries: Vec<Subscription> = allowed
        .iter()
        .map(|entry| Subscription::parse(entry))
        .collect();
    let (mut denied, mut open) = (Vec::new(), Vec::new());
    for entry in entries.iter().filter(|entry| ends_with_any(&entry.subject)) {
        let deeper = format!("{}.>", entry.subject);
        // Nothing is written that `bounds` refuses.
        let fits = deeper.split('.').count() <= TOKENS_MAX && deeper.len() <= BYTES_MAX;
        if !fits
            || entries
                .iter()
                .any(|other| overlaps(&other.subject, &deeper))
        {
            open.push(entry.clone());
        } else {
            denied.push(Subscription {
                subject: deeper,
                queue: None,
            });
        }
    }
    (denied, open)
}

/// Each once, where it is first.
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
