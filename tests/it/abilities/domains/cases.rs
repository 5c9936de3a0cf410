use portcullis_tests::driver::Library;

use crate::abilities::operations::{Operation, op};

/// Some sentences, and the operations that work with them.
pub struct DomainCase {
    pub user: &'static str,
    pub can: &'static [&'static str],
    pub works: Vec<Operation>,
}

const NO_PREFIX: &str = "it writes keys without the domain, and they do not leave the leaf";
const LOOKS_UP: &str = "it asks for the name of the stream by subject, among all of the account";
const NAMELESS: &str = "its consumers have no name, and their filter is in the payload";

pub fn all() -> Vec<DomainCase> {
    let case = |user, can, works: Vec<Operation>| DomainCase { user, can, works };
    vec![
        case(
            "reader",
            &["kv read B dev.>"],
            vec![
                op!("kv.get", "bucket": "B", "key": "dev.temp", "direct": true),
                op!("kv.keys", "bucket": "B", "filter": "dev.>").but(Library::Python, NAMELESS),
                op!("kv.watch", "bucket": "B", "key": "dev.>", "count": 1)
                    .but(Library::Python, NAMELESS)
                    .but(Library::Rust, NAMELESS),
            ],
        ),
        case(
            "writer",
            &["kv write B dev.>"],
            vec![
                op!("kv.put", "bucket": "B", "key": "dev.temp", "value": "81c")
                    .but(Library::Python, NO_PREFIX),
                op!("kv.delete", "bucket": "B", "key": "dev.temp").but(Library::Python, NO_PREFIX),
            ],
        ),
        case(
            "consumer",
            &["stream consume S"],
            vec![
                op!("consume.fetch", "stream": "S", "consumer": "C", "count": 2),
                op!("consumer.create", "stream": "S", "consumer": "MINE"),
                op!("consumer.delete", "stream": "S", "consumer": "MINE"),
                op!("consume.ordered", "stream": "S", "count": 3),
                op!("consume.push_ephemeral", "stream": "S", "count": 3),
            ],
        ),
        case(
            "publisher",
            &["stream publish s.>"],
            vec![op!("stream.publish", "subject": "s.a", "payload": "x")],
        ),
        case(
            "object_reader",
            &["object read O"],
            vec![
                op!("object.info", "bucket": "O", "name": "big"),
                op!("object.get", "bucket": "O", "name": "big").but(Library::Python, LOOKS_UP),
            ],
        ),
    ]
}
