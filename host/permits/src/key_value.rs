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

/// For every reader of a bucket.
const READ: &[&str] = &[
    "{api}.STREAM.INFO.KV_{bucket}",
    "{api}.CONSUMER.INFO.KV_{bucket}.*",
    // nats.go deletes its consumers and waits for the reply.
    "{api}.CONSUMER.DELETE.KV_{bucket}.*",
    "$JS.FC.KV_{bucket}.*.*",
    "$JS.FC.*.*.KV_{bucket}.*.*",
];

/// For a reader of all keys. No key has to be kept from it, so keys may be in payloads.
const READ_ALL: &[&str] = &[
    "{api}.DIRECT.GET.KV_{bucket}",
    "{api}.DIRECT.GET.KV_{bucket}.>",
    // Buckets without direct access, and their revisions.
    "{api}.STREAM.MSG.GET.KV_{bucket}",
    // Watches, histories and lists of keys are consumers. Those of nats-py have no name.
    "{api}.CONSUMER.CREATE.KV_{bucket}",
    "{api}.CONSUMER.CREATE.KV_{bucket}.>",
];

/// For a reader of some keys. The key is in every subject: a request with the key in its payload could read other keys.
const READ_KEY: &[&str] = &[
    "{api}.DIRECT.GET.KV_{bucket}.$KV.{bucket}.{key}",
    "{api}.CONSUMER.CREATE.KV_{bucket}.*.$KV.{bucket}.{key}",
];

const WRITE: &[&str] = &["{api}.STREAM.INFO.KV_{bucket}"];

const WRITE_KEY: &[&str] = &["$KV.{bucket}.{key}"];

/// In another JetStream domain, clients put the API prefix before the key's subject.
const WRITE_KEY_IN_DOMAIN: &[&str] = &["{api}.$KV.{bucket}.{key}"];

const MANAGE: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.CREATE.KV_{bucket}",
    "{api}.STREAM.UPDATE.KV_{bucket}",
    "{api}.STREAM.INFO.KV_{bucket}",
    "{api}.STREAM.PURGE.KV_{bucket}",
    "{api}.STREAM.DELETE.KV_{bucket}",
];

/// A subject has at most 32 tokens. In the longest subject, which creates a consumer in another JetStream domain, nine tokens
/// come before the key.
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

    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        match self {
            Self::Read { bucket, keys } => read(bucket, keys, needs, addressing),
            Self::Write { bucket, keys } => write(bucket, keys, needs, addressing),
            Self::Manage(bucket) => needs.publish_all(MANAGE, addressing, &[("bucket", bucket)]),
        }
        needs.receive_replies(addressing);
    }
}

/// A key that ends with `*` is refused, because the limit to one token would not hold. A client that may use `a.*` in the
/// subject of a direct get, a consumer or a rollup may also use `a.>`: the server reads that `>` as one token when it checks
/// permissions, and as a wildcard when it acts.
fn parse_keys<'a>(keys: &[&'a str]) -> Result<Vec<&'a str>, AbilityError> {
    let parse = |key: &&'a str| match names::pattern("key", key)? {
        ">" => Ok(">"),
        key if subject::ends_with_star(key) => Err(AbilityError(format!(
            "key {:?} ends with *, which NATS cannot keep from reaching what lies deeper; end with > or name the keys",
            quoted(key)
        ))),
        key if key.split('.').count() > KEY_TOKENS_MAX => Err(AbilityError(format!(
            "key {:?} has more than {KEY_TOKENS_MAX} tokens, so that the subjects that contain it would be too long; use fewer tokens",
            quoted(key)
        ))),
        key => Ok(key),
    };
    keys.iter().map(parse).collect()
}

fn read(bucket: &str, keys: &[&str], needs: &mut Needs, addressing: Addressing<'_>) {
    needs.publish_all(READ, addressing, &[("bucket", bucket)]);
    if includes_every_key(keys) {
        needs.publish_all(READ_ALL, addressing, &[("bucket", bucket)]);
        return;
    }
    for key in keys {
        needs.publish_all(READ_KEY, addressing, &[("bucket", bucket), ("key", key)]);
    }
}

fn write(bucket: &str, keys: &[&str], needs: &mut Needs, addressing: Addressing<'_>) {
    needs.publish_all(WRITE, addressing, &[("bucket", bucket)]);
    let all = [">"];
    let keys = if includes_every_key(keys) { &all } else { keys };
    for key in keys {
        let names = [("bucket", bucket), ("key", *key)];
        needs.publish_all(WRITE_KEY, addressing, &names);
        if addressing.api != DEFAULT_API {
            needs.publish_all(WRITE_KEY_IN_DOMAIN, addressing, &names);
        }
    }
}

fn includes_every_key(keys: &[&str]) -> bool {
    keys.is_empty() || keys.contains(&">")
}
