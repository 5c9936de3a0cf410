//! JetStream: streams and their consumers.

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};

#[derive(Debug, PartialEq)]
pub(super) enum Streams<'a> {
    Publish(&'a str),
    View(&'a str),
    Consume {
        stream: &'a str,
        /// An existing durable consumer. `None` means any consumer, which the client may create itself.
        consumer: Option<&'a str>,
    },
    Manage(&'a str),
}

/// nats.js asks about the account before it manages streams or consumers.
const ACCOUNT_INFO: &[&str] = &["{api}.INFO"];

const VIEW: &[&str] = &[
    "{api}.STREAM.INFO.{stream}",
    "{api}.CONSUMER.NAMES.{stream}",
    "{api}.CONSUMER.LIST.{stream}",
    "{api}.CONSUMER.INFO.{stream}.*",
];

/// Client libraries ask about a stream before they use it.
const STREAM_INFO: &[&str] = &["{api}.STREAM.INFO.{stream}"];

/// For clients that create their own consumers.
const CREATE: &[&str] = &[
    // Without a name, as nats-py and nats.js make them.
    "{api}.CONSUMER.CREATE.{stream}",
    // With a name, and optionally a filter after it.
    "{api}.CONSUMER.CREATE.{stream}.>",
    // Durable, as nats-py makes them, and as nats.js makes them with several filters.
    "{api}.CONSUMER.DURABLE.CREATE.{stream}.*",
    "{api}.CONSUMER.DELETE.{stream}.*",
];

/// For the use of a consumer by its name; `*` stands for any.
const CONSUME: &[&str] = &[
    "{api}.CONSUMER.INFO.{stream}.{consumer}",
    "{api}.CONSUMER.MSG.NEXT.{stream}.{consumer}",
    // Acknowledgements: first the form of all servers, then that of `js_ack_fc_v2` (2.14 and later, ADR-15), which begins
    // with the domain and the account. Each has the exact number of tokens, so that neither matches the other form.
    "$JS.ACK.{stream}.{consumer}.*.*.*.*.*",
    "$JS.ACK.*.*.{stream}.{consumer}.*.*.*.*.>",
    // Flow control of push consumers, in the same two forms.
    "$JS.FC.{stream}.{consumer}.*",
    "$JS.FC.*.*.{stream}.{consumer}.*",
];

const MANAGE: &[&str] = &[
    "{api}.STREAM.CREATE.{stream}",
    "{api}.STREAM.UPDATE.{stream}",
    "{api}.STREAM.INFO.{stream}",
    "{api}.STREAM.PURGE.{stream}",
    "{api}.STREAM.MSG.DELETE.{stream}",
    "{api}.STREAM.DELETE.{stream}",
];

impl<'a> Streams<'a> {
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, AbilityError> {
        let stream = |name| names::asset("stream", name);
        match *words {
            ["publish", subject] => Ok(Self::Publish(names::pattern("subject", subject)?)),
            ["view", name] => Ok(Self::View(stream(name)?)),
            ["consume", name] => Ok(Self::Consume {
                stream: stream(name)?,
                consumer: None,
            }),
            ["consume", name, consumer] => Ok(Self::Consume {
                stream: stream(name)?,
                consumer: Some(names::asset("consumer", consumer)?),
            }),
            ["manage", name] => Ok(Self::Manage(stream(name)?)),
            ["publish", ..] => Err(AbilityError::form("stream publish SUBJECT")),
            ["view", ..] => Err(AbilityError::form("stream view STREAM")),
            ["consume", ..] => Err(AbilityError::form("stream consume STREAM [CONSUMER]")),
            ["manage", ..] => Err(AbilityError::form("stream manage STREAM")),
            _ => Err(AbilityError::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        match *self {
            Self::Publish(subject) => needs.publish(subject),
            Self::View(stream) => {
                needs.publish_all(ACCOUNT_INFO, addressing, &[]);
                needs.publish_all(VIEW, addressing, &[("stream", stream)]);
            }
            Self::Consume { stream, consumer } => {
                let names = [("stream", stream), ("consumer", consumer.unwrap_or("*"))];
                needs.publish_all(STREAM_INFO, addressing, &names);
                if consumer.is_none() {
                    needs.publish_all(ACCOUNT_INFO, addressing, &names);
                    needs.publish_all(CREATE, addressing, &names);
                }
                needs.publish_all(CONSUME, addressing, &names);
            }
            Self::Manage(stream) => {
                needs.publish_all(ACCOUNT_INFO, addressing, &[]);
                needs.publish_all(MANAGE, addressing, &[("stream", stream)]);
            }
        }
        needs.receive_replies(addressing);
    }
}
