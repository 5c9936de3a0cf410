//! `users.json`, in a form that takes little memory and no parsing in a decision.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::time::Duration;

use portcullis_sdk::Grant;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

pub(crate) struct Users(HashMap<Box<str>, User>);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with pass and account")]
pub(crate) struct User {
    #[serde(deserialize_with = "not_empty")]
    pub(crate) pass: Box<str>,
    #[serde(deserialize_with = "not_empty")]
    account: Box<str>,
    /// None: the account's defaults.
    #[serde(default, deserialize_with = "not_null")]
    permissions: Option<Box<Permissions>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with pub, sub and resp")]
struct Permissions {
    #[serde(default, rename = "pub")]
    publish: Subjects,
    #[serde(default, rename = "sub")]
    subscribe: Subjects,
    #[serde(default, deserialize_with = "not_null")]
    resp: Option<Responses>,
}

#[derive(Default, serde::Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "an object with allow and deny"
)]
struct Subjects {
    allow: Box<[Box<str>]>,
    deny: Box<[Box<str>]>,
}

/// Zero is the server's default, less is no limit.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object with max and ttl")]
struct Responses {
    max: i64,
    /// Nanoseconds, as the server writes them.
    ttl: i64,
}

impl Users {
    pub(crate) fn find(&self, name: &str) -> Option<&User> {
        self.0.get(name)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl User {
    pub(crate) fn grant(&self) -> Grant {
        let Some(permissions) = &self.permissions else {
            return Grant::account_defaults(&*self.account);
        };
        let subjects = |list: &'_ [Box<str>]| list.to_vec();
        let grant = Grant::account(&*self.account)
            .publish(subjects(&permissions.publish.allow))
            .deny_publish(subjects(&permissions.publish.deny))
            .subscribe(subjects(&permissions.subscribe.allow))
            .deny_subscribe(subjects(&permissions.subscribe.deny));
        let Some(Responses { max, ttl }) = permissions.resp else {
            return grant;
        };
        let ttl = u64::try_from(ttl).map_or(Duration::MAX, Duration::from_nanos);
        grant.allow_responses(u32::try_from(max).unwrap_or(u32::MAX), ttl)
    }
}

/// A map as serde makes it would keep the last of two users of the same name.
impl<'de> Deserialize<'de> for Users {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Users;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of users by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Users, A::Error> {
        let mut users = HashMap::new();
        while let Some((name, user)) = entries.next_entry::<Box<str>, User>()? {
            if name.is_empty() {
                return Err(A::Error::custom("a user without a name"));
            }
            match users.entry(name) {
                Entry::Vacant(place) => place.insert(user),
                Entry::Occupied(place) => {
                    let twice = format_args!("user {:?} is there twice", place.key());
                    return Err(A::Error::custom(twice));
                }
            };
        }
        Ok(Users(users))
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    let text = Box::<str>::deserialize(deserializer)?;
    if text.is_empty() {
        Err(D::Error::custom("must not be empty"))
    } else {
        Ok(text)
    }
}

/// `null` is no way to say "the defaults".
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
