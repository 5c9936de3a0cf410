//! Predicts what nats-server allows a client with given rules. The model follows server/client.go (`canSubscribe`,
//! `pubAllowed`, `deliverMsg`) and server/sublist.go for connections of the kind client with permissions from a user JWT.
//!
//! The rules are the signed ones: every entry is a valid pattern, entries for subscribing may have a queue, and an empty list
//! is no list, which the server reads as *everything*. The model leaves out what the rules do not contain: limits of the
//! server (`max_sub_tokens`), imports and exports, and the subjects that an MQTT connection subscribes to by itself
//! (`$MQTT.sub.` and `$MQTT.deliver.pubrel.`, which newer servers allow without an entry unless they are denied).

mod entries;
mod verdict;

use std::time::Duration;

use super::list::List;
use entries::{Entries, Entry, QueueMatch};
use portcullis_model::subject::{is_pattern, matches};
use portcullis_model::{ResponseRule, Rules};
pub use verdict::{Decider, Verdict};

/// No permission lets a client publish to subjects with these prefixes. Each holds from the given release on.
const RESERVED: [(&str, Release); 3] = [
    ("_GR_.", Release::V2_10_25),
    ("$NRG.", Release::V2_12_8),
    ("$GR.", Release::V2_15_1),
];
/// The queue that is reserved for the servers of a cluster.
const SYSTEM_QUEUE: &str = "_sys_";
/// nats-server `DEFAULT_ALLOW_RESPONSE_MAX_MSGS` and `DEFAULT_ALLOW_RESPONSE_EXPIRATION`.
const DEFAULT_RESPONSES: u32 = 1;
const DEFAULT_RESPONSE_TIME: Duration = Duration::from_secs(120);

/// Server releases that read the same rules differently. The matcher is compared with these releases.
///
/// The newest release has none of the following faults. They were fixed one by one, on several branches:
///
/// * A longer entry hides an entry that ends in `*` from publishers: if `a.*` and `a.b.c` are in one list, allowed or denied,
///   `a.b` matches neither. Affected: 2.10, up to at least 2.11.11, and 2.12.0. Not affected: 2.11.15 and 2.12.4.
/// * A denied `foo` does not hold for a queue on `foo` if another entry denies only another queue on it. And messages denied
///   inside a wider subscription are withheld only if the whole entry lies inside that subscription. Affected: 2.10, 2.11 up
///   to at least 2.11.15, and up to at least 2.12.6. Not affected: 2.12.8 and 2.14.0.
/// * An entry that denies a queue keeps clients from subscribing, but withholds no message from wider subscriptions.
///   Affected: all up to at least 2.14.0. Not affected: 2.15.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    V2_10_25,
    V2_12_8,
    #[default]
    V2_15_1,
}

/// Predicts what a server does for a connection with these rules.
#[derive(Clone, Debug)]
pub struct Matcher {
    publish: Entries,
    publish_denied: Entries,
    subscribe: Entries,
    subscribe_denied: Entries,
    responses: Option<ResponseRule>,
    release: Release,
}

/// How a client may publish to the reply subjects of messages that it received, even if publishing there is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replies {
    /// The most messages to each reply subject. `None` is no limit.
    pub max_messages: Option<u32>,
    /// The longest time from a message to its replies. `None` is no limit.
    pub expires_in: Option<Duration>,
}

impl Matcher {
    /// Reads the rules as the newest servers do. `None` stands for a client without permissions, which may do everything:
    /// the defaults of the account are not known here.
    pub fn new(rules: Option<&Rules>) -> Self {
        Self::of(Release::default(), rules)
    }

    /// Reads the rules as this release does.
    pub fn of(release: Release, rules: Option<&Rules>) -> Self {
        let nothing = Rules::default();
        let rules = rules.unwrap_or(&nothing);
        let (publish, subscribe) = (&rules.publish, &rules.subscribe);
        Self {
            publish: Entries::new(List::PublishAllow, &publish.allow),
            publish_denied: Entries::new(List::PublishDeny, &publish.deny),
            subscribe: Entries::new(List::SubscribeAllow, &subscribe.allow),
            subscribe_denied: Entries::new(List::SubscribeDeny, &subscribe.deny),
            responses: rules.responses,
            release,
        }
    }

    /// Whether the client can publish to `subject`, taken literally: wildcards in it are ordinary letters.
    ///
    /// For replies, see [`replies`](Self::replies).
    pub fn publish(&self, subject: &str) -> Verdict {
        if let Some(verdict) = self.reserved(subject) {
            return verdict;
        }
        // A server reads a rule for responses as a list of allowed subjects, even if that list is empty.
        let allowed = if self.publish.is_empty() && self.responses.is_none() {
            Verdict::yes(Decider::NoList)
        } else {
            Verdict::allowing(self.find(&self.publish, subject))
        };
        allowed.unless(self.find(&self.publish_denied, subject))
    }

    /// Whether the client can subscribe. Wildcards in `subject` are taken literally: `*` in an entry matches a `>`.
    pub fn subscribe(&self, subject: &str, queue: Option<&str>) -> Verdict {
        let queue = queue.filter(|queue| !queue.is_empty());
        if queue == Some(SYSTEM_QUEUE) {
            return Verdict::no(Decider::Server("the queue is reserved for servers"));
        }
        let verdict = self.subscribe_by_entries(subject, queue);
        if verdict.allowed && !is_pattern(subject) {
            return Verdict::no(Decider::Server("the subject is not valid"));
        }
        verdict
    }

    fn subscribe_by_entries(&self, subject: &str, queue: Option<&str>) -> Verdict {
        let allowed = match (self.subscribe.is_empty(), queue) {
            (true, _) => Verdict::yes(Decider::NoList),
            (false, None) => Verdict::allowing(self.subscribe.find(subject)),
            (false, Some(queue)) => self.queue_allowed(subject, queue),
        };
        let denied = self.subscribe_denied.find(subject);
        let denied = match queue.map(|queue| self.subscribe_denied.find_queue(subject, queue)) {
            None | Some(QueueMatch::NoQueues) => denied,
            Some(QueueMatch::Listed(entry)) => denied.or(Some(entry)),
            // A fault of these servers: entries for other queues make them ignore the entry without a queue.
            Some(QueueMatch::OtherQueues(_)) if self.release == Release::V2_10_25 => None,
            Some(QueueMatch::OtherQueues(_)) => denied,
        };
        allowed.unless(denied)
    }

    /// If entries for a subject name queues, only these queues may subscribe to it, whatever else is allowed.
    fn queue_allowed(&self, subject: &str, queue: &str) -> Verdict {
        match self.subscribe.find_queue(subject, queue) {
            QueueMatch::NoQueues => Verdict::allowing(self.subscribe.find(subject)),
            QueueMatch::Listed(entry) => Verdict::yes(entry.decider()),
            QueueMatch::OtherQueues(entry) => Verdict::no(entry.decider()),
        }
    }

    /// Whether a message that was published to `subject` reaches a subscription. It must be the only one of its connection.
    ///
    /// On newer servers, other subscriptions of the connection make no difference. On 2.10, one subscription that turns on
    /// the filter turns it on for all.
    pub fn delivers(&self, subscription: &str, queue: Option<&str>, subject: &str) -> Verdict {
        let subscribed = self.subscribe(subscription, queue);
        if !subscribed.allowed {
            return subscribed;
        }
        if !matches(subscription, subject) {
            return Verdict::no(Decider::Server(
                "the subscription does not match the subject",
            ));
        }
        let withheld = match self.release {
            Release::V2_15_1 => {
                let denied = self.subscribe_denied.find(subject);
                denied.or_else(|| self.subscribe_denied.find_queue(subject, queue?).listed())
            }
            Release::V2_10_25 if !self.subscribe_denied.any_inside(subscription) => None,
            Release::V2_10_25 | Release::V2_12_8 => self.find(&self.subscribe_denied, subject),
        };
        subscribed.unless(withheld)
    }

    /// How the client may reply where [`publish`](Self::publish) says no, even to denied subjects. `None` if it may not.
    ///
    /// If a message reaches several subscriptions of the connection, the server counts each delivery but the first as a
    /// reply.
    pub fn replies(&self) -> Option<Replies> {
        let rule = self.responses?;
        Some(Replies {
            max_messages: match rule.max_messages {
                0 => Some(DEFAULT_RESPONSES),
                u32::MAX => None,
                messages => Some(messages),
            },
            expires_in: match rule.expires_in_ms {
                0 => Some(DEFAULT_RESPONSE_TIME),
                u64::MAX => None,
                milliseconds => Some(Duration::from_millis(milliseconds)),
            },
        })
    }

    /// Finds an entry that matches a message's subject. Subscriptions are looked up in another way, which never had the
    /// fault of 2.10.
    fn find<'a>(&self, entries: &'a Entries, subject: &str) -> Option<&'a Entry> {
        match self.release {
            Release::V2_10_25 => entries.find_unhidden(subject),
            Release::V2_12_8 | Release::V2_15_1 => entries.find(subject),
        }
    }

    pub(super) fn reserved(&self, subject: &str) -> Option<Verdict> {
        let reserved = RESERVED.iter().any(|(prefix, since)| {
            self.release >= *since && subject.len() > prefix.len() && subject.starts_with(prefix)
        });
        reserved.then(|| Verdict::no(Decider::Server("the subject is reserved for servers")))
    }
}

impl Verdict {
    fn yes(by: Decider) -> Self {
        Self { allowed: true, by }
    }

    fn no(by: Decider) -> Self {
        Self { allowed: false, by }
    }

    fn allowing(entry: Option<&Entry>) -> Self {
        entry.map_or_else(
            || Self::no(Decider::NoEntry),
            |entry| Self::yes(entry.decider()),
        )
    }

    fn unless(self, denied: Option<&Entry>) -> Self {
        match denied {
            Some(entry) if self.allowed => Self::no(entry.decider()),
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests;
