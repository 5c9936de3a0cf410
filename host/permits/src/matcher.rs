//! What nats-server says to a client with given rules: the semantics of server/client.go (`canSubscribe`, `pubAllowed`,
//! `deliverMsg`) and server/sublist.go for connections of the kind client, with permissions from a user JWT.
//!
//! The rules are those that were signed: every entry is a valid pattern, entries to subscribe may have a queue, and what is
//! left empty gives no list at all, which the server reads as *everything*. Not regarded here, because no rule says it: limits of the server
//! (`max_sub_tokens`), imports and exports, and what an MQTT connection subscribes to by itself (`$MQTT.sub.` and
//! `$MQTT.deliver.pubrel.`, which newer servers allow without an entry unless it is denied).

mod entries;
mod verdict;

use std::time::Duration;

use super::list::List;
use entries::{Entries, Entry, Queue};
use portcullis_model::subject::{is_pattern, matches};
use portcullis_model::{ResponseRule, Rules};
pub use verdict::{Decider, Verdict};

/// Publishing to subjects that begin with these is not a matter of permissions; each from one of the releases on.
const RESERVED: [(&str, Release); 3] = [
    ("_GR_.", Release::V2_10_25),
    ("$NRG.", Release::V2_12_8),
    ("$GR.", Release::V2_15_1),
];
/// The queue that the servers of a cluster keep for themselves.
const SYSTEM_QUEUE: &str = "_sys_";
/// nats-server `DEFAULT_ALLOW_RESPONSE_MAX_MSGS` and `DEFAULT_ALLOW_RESPONSE_EXPIRATION`.
const DEFAULT_RESPONSES: u32 = 1;
const DEFAULT_RESPONSE_TIME: Duration = Duration::from_secs(120);

/// Servers that read the same rules each in its own way: those that the matcher is compared with.
///
/// The newest has none of these faults, which were mended one by one, on several branches:
///
/// * An entry hides another one that ends in `*` from publishers: with `a.*` and `a.b.c` in one list, allowed or denied,
///   `a.b` is in neither. 2.10, up to 2.11.11 at least, and 2.12.0; not 2.11.15 and 2.12.4.
/// * A denied `foo` does not hold for a queue on `foo` if another entry denies only another queue on it; and what is denied
///   inside a wider subscription is withheld only if the whole entry lies inside of it. 2.10, 2.11 up to 2.11.15 at least,
///   and up to 2.12.6 at least; not 2.12.8 and 2.14.0.
/// * An entry that denies a queue keeps clients from subscribing, but withholds no message from wider subscriptions. All
///   up to 2.14.0 at least; not 2.15.0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    V2_10_25,
    V2_12_8,
    #[default]
    V2_15_1,
}

/// What a server does for a connection with some rules.
#[derive(Clone, Debug)]
pub struct Matcher {
    publish: Entries,
    publish_denied: Entries,
    subscribe: Entries,
    subscribe_denied: Entries,
    responses: Option<ResponseRule>,
    release: Release,
}

/// How a client may answer on reply subjects of messages that it got, also where publishing is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replies {
    /// Messages to each reply subject; `None` is no limit.
    pub max_messages: Option<u32>,
    /// Time from the message to its replies; `None` is no limit.
    pub expires_in: Option<Duration>,
}

impl Matcher {
    /// As the newest servers read the rules. `None` is a client without permissions, who may do everything; whether the
    /// account has defaults is not known here.
    pub fn new(rules: Option<&Rules>) -> Self {
        Self::of(Release::default(), rules)
    }

    /// As another release reads the rules.
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

    /// Whether a message can be published to `subject`, as it stands: a wildcard in it is a letter.
    ///
    /// Replies are another matter, see [`replies`](Self::replies).
    pub fn publish(&self, subject: &str) -> Verdict {
        if let Some(verdict) = self.reserved(subject) {
            return verdict;
        }
        // A rule for responses is a list of allowed subjects, even if an empty one.
        let allowed = if self.publish.is_empty() && self.responses.is_none() {
            Verdict::yes(Decider::NoList)
        } else {
            Verdict::allowing(self.find(&self.publish, subject))
        };
        allowed.unless(self.find(&self.publish_denied, subject))
    }

    /// Whether a client can subscribe. Wildcards in `subject` are looked up as they stand: `*` in an entry takes a `>`.
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
            None | Some(Queue::Unnamed) => denied,
            Some(Queue::Named(entry)) => denied.or(Some(entry)),
            // A fault of these servers: other denied queues void the plain entry.
            Some(Queue::Others(_)) if self.release == Release::V2_10_25 => None,
            Some(Queue::Others(_)) => denied,
        };
        allowed.unless(denied)
    }

    /// Where entries for a subject name queues, these are the only ones on it, whatever else is allowed.
    fn queue_allowed(&self, subject: &str, queue: &str) -> Verdict {
        match self.subscribe.find_queue(subject, queue) {
            Queue::Unnamed => Verdict::allowing(self.subscribe.find(subject)),
            Queue::Named(entry) => Verdict::yes(entry.decider()),
            Queue::Others(entry) => Verdict::no(entry.decider()),
        }
    }

    /// Whether a message that was published to `subject` reaches a subscription, the only one of its connection.
    ///
    /// Others make no difference to newer servers. In 2.10 a subscription that turns the filter on does so for all.
    pub fn delivers(&self, subscription: &str, queue: Option<&str>, subject: &str) -> Verdict {
        let subscribed = self.subscribe(subscription, queue);
        if !subscribed.allowed {
            return subscribed;
        }
        if !matches(subscription, subject) {
            return Verdict::no(Decider::Server("the subject does not fit the subscription"));
        }
        let withheld = match self.release {
            Release::V2_15_1 => {
                let denied = self.subscribe_denied.find(subject);
                denied.or_else(|| self.subscribe_denied.find_queue(subject, queue?).named())
            }
            Release::V2_10_25 if !self.subscribe_denied.any_inside(subscription) => None,
            Release::V2_10_25 | Release::V2_12_8 => self.find(&self.subscribe_denied, subject),
        };
        subscribed.unless(withheld)
    }

    /// What the client may answer where [`publish`](Self::publish) says no, denied subjects included; `None` if nothing.
    ///
    /// The server counts a message that reaches several subscriptions of the connection as a reply for each but the first.
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

    /// An entry that fits a message's subject; subscriptions are compared in another way, which never had the fault.
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
