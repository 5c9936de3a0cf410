//! Key-value buckets: `kv read|write BUCKET [KEY...]`, `kv manage BUCKET`.

use std::marker::PhantomData;

use super::Abilities;
use super::sentence::{Finished, Unfinished, say};

/// A key-value bucket. All keys, unless [`keys`](Kv::keys) names some.
pub fn kv(bucket: impl Into<String>) -> Kv {
    Kv {
        bucket: bucket.into(),
        named: None,
        said: Vec::new(),
        state: PhantomData,
    }
}

/// A bucket, what the client may do with it (`S`), and with which keys (`K`).
#[derive(Clone, Debug)]
pub struct Kv<S = Unfinished, K = AllKeys> {
    bucket: String,
    named: Option<Vec<String>>,
    said: Vec<String>,
    state: PhantomData<(S, K)>,
}

/// Every key of the bucket, including future keys.
#[derive(Clone, Debug)]
pub enum AllKeys {}

/// Only the named keys.
#[derive(Clone, Debug)]
pub enum SomeKeys {}

impl Kv {
    /// Only these keys, wildcards included; a key must not end with `*`. An empty list allows
    /// nothing.
    pub fn keys(self, keys: impl IntoIterator<Item: Into<String>>) -> Kv<Unfinished, SomeKeys> {
        Kv {
            bucket: self.bucket,
            named: Some(keys.into_iter().map(Into::into).collect()),
            said: self.said,
            state: PhantomData,
        }
    }
}

impl<S, K> Kv<S, K> {
    /// Get values and their history, list keys, watch.
    pub fn read(self) -> Kv<Finished, K> {
        self.say("kv read")
    }

    /// Put, create, update, delete and purge.
    pub fn write(self) -> Kv<Finished, K> {
        self.say("kv write")
    }

    fn say(mut self, words: &str) -> Kv<Finished, K> {
        let named = self.named.as_deref();
        if named.is_none_or(|keys| !keys.is_empty()) {
            let keys = named.into_iter().flatten().map(String::as_str);
            let names: Vec<_> = [self.bucket.as_str()].into_iter().chain(keys).collect();
            self.said.push(say(words, &names));
        }
        Kv {
            bucket: self.bucket,
            named: self.named,
            said: self.said,
            state: PhantomData,
        }
    }
}

impl<S> Kv<S, AllKeys> {
    /// Create, change, empty and delete the bucket itself. This includes neither read nor write.
    pub fn manage(self) -> Kv<Finished, AllKeys> {
        self.say("kv manage")
    }
}

impl<K> Abilities for Kv<Finished, K> {
    fn sentences(self) -> Vec<String> {
        self.said
    }
}
