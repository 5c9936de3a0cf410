//! One list of rules, and how its entries match a subject.

use super::verdict::Decider;
use crate::list::List;
use portcullis_model::subject::{covers, has_wildcard, matches, queue_matches, split_queue};

#[derive(Clone, Debug)]
pub(super) struct Entries(Vec<Entry>);

#[derive(Clone, Debug)]
pub(super) struct Entry {
    list: List,
    text: String,
    subject: String,
    queue: Option<String>,
}

/// What the entries for a subject say about a queue.
pub(super) enum QueueMatch<'a> {
    /// No entry names a queue.
    NoQueues,
    /// This entry names the queue.
    Listed(&'a Entry),
    /// Entries, of which this is the first, name queues, but not this one.
    OtherQueues(&'a Entry),
}

impl Entries {
    pub(super) fn new(list: List, texts: &[String]) -> Self {
        let entries = texts.iter().filter_map(|text| {
            let (subject, queue) = split_queue(text)?;
            Some(Entry {
                list,
                text: text.clone(),
                subject: subject.to_owned(),
                queue: queue.map(str::to_owned),
            })
        });
        Self(entries.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Finds an entry without a queue that matches the subject.
    pub(super) fn find(&self, subject: &str) -> Option<&Entry> {
        self.matching(subject).find(|entry| entry.queue.is_none())
    }

    /// Finds it as 2.10 does: an inner node of the server's tree ends the search for a `*` at the end.
    pub(super) fn find_unhidden(&self, subject: &str) -> Option<&Entry> {
        self.matching(subject)
            .find(|entry| entry.queue.is_none() && !self.hides(entry, subject))
    }

    pub(super) fn find_queue(&self, subject: &str, queue: &str) -> QueueMatch<'_> {
        let with_queue = || {
            let entries = self.matching(subject);
            entries.filter_map(|entry| Some((entry, entry.queue.as_deref()?)))
        };
        let listed = with_queue().find(|(_, name)| queue_matches(name, queue));
        match (listed, with_queue().next()) {
            (Some((entry, _)), _) => QueueMatch::Listed(entry),
            (None, Some((entry, _))) => QueueMatch::OtherQueues(entry),
            (None, None) => QueueMatch::NoQueues,
        }
    }

    /// Whether an entry lies inside a subscription with wildcards. 2.10 reads the queue of an entry as a part of its last
    /// token.
    pub(super) fn any_inside(&self, subscription: &str) -> bool {
        has_wildcard(subscription) && self.0.iter().any(|entry| covers(subscription, &entry.text))
    }

    fn matching<'a>(&'a self, subject: &str) -> impl Iterator<Item = &'a Entry> {
        let is_match = move |entry: &&Entry| matches(&entry.subject, subject);
        self.0.iter().filter(is_match)
    }

    /// Whether a longer entry hides `entry`: it has the subject's last token where `entry` has its last `*`, and goes on.
    fn hides(&self, entry: &Entry, subject: &str) -> bool {
        let (head, end) = entry
            .subject
            .rsplit_once('.')
            .unwrap_or(("", &entry.subject));
        let last = subject.rsplit('.').next().unwrap_or_default();
        let prefix = if head.is_empty() {
            format!("{last}.")
        } else {
            format!("{head}.{last}.")
        };
        let hides = |other: &Entry| other.text.starts_with(&prefix);
        end == "*" && !has_wildcard(last) && self.0.iter().any(hides)
    }
}

impl Entry {
    pub(super) fn decider(&self) -> Decider {
        Decider::Entry(self.list, self.text.clone())
    }
}

impl<'a> QueueMatch<'a> {
    pub(super) fn listed(self) -> Option<&'a Entry> {
        match self {
            Self::Listed(entry) => Some(entry),
            Self::NoQueues | Self::OtherQueues(_) => None,
        }
    }
}
