//! Receiving messages from consumers.

use std::fmt::Display;

use async_nats::jetstream::consumer::{pull, push};
use async_nats::jetstream::{AckKind, Message};
use futures::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::consumers::consumer;
use crate::request::Request;
use crate::session::{Session, enough};
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("consume.fetch", |s, r| Box::pin(fetch(s, r))),
    ("consume.fetch_bytes", |s, r| Box::pin(fetch_bytes(s, r))),
    ("consume.fetch_no_wait", |s, r| {
        Box::pin(fetch_no_wait(s, r))
    }),
    ("consume.next", |s, r| Box::pin(next(s, r))),
    ("consume.messages", |s, r| Box::pin(messages(s, r))),
    ("consume.ack_variants", |s, r| Box::pin(ack_variants(s, r))),
    ("consume.priority", |s, r| Box::pin(priority(s, r))),
    ("consume.ordered", |s, r| Box::pin(ordered(s, r))),
    ("consume.ordered_push", |s, r| Box::pin(ordered_push(s, r))),
    ("consume.push_ephemeral", |s, r| {
        Box::pin(pushed(s, r, None))
    }),
    ("consume.push_durable", |s, r| {
        Box::pin(pushed(s, r, r.given("consumer")))
    }),
];

/// Up to `wanted` messages that arrive in time.
async fn take<E: Display>(
    s: &Session,
    stream: impl Stream<Item = Result<Message, E>>,
    wanted: usize,
) -> Result<Vec<Message>, async_nats::Error> {
    let end = Instant::now() + s.timeout;
    let mut stream = std::pin::pin!(stream);
    let mut taken = Vec::new();
    while taken.len() < wanted {
        match timeout_at(end, stream.next()).await {
            Ok(Some(Ok(message))) => taken.push(message),
            Ok(Some(Err(error))) => return Err(error.to_string().into()),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(taken)
}

/// Fewer messages than wanted is an error, because a refusal shows in no other way.
async fn acknowledged(taken: Vec<Message>, wanted: usize) -> Answer {
    for message in &taken {
        message.ack().await?;
    }
    payloads(&taken, wanted)
}

fn payloads(taken: &[Message], wanted: usize) -> Answer {
    let texts: Vec<_> = taken
        .iter()
        .map(|message| String::from_utf8_lossy(&message.payload).into_owned())
        .collect();
    enough(&texts, wanted)
}

async fn fetch(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let batch = consumer.batch().max_messages(r.count()).expires(s.timeout);
    acknowledged(
        take(s, batch.messages().await?, r.count()).await?,
        r.count(),
    )
    .await
}

async fn fetch_bytes(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let batch = consumer.batch().max_messages(1_000).max_bytes(64 << 10);
    let batch = batch.expires(s.timeout).messages().await?;
    acknowledged(take(s, batch, r.count()).await?, r.count()).await
}

async fn fetch_no_wait(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let batch = consumer.fetch().max_messages(r.count()).messages().await?;
    acknowledged(take(s, batch, r.count()).await?, 1).await
}

/// The library has no call for one message: it uses its stream of messages, with one message for each pull.
async fn next(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let one = consumer.stream().max_messages_per_batch(1);
    acknowledged(take(s, one.messages().await?, 1).await?, 1).await
}

async fn messages(s: &Session, r: &Request) -> Answer {
    let messages = consumer(s, r).await?.messages().await?;
    acknowledged(take(s, messages, r.count()).await?, r.count()).await
}

async fn ack_variants(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let batch = consumer.batch().max_messages(5).expires(s.timeout);
    let taken = take(s, batch.messages().await?, 5).await?;
    let [first, second, third, fourth, fifth] = taken.as_slice() else {
        return Err(format!("{} of 5 messages came", taken.len()).into());
    };
    first.ack().await?;
    second.double_ack().await?;
    third.ack_with(AckKind::Progress).await?;
    third.ack().await?;
    fourth.ack_with(AckKind::Nak(None)).await?;
    fifth.ack_with(AckKind::Term).await?;
    Ok(taken.len().into())
}

/// As the library requires: pinned clients pull with the stream of messages, others may also fetch.
async fn priority(s: &Session, r: &Request) -> Answer {
    let consumer = consumer(s, r).await?;
    let one = consumer.stream().max_messages_per_batch(1);
    let one = one.group(r.text("group")).messages().await?;
    acknowledged(take(s, one, 1).await?, 1).await
}

async fn ordered(s: &Session, r: &Request) -> Answer {
    let config = pull::OrderedConfig {
        filter_subject: r.owned("filter"),
        filter_subjects: r.texts("filters"),
        ..pull::OrderedConfig::default()
    };
    let created = s
        .jetstream()
        .create_consumer_on_stream(config, r.text("stream"))
        .await?;
    let taken = take(s, created.messages().await?, r.count()).await?;
    payloads(&taken, r.count())
}

async fn ordered_push(s: &Session, r: &Request) -> Answer {
    let config = push::OrderedConfig {
        deliver_subject: s.client.new_inbox(),
        filter_subject: r.owned("filter"),
        filter_subjects: r.texts("filters"),
        ..push::OrderedConfig::default()
    };
    let created = s
        .jetstream()
        .create_consumer_on_stream(config, r.text("stream"))
        .await?;
    let taken = take(s, created.messages().await?, r.count()).await?;
    payloads(&taken, r.count())
}

/// Messages go to an inbox of this connection, unless the request names another subject.
async fn pushed(s: &Session, r: &Request, durable_name: Option<String>) -> Answer {
    let config = push::Config {
        durable_name,
        deliver_subject: r.given("deliver").unwrap_or_else(|| s.client.new_inbox()),
        filter_subject: r.owned("filter"),
        ..push::Config::default()
    };
    let created = s
        .jetstream()
        .create_consumer_on_stream(config, r.text("stream"))
        .await?;
    let taken = take(s, created.messages().await?, r.count()).await?;
    acknowledged(taken, r.count()).await
}
