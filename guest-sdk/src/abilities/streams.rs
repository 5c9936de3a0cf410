//! Streams: `stream publish SUBJECT`, `stream view STREAM`, `stream consume STREAM [CONSUMER]`,
//! `stream manage STREAM`.

use std::marker::PhantomData;

use super::Abilities;
use super::sentence::{Finished, Sentence, Unfinished, say};

/// Publish to these subjects, and receive the acknowledgement of whichever stream stores them.
/// The client need not know the stream.
pub fn stream_publish(subject: impl AsRef<str>) -> Sentence {
    Sentence::new("stream publish", &[subject.as_ref()])
}

/// A JetStream stream.
pub fn stream(name: impl Into<String>) -> Stream {
    Stream {
        name: name.into(),
        said: Vec::new(),
        state: PhantomData,
    }
}

/// A stream, and what the client may do with it.
#[derive(Clone, Debug)]
pub struct Stream<S = Unfinished> {
    name: String,
    said: Vec<String>,
    state: PhantomData<S>,
}

impl<S> Stream<S> {
    /// See its configuration, its state and its consumers, but no messages.
    pub fn view(self) -> Stream<Finished> {
        self.say("stream view", &[])
    }

    /// Receive and acknowledge its messages, through any consumer, including new ones.
    pub fn consume(self) -> Stream<Finished> {
        self.say("stream consume", &[])
    }

    /// Receive and acknowledge its messages only through this durable consumer, which somebody else
    /// has to create.
    pub fn consume_only(self, consumer: impl AsRef<str>) -> Stream<Finished> {
        self.say("stream consume", &[consumer.as_ref()])
    }

    /// Create, change, purge and delete it, and delete single messages.
    pub fn manage(self) -> Stream<Finished> {
        self.say("stream manage", &[])
    }

    fn say(mut self, words: &str, further: &[&str]) -> Stream<Finished> {
        let names = [&[self.name.as_str()], further].concat();
        self.said.push(say(words, &names));
        Stream {
            name: self.name,
            said: self.said,
            state: PhantomData,
        }
    }
}

impl Abilities for Stream<Finished> {
    fn sentences(self) -> Vec<String> {
        self.said
    }
}
