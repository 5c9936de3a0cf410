use super::ability_error::AbilityError;
use super::key_value::KeyValue;
use super::messages::Messages;
use super::mqtt::Mqtt;
use super::needs::{Addressing, Needs};
use super::object_store::ObjectStore;
use super::services::Services;
use super::streams::Streams;

/// One parsed sentence.
#[derive(Debug, PartialEq)]
pub(super) enum Ability<'a> {
    Messages(Messages<'a>),
    Services(Services<'a>),
    Streams(Streams<'a>),
    KeyValue(KeyValue<'a>),
    ObjectStore(ObjectStore<'a>),
    Mqtt(Mqtt),
}

impl<'a> Ability<'a> {
    pub(super) fn parse(sentence: &'a str) -> Result<Self, AbilityError> {
        let words: Vec<&str> = sentence.split(' ').collect();
        if words.contains(&"") {
            return Err(AbilityError(
                "write exactly one space between words, and none before or after them".to_owned(),
            ));
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

    pub(super) fn needs(&self, addressing: Addressing<'_>) -> Needs {
        let mut needs = Needs::default();
        match self {
            Self::Messages(messages) => messages.add_to(&mut needs, addressing),
            Self::Services(services) => services.add_to(&mut needs, addressing),
            Self::Streams(streams) => streams.add_to(&mut needs, addressing),
            Self::KeyValue(key_value) => key_value.add_to(&mut needs, addressing),
            Self::ObjectStore(object_store) => object_store.add_to(&mut needs, addressing),
            Self::Mqtt(mqtt) => mqtt.add_to(&mut needs, addressing),
        }
        needs
    }
}
