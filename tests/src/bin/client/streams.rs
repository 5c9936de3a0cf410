//! Streams: publishing into them, reading single messages, managing them.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{Config, Stream};
use futures::TryStreamExt;
use serde_json::{Value, json};

use crate::core::text;
use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("stream.publish", |s, r| Box::pin(publish(s, r))),
    ("stream.publish_async", |s, r| Box::pin(publish_async(s, r))),
    ("account.info", |s, _| Box::pin(account(s))),
    ("stream.names", |s, _| Box::pin(names(s))),
    ("stream.list", |s, _| Box::pin(list(s))),
    ("stream.by_subject", |s, r| Box::pin(by_subject(s, r))),
    ("stream.info", |s, r| Box::pin(info(s, r))),
    ("stream.get", |s, r| Box::pin(get(s, r))),
    ("stream.get_last", |s, r| Box::pin(get_last(s, r))),
    ("direct.get", |s, r| Box::pin(direct_get(s, r))),
    ("direct.get_last", |s, r| Box::pin(direct_get_last(s, r))),
    ("stream.create", |s, r| Box::pin(create(s, r))),
    ("stream.update", |s, r| Box::pin(update(s, r))),
    ("stream.purge", |s, r| Box::pin(purge(s, r))),
    ("stream.purge_subject", |s, r| Box::pin(purge_subject(s, r))),
    ("stream.delete", |s, r| Box::pin(delete(s, r))),
    ("stream.delete_message", |s, r| {
        Box::pin(delete_message(s, r))
    }),
];

pub async fn stream(s: &Session, r: &Request) -> Result<Stream, async_nats::Error> {
    Ok(s.jetstream().get_stream(r.text("stream")).await?)
}

async fn publish(s: &Session, r: &Request) -> Answer {
    let payload = r.owned("payload").into();
    let sent = s.jetstream().publish(r.owned("subject"), payload).await?;
    Ok(sent.await?.sequence.into())
}

/// Publishing in the library is always asynchronous: it sends a second message before it awaits the first acknowledgement.
async fn publish_async(s: &Session, r: &Request) -> Answer {
    let jetstream = s.jetstream();
    let (subject, payload) = (r.owned("subject"), r.owned("payload"));
    let first = jetstream
        .publish(subject.clone(), payload.clone().into())
        .await?;
    let second = jetstream.publish(subject, payload.into()).await?;
    first.await?;
    Ok(second.await?.sequence.into())
}

async fn account(s: &Session) -> Answer {
    let account = s.jetstream().query_account().await?;
    Ok(json!({ "streams": account.streams, "domain": account.domain }))
}

async fn names(s: &Session) -> Answer {
    let names: Vec<_> = s.jetstream().stream_names().try_collect().await?;
    Ok(names.into())
}

async fn list(s: &Session) -> Answer {
    let streams: Vec<_> = s.jetstream().streams().try_collect().await?;
    Ok(streams.into_iter().map(|info| info.config.name).collect())
}

async fn by_subject(s: &Session, r: &Request) -> Answer {
    let name = s.jetstream().stream_by_subject(r.text("subject")).await?;
    Ok(name.into())
}

async fn info(s: &Session, r: &Request) -> Answer {
    let mut stream = stream(s, r).await?;
    Ok(stream.info().await?.state.messages.into())
}

async fn get(s: &Session, r: &Request) -> Answer {
    let message = stream(s, r).await?.get_raw_message(r.number("seq")).await?;
    content(&message)
}

async fn get_last(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    let message = stream.get_last_raw_message_by_subject(r.text("subject"));
    content(&message.await?)
}

async fn direct_get(s: &Session, r: &Request) -> Answer {
    let message = stream(s, r).await?.direct_get(r.number("seq")).await?;
    content(&message)
}

async fn direct_get_last(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    let message = stream.direct_get_last_for_subject(r.text("subject"));
    content(&message.await?)
}

fn content(message: &StreamMessage) -> Answer {
    Ok(text(&message.payload))
}

fn config(r: &Request) -> Config {
    Config {
        name: r.owned("stream"),
        subjects: r.texts("subjects"),
        allow_direct: r.flag("direct"),
        ..Config::default()
    }
}

async fn create(s: &Session, r: &Request) -> Answer {
    s.jetstream().create_stream(config(r)).await?;
    Ok(Value::Null)
}

async fn update(s: &Session, r: &Request) -> Answer {
    let config = Config {
        description: Some("updated".to_owned()),
        ..config(r)
    };
    s.jetstream().update_stream(config).await?;
    Ok(Value::Null)
}

async fn purge(s: &Session, r: &Request) -> Answer {
    Ok(stream(s, r).await?.purge().await?.purged.into())
}

async fn purge_subject(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    let purged = stream.purge().filter(r.text("subject")).await?;
    Ok(purged.purged.into())
}

async fn delete(s: &Session, r: &Request) -> Answer {
    s.jetstream().delete_stream(r.text("stream")).await?;
    Ok(Value::Null)
}

async fn delete_message(s: &Session, r: &Request) -> Answer {
    stream(s, r).await?.delete_message(r.number("seq")).await?;
    Ok(Value::Null)
}
