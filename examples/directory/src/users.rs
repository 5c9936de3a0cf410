//! `users.json`, in a form that takes little memory and needs no parsing in a decision.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::time::Duration;

use portcullis_sdk::abilities::Ability;
use portcullis_sdk::{Grant, Subject, Subscription};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::hashes;

pub(crate) struct Users(HashMap<Box<str>, User>);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with pass and account")]
pub(crate) struct User {
    #[serde(deserialize_with = "password")]
    pub(crate) pass: Box<str>,
    #[serde(deserialize_with = "not_empty")]
    account: Box<str>,
    /// Without these and the fields below: the account's defaults.
    #[serde(default, deserialize_with = "not_null")]
    permissions: Option<Box<Permissions>>,
    #[serde(default, deserialize_with = "not_null")]
    can: Option<Box<[Ability]>>,
    #[serde(default, deserialize_with = "prefix")]
    inbox: Option<Box<str>>,
    #[serde(default, deserialize_with = "prefix")]
    jetstream_api: Option<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with pub, sub and resp")]
struct Permissions {
    #[serde(default, rename = "pub")]
    publish: Rules<Subject>,
    #[serde(default, rename = "sub")]
    subscribe: Rules<Subscription>,
    #[serde(default, deserialize_with = "not_null")]
    resp: Option<Responses>,
}

#[derive(serde::Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "an object with allow and deny"
)]
struct Rules<E> {
    allow: Box<[E]>,
    deny: Box<[E]>,
}

/// What serde derives would ask for a default entry.
impl<E> Default for Rules<E> {
    fn default() -> Self {
        let (allow, deny) = Default::default();
        Self { allow, deny }
    }
}

/// Zero is the server's default, a negative value means no limit.
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
        if self.permissions.is_none() && self.can.is_none() {
            return Grant::account_defaults(&*self.account);
        }
        let mut grant = Grant::account(&*self.account);
        if let Some(permissions) = &self.permissions {
            grant = permissions.add_to(grant);
        }
        if let Some(inbox) = &self.inbox {
            grant = grant.inbox(&**inbox);
        }
        if let Some(api) = &self.jetstream_api {
            grant = grant.jetstream_api(&**api);
        }
        grant.can(self.can.as_deref().unwrap_or_default())
    }

    /// A prefix alone would have no effect except to remove the account's defaults.
    fn fault(&self) -> Option<&'static str> {
        if self
            .inbox
            .as_deref()
            .is_some_and(|inbox| inbox.starts_with('$'))
        {
            return Some(
                "inbox begins with $, which is reserved for the server; choose another, such as _INBOX_name",
            );
        }
        let prefixed = self.inbox.is_some() || self.jetstream_api.is_some();
        (prefixed && self.can.is_none())
            .then_some("inbox and jetstream_api belong to abilities: add can")
    }
}

impl Permissions {
    fn add_to(&self, grant: Grant) -> Grant {
        let grant = grant
            .publish(self.publish.allow.to_vec())
            .deny_publish(self.publish.deny.to_vec())
            .subscribe(self.subscribe.allow.to_vec())
            .deny_subscribe(self.subscribe.deny.to_vec());
        let Some(Responses { max, ttl }) = self.resp else {
            return grant;
        };
        let ttl = u64::try_from(ttl).map_or(Duration::MAX, Duration::from_nanos);
        grant.allow_responses(u32::try_from(max).unwrap_or(u32::MAX), ttl)
    }
}

/// A map made by serde would keep the last of two users with the same name.
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
            if let Some(fault) = user.fault() {
                return Err(A::Error::custom(format_args!("user {name:?}: {fault}")));
            }
            match users.entry(name) {
                Entry::Vacant(place) => place.insert(user),
                Entry::Occupied(place) => {
                    let twice = format_args!("user {:?} appears twice", place.key());
                    return Err(A::Error::custom(twice));
                }
            };
        }
        Ok(Users(users))
    }
}

fn password<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    deserializer.deserialize_str(Checked(check_password))
}

/// The hash itself may not be in the text: a log is not the place for it.
fn check_password(text: &str) -> Result<(), String> {
    match hashes::prefix_of(text) {
        Some(prefix) => Err(format!(
            "this is a hash ({prefix}...), and the policy compares plain text: whoever shows the hash \
             would be admitted; write the password itself"
        )),
        None => check_not_empty(text),
    }
}

fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    deserializer.deserialize_str(Checked(check_not_empty))
}

fn check_not_empty(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("must not be empty".to_owned());
    }
    Ok(())
}

/// Tokens to which the host adds others.
fn prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<str>>, D::Error> {
    deserializer
        .deserialize_str(Checked(check_prefix))
        .map(Some)
}

fn check_prefix(prefix: &str) -> Result<(), String> {
    let malformed = prefix.split('.').any(str::is_empty)
        || prefix.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        || prefix.contains(['*', '>']);
    if malformed {
        let rule = "must be tokens with dots between them, without wildcards and blanks";
        return Err(rule.to_owned());
    }
    Ok(())
}

/// A text that is checked where it stands. After it, serde_json has read on to what follows, and a
/// fault would name the line of that.
struct Checked(fn(&str) -> Result<(), String>);

impl Visitor<'_> for Checked {
    type Value = Box<str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Box<str>, E> {
        (self.0)(text).map_err(E::custom)?;
        Ok(text.into())
    }
}

/// `null` does not mean "the defaults".
fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
