//! What a client may do, in words: `Grant::account("APP").can(kv("settings").read())`.
//!
//! An ability stands for all subjects that it needs, for every client library and server. Each call
//! in this module makes one sentence of the contract (`wit/abilities.md` has them all, with their
//! limits), and the host turns sentences into subjects. You can also write a sentence directly:
//!
//! ```
//! use portcullis_sdk::Grant;
//! use portcullis_sdk::abilities::{kv, request, stream, subscribe};
//!
//! let typed = Grant::account("APP")
//!     .can(kv("test_kv").keys(["dev.001.>"]).read().write())
//!     .can(request("orders.*"))
//!     .can(subscribe("jobs").queue("workers"))
//!     .can(stream("ORDERS").consume());
//! let said = Grant::account("APP").can([
//!     "kv read test_kv dev.001.>",
//!     "kv write test_kv dev.001.>",
//!     "request orders.*",
//!     "subscribe jobs workers",
//!     "stream consume ORDERS",
//! ]);
//! assert_eq!(typed, said);
//! ```
//!
//! # What can go wrong, and when it is found
//!
//! * A combination that no sentence expresses does not compile: a bucket without a verb, a queue of
//!   publishers, keys that are to be managed.
//! * A name that cannot exist is found by [`testing::check`](crate::testing::check) in the policy's
//!   own tests, and by the host, which denies the client and tells the operator.
//! * A name that is empty or contains a space cannot be put into a sentence: it would be read as
//!   other names. Such a call gives `invalid name "my bucket" for kv read`, which no host
//!   understands, and so the client is denied.
//!
//! A value that the client chose may contain `*`, `>` or `.`: check it before you put it into a
//! subject or a key.

mod core;
mod grammar;
mod key_value;
mod mqtt;
mod names;
mod object_store;
mod sentence;
mod services;
mod streams;

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};

use crate::parsed::parsed;

pub use self::core::{Listening, publish, reply, request, subscribe};
pub use key_value::{AllKeys, Kv, SomeKeys, kv};
pub use mqtt::{Mqtt, mqtt};
pub use object_store::{Object, object};
pub use sentence::{Finished, Sentence, Unfinished};
pub use services::{Service, Services, service, services};
pub use streams::{Stream, stream, stream_publish};

pub(crate) use names::Name;

/// The argument of [`Grant::can`](crate::Grant::can): a call of this module, a sentence, or several
/// of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what the client can do",
    label = "not an ability yet",
    note = "say what it may do with it, such as `kv(\"settings\").read()`"
)]
pub trait Abilities {
    /// The sentences, in the given order.
    fn sentences(self) -> Vec<String>;
}

impl Abilities for &str {
    fn sentences(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl Abilities for String {
    fn sentences(self) -> Vec<String> {
        vec![self]
    }
}

impl Abilities for Ability {
    fn sentences(self) -> Vec<String> {
        vec![self.0]
    }
}

impl<A: Abilities, const N: usize> Abilities for [A; N] {
    fn sentences(self) -> Vec<String> {
        self.into_iter().flat_map(A::sentences).collect()
    }
}

impl<A: Abilities> Abilities for Vec<A> {
    fn sentences(self) -> Vec<String> {
        self.into_iter().flat_map(A::sentences).collect()
    }
}

impl<A: Abilities + Clone> Abilities for &[A] {
    fn sentences(self) -> Vec<String> {
        self.iter().cloned().flat_map(A::sentences).collect()
    }
}

/// A sentence that this version of the contract knows, with valid names: for policies that read
/// abilities from their settings or data. Parsing and deserializing check the sentence.
///
/// ```
/// use portcullis_sdk::abilities::Ability;
///
/// assert!("kv read test_kv dev.001.>".parse::<Ability>().is_ok());
/// let fault = "kv raed test_kv".parse::<Ability>().unwrap_err();
/// assert_eq!(
///     fault.to_string(),
///     "\"kv raed test_kv\" is not an ability; use kv read BUCKET [KEY...], \
///      kv write BUCKET [KEY...] or kv manage BUCKET"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability(String);

impl Ability {
    /// The sentence.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ability {
    type Err = crate::Error;

    fn from_str(sentence: &str) -> crate::Result<Self> {
        grammar::check(sentence).map_err(crate::Error::new)?;
        Ok(Self(sentence.to_owned()))
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Ability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

#[cfg(test)]
mod tests;
