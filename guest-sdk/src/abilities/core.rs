//! Messages: `publish SUBJECT`, `subscribe SUBJECT [QUEUE]`, `request SUBJECT`, `reply SUBJECT
//! [QUEUE]`.

use super::Abilities;
use super::sentence::{Sentence, say};

/// Publish to these subjects, wildcards included.
pub fn publish(subject: impl AsRef<str>) -> Sentence {
    Sentence::new("publish", &[subject.as_ref()])
}

/// Publish requests to these subjects, and receive the replies on the client's own inbox.
pub fn request(subject: impl AsRef<str>) -> Sentence {
    Sentence::new("request", &[subject.as_ref()])
}

/// Subscribe to these subjects, without a queue group or in any.
pub fn subscribe(subject: impl Into<String>) -> Listening {
    Listening::new("subscribe", subject)
}

/// Subscribe to these subjects, and answer what arrives: one reply to each message, within two
/// minutes. [`Grant::allow_responses`](crate::Grant::allow_responses) sets other limits.
pub fn reply(subject: impl Into<String>) -> Listening {
    Listening::new("reply", subject)
}

/// A subscription, which can be limited to a queue group.
#[derive(Clone, Debug)]
pub struct Listening {
    verb: &'static str,
    subject: String,
}

impl Listening {
    fn new(verb: &'static str, subject: impl Into<String>) -> Self {
        Self {
            verb,
            subject: subject.into(),
        }
    }

    /// Only as a member of this queue group.
    pub fn queue(self, queue: impl AsRef<str>) -> Sentence {
        Sentence::new(self.verb, &[&self.subject, queue.as_ref()])
    }
}

impl Abilities for Listening {
    fn sentences(self) -> Vec<String> {
        vec![say(self.verb, &[&self.subject])]
    }
}
