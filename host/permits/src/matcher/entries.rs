//! One list of rules, and what in it fits a subject.

use super::verdict::Decider;
use crate::list::List;
use portcullis_model::subject::{covers, has_wildcard, matches, queue_fits, split_queue};

#[derive(Clone, Debug)]
pub(super) struct Entries(Vec<Entry>);

#[derive(Clone, Debug)]
pub(super) struct Entry {
    list: List,
    text: String,
    subject: String,
    queue: Option<String>,
}

/// What the entries for a subject say about the name of a queue.
pub(super) enum Queue<'a> {
    /// None of them names a queue.
    Unnamed,
    /// This one names it.
    Named(&'a Entry),
    /// This one and perhaps others name queues, but not this.
    Others(&'a Entry),
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

    /// An entry without a queue that fits.
    pub(super) fn find(&self, subject: &str) -> Option<&Entry> {
        self.fitting(subject).find(|entry| entry.queue.is_none())
    }

    /// The same, as 2.10 searches: an inner node of their tree ends the search for a `*` at the end.
    pub(super) fn find_unhidden(&self, subject: &str) -> Option<&Entry> {
        self.fitting(subject)
            .find(|entry| entry.queue.is_none() && !self.hides(entry, subject))
    }

    pub(super) fn find_queue(&self, subject: &str, queue: &str) -> Queue<'_> {
        let naming = || {
            let entries = self.fitting(subject);
            entries.filter_map(|entry| Some((entry, entry.queue.as_deref()?)))
        };
        let named = naming().find(|(_, name)| queue_fits(name, queue));
        match (named, naming().next()) {
            (Some((entry, _)), _) => Queue::Named(entry),
            (None, Some((entry, _))) => Queue::Others(entry),
            (None, None) => Queue::Unnamed,
        }
    }

    /// Whether an entry lies inside of a subscription with wildcards, as 2.10 compares them: a queue is a part of
    /// the last token.
    pub(super) fn any_inside(&self, subscription: &str) -> bool {
        has_wildcard(subscription) && self.0.iter().any(|entry| covers(subscription, &entry.text))
    }

    fn fitting<'a>(&'a self, subject: &str) -> impl Iterator<Item = &'a Entry> {
        let fits = move |entry: &&Entry| matches(&entry.subject, subject);
        self.0.iter().filter(fits)
    }

    /// Whether a longer entry goes on where the subject ends and another one, `entry`, has its `*`.
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

impl<'a> Queue<'a> {
    pub(super) fn named(self) -> Option<&'a Entry> {
        match self {
            Self::Named(entry) => Some(entry),
            Self::Unnamed | Self::Others(_) => None,
        }
    }
}
