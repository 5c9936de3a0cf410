//! Object stores: the stream `OBJ_<bucket>` with the subjects `$O.<bucket>.M.<name>` for the metadata of an object and
//! `$O.<bucket>.C.<id>` for its contents (ADR-20). Names are encoded and ids are random, so permissions are for whole buckets.

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};

#[derive(Debug, PartialEq)]
pub(super) enum ObjectStore<'a> {
    Read(&'a str),
    Write(&'a str),
    Manage(&'a str),
}

const READ: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.INFO.OBJ_{bucket}",
    "{api}.DIRECT.GET.OBJ_{bucket}.>",
    "{api}.STREAM.MSG.GET.OBJ_{bucket}",
    // Contents and lists are consumers. Those of async-nats have no name.
    "{api}.CONSUMER.CREATE.OBJ_{bucket}",
    "{api}.CONSUMER.CREATE.OBJ_{bucket}.>",
    // nats.go deletes its consumers and waits for the reply.
    "{api}.CONSUMER.DELETE.OBJ_{bucket}.*",
    "$JS.FC.OBJ_{bucket}.*.*",
    "$JS.FC.*.*.OBJ_{bucket}.*.*",
];

const WRITE: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.INFO.OBJ_{bucket}",
    // When an object is overwritten or deleted, its metadata is read and its old contents are purged.
    "{api}.DIRECT.GET.OBJ_{bucket}.>",
    "{api}.STREAM.MSG.GET.OBJ_{bucket}",
    "{api}.STREAM.PURGE.OBJ_{bucket}",
    "$O.{bucket}.C.*",
    "$O.{bucket}.M.*",
];

const MANAGE: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.CREATE.OBJ_{bucket}",
    "{api}.STREAM.UPDATE.OBJ_{bucket}",
    "{api}.STREAM.INFO.OBJ_{bucket}",
    "{api}.STREAM.DELETE.OBJ_{bucket}",
];

impl<'a> ObjectStore<'a> {
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, AbilityError> {
        let bucket = |name| names::prefixed_asset("bucket", "OBJ_", name);
        match *words {
            ["read", name] => Ok(Self::Read(bucket(name)?)),
            ["write", name] => Ok(Self::Write(bucket(name)?)),
            ["manage", name] => Ok(Self::Manage(bucket(name)?)),
            [verb @ ("read" | "write" | "manage"), ..] => Err(AbilityError(format!(
                "write \"object {verb} BUCKET\"; the server does not know objects, so a permission is for the whole bucket"
            ))),
            _ => Err(AbilityError::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        let (table, bucket) = match *self {
            Self::Read(bucket) => (READ, bucket),
            Self::Write(bucket) => (WRITE, bucket),
            Self::Manage(bucket) => (MANAGE, bucket),
        };
        needs.publish_all(table, addressing, &[("bucket", bucket)]);
        needs.receive_replies(addressing);
    }
}
