//! NATS' micro services: `service offer NAME`, `service find [NAME]`.

use std::marker::PhantomData;

use super::Abilities;
use super::sentence::{Finished, Sentence, Unfinished, say};

/// The services of this name.
pub fn service(name: impl Into<String>) -> Service {
    Service {
        name: name.into(),
        said: Vec::new(),
        state: PhantomData,
    }
}

/// All services.
pub fn services() -> Services {
    Services
}

/// Services of one name, and what the client may do with them.
#[derive(Clone, Debug)]
pub struct Service<S = Unfinished> {
    name: String,
    said: Vec<String>,
    state: PhantomData<S>,
}

/// All services. A client can discover them all, but cannot offer them all.
#[derive(Clone, Debug)]
pub struct Services;

impl<S> Service<S> {
    /// Offer the service: answer discovery requests. The endpoints need [`reply`](super::reply).
    pub fn offer(self) -> Service<Finished> {
        self.say("service offer")
    }

    /// Discover them: ping, information, statistics. Calling an endpoint needs
    /// [`request`](super::request).
    pub fn find(self) -> Service<Finished> {
        self.say("service find")
    }

    fn say(mut self, words: &str) -> Service<Finished> {
        self.said.push(say(words, &[&self.name]));
        Service {
            name: self.name,
            said: self.said,
            state: PhantomData,
        }
    }
}

impl Services {
    /// Discover them: ping, information, statistics.
    pub fn find(self) -> Sentence {
        Sentence::new("service find", &[])
    }
}

impl Abilities for Service<Finished> {
    fn sentences(self) -> Vec<String> {
        self.said
    }
}
