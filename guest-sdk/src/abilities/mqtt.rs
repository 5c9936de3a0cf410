//! MQTT: `mqtt publish|subscribe TOPIC-FILTER`.

use std::marker::PhantomData;

use super::Abilities;
use super::sentence::{Finished, Unfinished, say};

/// These topics, in MQTT's form: `lamps/+/state`, `lamps/#`.
pub fn mqtt(topic_filter: impl Into<String>) -> Mqtt {
    Mqtt {
        topic_filter: topic_filter.into(),
        said: Vec::new(),
        state: PhantomData,
    }
}

/// Topics, and what the client may do with them.
#[derive(Clone, Debug)]
pub struct Mqtt<S = Unfinished> {
    topic_filter: String,
    said: Vec<String>,
    state: PhantomData<S>,
}

impl<S> Mqtt<S> {
    /// Publish to them.
    pub fn publish(self) -> Mqtt<Finished> {
        self.say("mqtt publish")
    }

    /// Subscribe to them.
    pub fn subscribe(self) -> Mqtt<Finished> {
        self.say("mqtt subscribe")
    }

    fn say(mut self, words: &str) -> Mqtt<Finished> {
        self.said.push(say(words, &[&self.topic_filter]));
        Mqtt {
            topic_filter: self.topic_filter,
            said: self.said,
            state: PhantomData,
        }
    }
}

impl Abilities for Mqtt<Finished> {
    fn sentences(self) -> Vec<String> {
        self.said
    }
}
