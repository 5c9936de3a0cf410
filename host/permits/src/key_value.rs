//! Key-value buckets: the stream `KV_<bucket>` with the subjects `$KV.<bucket>.<key>` (ADR-8).

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, DEFAULT_API, Needs};
use portcullis_model::{quoted, subject};

#[derive(Debug, PartialEq)]
pub(super) enum KeyValue<'a> {
    Read { bucket: &'a str, keys: Vec<&'a str> },
    Write { bucket: &'a str, keys: Vec<&'a str> },
    Manage(&'a str),
}

/// Every reader of a bucket.
const READ: &[&str] = &[
    "{api}.STREAM.INFO.KV_{bucket}",
    "{api}.CONSUMER.INFO.KV_{bucket}.*",
    // nats.go ends its consumers, and waits for it.
    "{api}.CONSUMER.DELETE.KV_{bucket}.*",
    "$JS.FC.KV_{bucket}.*.*",
    "$JS.FC.*.*.KV_{bucket}.*.*",
];

/// A reader of every key: the bucket itself is the limit, so that keys may be named in payloads.
const READ_ALL: &[&str] = &[
    "{api}.DIRECT.GET.KV_{bucket}",
    "{api}.DIRECT.GET.KV_{bucket}.>",
    // Buckets without direct access, and revisions of them.
    "{api}.STREAM.MSG.GET.KV_{bucket}",
    // Watching, history and lists of keys are consumers; nats-py's have no name.
    "{api}.CONSUMER.CREATE.KV_{bucket}",
    "{api}.CONSUMER.CREATE.KV_{bucket}.>",
];

/// The key is in the subject of everything: what names it in the payload would read others too.
const READ_KEY: &[&str] = &[
    "{api}.DIRECT.GET.KV_{bucket}.$KV.{bucket}.{key}",
    "{api}.CONSUMER.CREATE.KV_{bucket}.*.$KV.{bucket}.{key}",
];

const WRITE: &[&str] = &["{api}.STREAM.INFO.KV_{bucket}"];

const WRITE_KEY: &[&str] = &["$KV.{bucket}.{key}"];

/// In another JetStream domain, keys are written behind its prefix.
const WRITE_KEY_ELSEWHERE: &[&str] = &["{api}.$KV.{bucket}.{key}"];

const MANAGE: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.CREATE.KV_{bucket}",
    "{api}.STREAM.UPDATE.KV_{bucket}",
    "{api}.STREAM.INFO.KV_{bucket}",
    "{api}.STREAM.PURGE.KV_{bucket}",
    "{api}.STREAM.DELETE.KV_{bucket}",
];

/// A subject has 32 tokens at most, and nine stand before the key where it is longest: in the creation of a consumer in
/// another JetStream domain.
const KEY_TOKENS_MAX: usize = 23;

impl<'a> KeyValue<'a> {
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, AbilityError> {
        let bucket = |name| names::prefixed_asset("bucket", "KV_", name);
        match *words {
            ["read", name, ref keys @ ..] => Ok(Self::Read {
                bucket: bucket(name)?,
                keys: parse_keys(keys)?,
            }),
            ["write", name, ref keys @ ..] => Ok(Self::Write {
                bucket: bucket(name)?,
                keys: parse_keys(keys)?,
            }),
            ["manage", name] => Ok(Self::Manage(bucket(name)?)),
            ["read", ..] => Err(AbilityError::form("kv read BUCKET [KEY...]")),
            ["write", ..] => Err(AbilityError::form("kv write BUCKET [KEY...]")),
            ["manage", ..] => Err(AbilityError::form("kv manage BUCKET")),
            _ => Err(AbilityError::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, place: Addressing<'_>) {
        match self {
            Self::Read { bucket, keys } => read(bucket, keys, needs, place),
            Self::Write { bucket, keys } => write(bucket, keys, needs, place),
            Self::Manage(bucket) => needs.publish_all(MANAGE, place, &[("bucket", bucket)]),
        }
        needs.receive_replies(place);
    }
}

/// A last `*` cannot be kept: whoever may name `a.*` in the subject of a direct get, of a consumer or of a rollup may
/// name `a.>` too, which the server takes for one token when it checks and for a wildcard when it acts.
fn parse_keys<'a>(keys: &[&'a str]) -> Result<Vec<&'a str>, AbilityError> {
    let parse = |key: &&'a str| match names::pattern("key", key)? {
        ">" => Ok(">"),
        key if subject::ends_with_any(key) => Err(AbilityError(format!(
            "key {:?} ends with *, which NATS cannot keep from reaching what lies deeper; end with > or name the keys",
            quoted(key)
        ))),
        key if key.split('.').count() > KEY_TOKENS_MAX => Err(AbilityError(format!(
            "key {:?} has more than {KEY_TOKENS_MAX} tokens, too many for a subject that names it behind others",
            quoted(key)
        ))),
        key => Ok(key),
    };
    keys.iter().map(parse).collect()
}

fn read(bucket: &str, keys: &[&str], needs: &mut Needs, place: Addressing<'_>) {
    needs.publish_all(READ, place, &[("bucket", bucket)]);
    if are_all(keys) {
        needs.publish_all(READ_ALL, place, &[("bucket", bucket)]);
        return;
    }
    for key in keys {
        needs.publish_all(READ_KEY, place, &[("bucket", bucket), ("key", key)]);
    }
}

fn write(bucket: &str, keys: &[&str], needs: &mut Needs, place: Addressing<'_>) {
    needs.publish_all(WRITE, place, &[("bucket", bucket)]);
    let all = [">"];
    let keys = if are_all(keys) { &all } else { keys };
    for key in keys {
        let names = [("bucket", bucket), ("key", *key)];
        needs.publish_all(WRITE_KEY, place, &names);
        if place.api != DEFAULT_API {
            needs.publish_all(WRITE_KEY_ELSEWHERE, place, &names);
        }
    }
}

fn are_all(keys: &[&str]) -> bool {
    keys.is_empty() || keys.contains(&">")
}
