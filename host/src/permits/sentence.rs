use super::key_value::KeyValue;
use super::messages::Messages;
use super::mqtt::Mqtt;
use super::needs::{Needs, Place};
use super::object_store::ObjectStore;
use super::services::Services;
use super::streams::Streams;
use crate::model::quoted;

/// One sentence, understood.
#[derive(Debug, PartialEq)]
pub(super) enum Ability<'a> {
    Messages(Messages<'a>),
    Services(Services<'a>),
    Streams(Streams<'a>),
    KeyValue(KeyValue<'a>),
    ObjectStore(ObjectStore<'a>),
    Mqtt(Mqtt),
}

/// What is wrong with a sentence, and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault(pub(super) String);

/// Every form that a sentence can have, for those who got it wrong.
const FORMS: &str = "publish SUBJECT, subscribe SUBJECT [QUEUE], request SUBJECT, reply SUBJECT [QUEUE], \
                     service offer NAME, service find [NAME], stream publish SUBJECT, stream view STREAM, \
                     stream consume STREAM [CONSUMER], stream manage STREAM, kv read|write BUCKET [KEY...], \
                     kv manage BUCKET, object read|write|manage BUCKET, mqtt publish|subscribe TOPIC-FILTER";

impl<'a> Ability<'a> {
    pub(super) fn parse(sentence: &'a str) -> Result<Self, Fault> {
        let words: Vec<&str> = sentence.split(' ').collect();
        if words.contains(&"") {
            return Err(Fault("words stand between single blanks".to_owned()));
        }
        match words.as_slice() {
            ["service", words @ ..] => Services::parse(words).map(Self::Services),
            ["stream", words @ ..] => Streams::parse(words).map(Self::Streams),
            ["kv", words @ ..] => KeyValue::parse(words).map(Self::KeyValue),
            ["object", words @ ..] => ObjectStore::parse(words).map(Self::ObjectStore),
            ["mqtt", words @ ..] => Mqtt::parse(words).map(Self::Mqtt),
            words => Messages::parse(words).map(Self::Messages),
        }
    }

    pub(super) fn needs(&self, place: Place<'_>) -> Needs {
        let mut needs = Needs::default();
        match self {
            Self::Messages(messages) => messages.add_to(&mut needs, place),
            Self::Services(services) => services.add_to(&mut needs, place),
            Self::Streams(streams) => streams.add_to(&mut needs, place),
            Self::KeyValue(key_value) => key_value.add_to(&mut needs, place),
            Self::ObjectStore(object_store) => object_store.add_to(&mut needs, place),
            Self::Mqtt(mqtt) => mqtt.add_to(&mut needs, place),
        }
        needs
    }
}

impl Fault {
    /// The words are those of no sentence.
    pub(super) fn unknown() -> Self {
        Self(format!("no such ability; there are: {FORMS}"))
    }

    /// The first words are known and the others do not fit.
    pub(super) fn form(form: &str) -> Self {
        Self(format!("write \"{form}\""))
    }

    pub(super) fn of(&self, sentence: &str) -> String {
        format!("ability {:?}: {}", quoted(sentence), self.0)
    }
}
