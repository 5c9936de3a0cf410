use portcullis_tests::driver::Library;

use super::AbilityCase;
use crate::abilities::operations::{Operation, op};
use crate::abilities::world::Stage;

pub fn cases() -> Vec<AbilityCase> {
    vec![
        AbilityCase::new("stream_publisher", &["stream publish s.>"], Stage::Streams).works([
            op!("stream.publish", "subject": "s.a", "payload": "x"),
            op!("stream.publish_async", "subject": "s.a", "payload": "x"),
            op!("stream.publish_legacy", "subject": "s.a", "payload": "x"),
        ]),
        AbilityCase::new("stream_viewer", &["stream view S"], Stage::Streams).works([
            op!("stream.info", "stream": "S"),
            op!("consumer.list", "stream": "S"),
            op!("consumer.names", "stream": "S"),
            op!("consumer.info", "stream": "S", "consumer": "C"),
        ]),
        AbilityCase::new("consumer", &["stream consume S", "stream consume LS"], Stage::Streams)
            .works(consuming("C").into_iter().chain(creating())),
        AbilityCase::new(
            "consumer_of_one",
            &["stream consume S C", "stream consume S CO", "stream consume S CP"],
            Stage::Streams,
        )
        .works(consuming("C").into_iter().chain([
            op!("consumer.info", "stream": "S", "consumer": "C").but(Library::JavaScript, ASKS_FOR_THE_ACCOUNT),
        ])),
        AbilityCase::new(
            "pushed",
            &["stream consume LS CD", "subscribe deliver.CD"],
            Stage::Streams,
        )
.works([
            op!("consume.push_durable", "stream": "LS", "consumer": "CD", "count": 300)
                .but(Library::Go, CREATES).but(Library::Rust, CREATES),
            op!("consume.push_subscribe_legacy", "stream": "LS", "consumer": "CD", "subject": "ls.>", "count": 300, "bind": true)
                .but(Library::Python, "without a name of its own, a subscription makes a consumer"),
        ]),
        AbilityCase::new("stream_manager", &["stream manage S", "stream manage SNEW"], Stage::Streams).works([
            op!("stream.create", "stream": "SNEW", "subjects": ["new.>"]),
            op!("stream.update", "stream": "S", "subjects": ["s.>", "more.>"]),
            op!("stream.info", "stream": "S"),
            op!("stream.purge", "stream": "S"),
            op!("stream.purge_subject", "stream": "S", "subject": "s.a"),
            op!("stream.delete_message", "stream": "S", "seq": 2),
            op!("stream.delete", "stream": "S"),
        ]),
    ]
}

const CREATES: &str = "it creates or changes the consumer that it is to use";
const ASKS_FOR_THE_ACCOUNT: &str = "its manager asks for the account first";

/// From an existing consumer.
/// From a consumer that the client creates.
fn consuming(consumer: &str) -> Vec<Operation> {
    vec![
        op!("consume.fetch", "stream": "S", "consumer": consumer, "count": 3),
        op!("consume.fetch", "stream": "S", "consumer": consumer, "count": 3, "through_stream": true),
        op!("consume.next", "stream": "S", "consumer": consumer),
        op!("consume.messages", "stream": "S", "consumer": consumer, "count": 3),
        op!("consume.callback", "stream": "S", "consumer": consumer, "count": 3),
        op!("consume.ack_variants", "stream": "S", "consumer": consumer),
        op!("consume.fetch_bytes", "stream": "S", "consumer": consumer, "count": 1),
        op!("consume.fetch_no_wait", "stream": "S", "consumer": consumer, "count": 3),
        op!("consume.priority", "stream": "S", "consumer": "CO", "group": "g", "count": 1).recent(),
        op!("consume.priority", "stream": "S", "consumer": "CP", "group": "g", "count": 1).recent(),
        op!("consume.pull_subscribe_legacy", "stream": "S", "consumer": consumer, "subject": "s.>", "count": 1, "bind": true),
    ]
}

/// From one that the client makes.
fn creating() -> Vec<Operation> {
    vec![
        op!("consumer.info", "stream": "S", "consumer": "C"),
        op!("consumer.create", "stream": "S", "consumer": "MINE"),
        op!("consumer.create", "stream": "S", "consumer": "MINE", "filter": "s.a"),
        op!("consumer.create", "stream": "S", "consumer": "MINE", "filters": ["s.a", "s.b"]),
        op!("consumer.create_ephemeral", "stream": "S"),
        op!("consumer.create_ephemeral", "stream": "S", "filter": "s.a"),
        op!("consumer.update", "stream": "S", "consumer": "C"),
        op!("consumer.delete", "stream": "S", "consumer": "C"),
        op!("consume.ordered", "stream": "S", "count": 3),
        op!("consume.ordered", "stream": "S", "filter": "s.a", "count": 3),
        op!("consume.ordered", "stream": "S", "filters": ["s.a", "s.b"], "count": 3),
        op!("consume.ordered_legacy", "stream": "S", "subject": "s.a", "count": 3),
        op!("consume.ordered", "stream": "LS", "count": 300),
        op!("consume.ordered_legacy", "stream": "LS", "subject": "ls.>", "count": 300),
        op!("consume.push_ephemeral", "stream": "S", "count": 3),
        op!("consume.push_ephemeral", "stream": "S", "filter": "s.a", "count": 3),
        op!("consume.push_durable", "stream": "S", "consumer": "PUSHED", "count": 3),
        op!("consume.pull_subscribe_legacy", "stream": "S", "consumer": "PULLED", "subject": "s.>", "count": 2),
        op!("consume.push_subscribe_legacy", "stream": "S", "subject": "s.a", "count": 2),
    ]
}
