//! Fields whose values are checked while they are read, so that an error has their path.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::super::values::{check_user_key, parse_address, parse_time, parse_transport};
use portcullis_model::{Timestamp, Transport};

/// Seconds, as a policy gets them, or a time as people write it.
pub(super) struct Time(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "a time, as a whole number of seconds since 1970 or as \"2026-03-01T08:00:00Z\"",
        )
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Time, E> {
        Ok(Time(seconds))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
        parse_time(text).map(Time).map_err(E::custom)
    }
}

pub(super) struct Key(pub(super) String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        check_user_key(&key).map_err(D::Error::custom)?;
        Ok(Self(key))
    }
}

pub(super) struct Address(pub(super) String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_address(&text).map(Self).map_err(D::Error::custom)
    }
}

pub(super) struct TransportName(pub(super) Transport);

impl<'de> Deserialize<'de> for TransportName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        parse_transport(&word).map(Self).map_err(D::Error::custom)
    }
}
