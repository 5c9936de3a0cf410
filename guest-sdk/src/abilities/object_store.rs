//! Object stores: `object read|write|manage BUCKET`.

use std::marker::PhantomData;

use super::Abilities;
use super::sentence::{Finished, Unfinished, say};

/// A bucket of objects. Permissions apply to the whole bucket, because object names are not subjects.
pub fn object(bucket: impl Into<String>) -> Object {
    Object {
        bucket: bucket.into(),
        said: Vec::new(),
        state: PhantomData,
    }
}

/// A bucket of objects, and what the client may do with it.
#[derive(Clone, Debug)]
pub struct Object<S = Unfinished> {
    bucket: String,
    said: Vec<String>,
    state: PhantomData<S>,
}

impl<S> Object<S> {
    /// Get objects and their metadata, list, watch.
    pub fn read(self) -> Object<Finished> {
        self.say("object read")
    }

    /// Put and delete objects, and change their metadata. This includes reading: NATS cannot prevent
    /// a client that writes objects from getting them.
    pub fn write(self) -> Object<Finished> {
        self.say("object write")
    }

    /// Create, change, seal and delete the bucket itself. This includes neither read nor write.
    pub fn manage(self) -> Object<Finished> {
        self.say("object manage")
    }

    fn say(mut self, words: &str) -> Object<Finished> {
        self.said.push(say(words, &[&self.bucket]));
        Object {
            bucket: self.bucket,
            said: self.said,
            state: PhantomData,
        }
    }
}

impl Abilities for Object<Finished> {
    fn sentences(self) -> Vec<String> {
        self.said
    }
}
