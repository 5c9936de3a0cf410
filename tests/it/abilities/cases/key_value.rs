use portcullis_tests::driver::Library;

use super::AbilityCase;
use crate::abilities::operations::{Operation, op};
use crate::abilities::world::Stage;

const NOT_DIRECT: &str =
    "a bucket that was opened without the option allow_direct is read with the key in the payload";
const NAMELESS: &str = "its consumers have no name, and their filter is in the payload";

pub fn cases() -> Vec<AbilityCase> {
    vec![
        AbilityCase::new("kv_reader", &["kv read B", "kv read LARGE"], Stage::Buckets)
            .works(reading_all().into_iter().chain([reading_large()])),
        AbilityCase::new(
            "kv_reader_of_some",
            &["kv read B dev.001.> dev.*.hum", "kv read LARGE l.>"],
            Stage::Buckets,
        )
        .works(
            reading_some().into_iter().chain([reading_large()
                .but(Library::Python, NAMELESS)
                .but(Library::Rust, NAMELESS)]),
        ),
        AbilityCase::new("kv_writer", &["kv write B"], Stage::Buckets)
            .works(writing().into_iter().chain([again()])),
        AbilityCase::new(
            "kv_writer_of_some",
            &["kv write B dev.001.>"],
            Stage::Buckets,
        )
        .works(writing()),
        AbilityCase::new(
            "kv_manager",
            &["kv manage B", "kv manage BNEW"],
            Stage::Buckets,
        )
        .works([
            op!("kv.create_bucket", "bucket": "BNEW"),
            op!("kv.update_bucket", "bucket": "B", "marker_ttl_ms": 60_000).recent(),
            op!("kv.status", "bucket": "B"),
            op!("kv.delete_bucket", "bucket": "B"),
        ]),
        AbilityCase::new(
            "kv_cleaner",
            &["kv manage B", "kv read B", "kv write B"],
            Stage::Buckets,
        )
        .works([
            op!("kv.delete", "bucket": "B", "key": "dev.001.temp"),
            op!("kv.purge_deletes", "bucket": "B"),
            op!("kv.create", "bucket": "B", "key": "gone", "value": "1", "direct": true),
        ]),
    ]
}

fn reading_all() -> Vec<Operation> {
    let mut all = vec![
        op!("kv.open", "bucket": "B"),
        op!("kv.status", "bucket": "B"),
        op!("kv.get", "bucket": "B", "key": "dev.001.temp"),
        op!("kv.get", "bucket": "B", "key": "dev.001.temp", "direct": true),
        op!("kv.get_revision", "bucket": "B", "key": "dev.001.temp", "revision": 2),
        op!("kv.get_revision", "bucket": "B", "key": "dev.001.temp", "revision": 2, "direct": true),
        op!("kv.keys", "bucket": "B"),
        op!("kv.keys", "bucket": "B", "filter": "dev.001.>"),
        op!("kv.history", "bucket": "B", "key": "dev.001.temp"),
        op!("kv.watch", "bucket": "B", "key": "dev.001.>", "count": 2),
        op!("kv.watch_many", "bucket": "B", "keys": ["dev.001.>", "dev.002.>"], "count": 3)
            .recent(),
        op!("kv.watch_all", "bucket": "B", "count": 3),
    ];
    all.extend(legacy());
    all.push(op!("kv.keys_legacy", "bucket": "B"));
    all
}

/// It works only if the library uses subjects that contain the key.
fn reading_some() -> Vec<Operation> {
    let mut some = vec![
        op!("kv.open", "bucket": "B"),
        op!("kv.status", "bucket": "B"),
        op!("kv.get", "bucket": "B", "key": "dev.001.temp").but(Library::JavaScript, NOT_DIRECT),
        op!("kv.get", "bucket": "B", "key": "dev.001.temp", "direct": true),
        op!("kv.keys", "bucket": "B", "filter": "dev.001.>").but(Library::Python, NAMELESS),
        op!("kv.history", "bucket": "B", "key": "dev.001.temp")
            .but(Library::Python, NAMELESS)
            .but(Library::Rust, NAMELESS),
        op!("kv.watch", "bucket": "B", "key": "dev.001.>", "count": 2)
            .but(Library::Python, NAMELESS)
            .but(Library::Rust, NAMELESS),
        op!("kv.watch", "bucket": "B", "key": "dev.*.hum", "count": 1)
            .but(Library::Python, NAMELESS)
            .but(Library::Rust, NAMELESS),
    ];
    some.extend(legacy());
    some
}

fn legacy() -> Vec<Operation> {
    vec![
        op!("kv.get_legacy", "bucket": "B", "key": "dev.001.temp"),
        op!("kv.history_legacy", "bucket": "B", "key": "dev.001.temp"),
        op!("kv.watch_legacy", "bucket": "B", "key": "dev.001.>", "count": 2),
    ]
}

fn reading_large() -> Operation {
    op!("kv.watch_large", "bucket": "LARGE", "key": "l.>", "count": 300)
}

/// The library reads a deleted key before it creates it again.
fn again() -> Operation {
    let create = op!("kv.create", "bucket": "B", "key": "gone", "value": "1");
    let libraries = Library::ALL.into_iter();
    libraries.fold(create, |create, library| {
        create.but(library, "it reads what was deleted")
    })
}

fn writing() -> Vec<Operation> {
    vec![
        op!("kv.put", "bucket": "B", "key": "dev.001.temp", "value": "81c"),
        op!("kv.put_legacy", "bucket": "B", "key": "dev.001.temp", "value": "81c"),
        op!("kv.create", "bucket": "B", "key": "dev.001.new", "value": "1"),
        op!("kv.create_ttl", "bucket": "B", "key": "dev.001.new", "value": "1", "ttl_ms": 60_000)
            .recent(),
        op!("kv.update", "bucket": "B", "key": "dev.001.temp", "value": "81c", "revision": 2),
        op!("kv.delete", "bucket": "B", "key": "dev.001.temp"),
        op!("kv.delete_revision", "bucket": "B", "key": "dev.001.temp", "revision": 2),
        op!("kv.purge", "bucket": "B", "key": "dev.001.temp"),
    ]
}
