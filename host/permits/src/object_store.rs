//! Object stores: the stream `OBJ_<bucket>` with the subjects `$O.<bucket>.M.<name>` for what is said of an object and
//! `$O.<bucket>.C.<id>` for its contents (ADR-20). Names are encoded and ids are random: no permission is finer than the bucket.

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
    // Contents and lists are consumers; async-nats' have no name.
    "{api}.CONSUMER.CREATE.OBJ_{bucket}",
    "{api}.CONSUMER.CREATE.OBJ_{bucket}.>",
    // nats.go ends its consumers, and waits for it.
    "{api}.CONSUMER.DELETE.OBJ_{bucket}.*",
    "$JS.FC.OBJ_{bucket}.*.*",
    "$JS.FC.*.*.OBJ_{bucket}.*.*",
];

const WRITE: &[&str] = &[
    "{api}.INFO",
    "{api}.STREAM.INFO.OBJ_{bucket}",
    // An object that is written again, or deleted: what is said of it is read, and its old contents are purged.
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
                "write \"object {verb} BUCKET\"; the server knows no objects, so that a permission is for the bucket"
            ))),
            _ => Err(AbilityError::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, place: Addressing<'_>) {
        let (table, bucket) = match *self {
            Self::Read(bucket) => (READ, bucket),
            Self::Write(bucket) => (WRITE, bucket),
            Self::Manage(bucket) => (MANAGE, bucket),
        };
        needs.publish_all(table, place, &[("bucket", bucket)]);
        needs.receive_replies(place);
    }
}
