use std::fmt::{self, Write};

use super::list::List;
use portcullis_model::Transport;
use portcullis_model::subject::covers;

/// What the server must allow a client so that one ability works with every client library.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Needs {
    pub(super) publish: Vec<String>,
    pub(super) subscribe: Vec<Subscription>,
    /// Whether the client replies to messages that it receives.
    pub(super) replies: bool,
}

/// Permission to subscribe to a subject. With a queue, only as a member of that queue group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Subscription {
    pub(super) subject: String,
    pub(super) queue: Option<String>,
}

/// The prefixes and the transport that the client uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addressing<'a> {
    /// Prefix of the client's inbox.
    pub(super) inbox: &'a str,
    /// Prefix of the JetStream API.
    pub(super) api: &'a str,
    /// How the client reaches the server. `None` if it is not known.
    pub(super) transport: Option<Transport>,
}

/// The default prefix of inboxes in every client library.
pub(super) const DEFAULT_INBOX: &str = "_INBOX";

/// The default prefix of the JetStream API (nats-server, `jetstream_api.go`).
pub(super) const DEFAULT_API: &str = "$JS.API";

impl Needs {
    pub(super) fn publish(&mut self, subject: impl Into<String>) {
        self.publish.push(subject.into());
    }

    pub(super) fn subscribe(&mut self, subject: impl Into<String>, queue: Option<&str>) {
        self.subscribe.push(Subscription {
            subject: subject.into(),
            queue: queue.map(str::to_owned),
        });
    }

    /// Lets the client receive replies to its requests. They arrive below the inbox's prefix: one token for the connection
    /// follows, and usually one for the request.
    pub(super) fn receive_replies(&mut self, addressing: Addressing<'_>) {
        self.subscribe(format!("{}.>", addressing.inbox), None);
    }

    /// Each subject with the list that must contain it. The subject for replies is empty.
    pub(super) fn into_subjects(self) -> impl Iterator<Item = (List, Subscription)> {
        let plain = |subject| Subscription {
            subject,
            queue: None,
        };
        let publish = self.publish.into_iter().map(plain);
        let replies = self.replies.then(|| plain(String::new()));
        let publish = publish.map(|subject| (List::PublishAllow, subject));
        let subscribe = self.subscribe.into_iter();
        let subscribe = subscribe.map(|subject| (List::SubscribeAllow, subject));
        let replies = replies.map(|subject| (List::Responses, subject));
        publish.chain(subscribe).chain(replies)
    }

    /// Adds the subjects of a table, with `names` filled in. `{api}` becomes the prefix of the JetStream API.
    pub(super) fn publish_all(
        &mut self,
        table: &[&str],
        addressing: Addressing<'_>,
        names: &[(&str, &str)],
    ) {
        let names = [&[("api", addressing.api)], names].concat();
        self.publish
            .extend(table.iter().map(|template| fill(template, &names)));
    }
}

impl Subscription {
    /// A malformed entry is kept unchanged; `bounds` refuses it.
    pub(super) fn parse(entry: &str) -> Self {
        let parts = entry.split_once(' ');
        let (subject, queue) = match parts.filter(|(_, queue)| !queue.contains(' ')) {
            Some((subject, queue)) => (subject, Some(queue)),
            None => (entry, None),
        };
        Self {
            subject: subject.to_owned(),
            queue: queue.map(str::to_owned),
        }
    }

    /// Whether it allows at least what the other does.
    pub(super) fn includes(&self, other: &Self) -> bool {
        covers(&self.subject, &other.subject)
            && (self.queue.is_none()
                || self.queue == other.queue
                || self.queue.as_deref() == Some(">"))
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.subject)?;
        self.queue
            .as_ref()
            .map_or(Ok(()), |queue| write!(formatter, " {queue}"))
    }
}

/// Replaces each `{name}` by its value. Values are not searched again, because they may contain braces.
fn fill(template: &str, names: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((head, tail)) = rest.split_once('{') {
        let (name, tail) = tail.split_once('}').unwrap_or((tail, ""));
        let value = names.iter().find(|(known, _)| *known == name);
        debug_assert!(value.is_some(), "{template} has an unknown name");
        // Writing to a String does not fail.
        let _ = write!(filled, "{head}{}", value.map_or("", |(_, value)| value));
        rest = tail;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_values_are_not_replaced() {
        let names = [("api", "$JS.API"), ("stream", "{api}")];
        assert_eq!(
            fill("{api}.STREAM.INFO.{stream}", &names),
            "$JS.API.STREAM.INFO.{api}"
        );
    }
}
