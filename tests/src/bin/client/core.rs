//! Publish, subscribe, request and reply; raw messages for operations that no library offers.

use async_nats::{HeaderMap, HeaderName, HeaderValue, Subscriber};
use futures::StreamExt;
use serde_json::Value;

use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("core.publish", |s, r| Box::pin(publish(s, r))),
    ("core.subscribe", |s, r| Box::pin(subscribe(s, r))),
    ("core.request", |s, r| Box::pin(request(s, r))),
    ("core.reply", |s, r| Box::pin(reply(s, r))),
    ("trace.raw", |s, r| Box::pin(request(s, r))),
    ("trace.raw_publish", |s, r| Box::pin(raw_publish(s, r))),
];

async fn publish(s: &Session, r: &Request) -> Answer {
    let payload = r.owned("payload").into();
    s.client.publish(r.owned("subject"), payload).await?;
    Ok(Value::Null)
}

async fn subscribe(s: &Session, r: &Request) -> Answer {
    let mut subscriber = subscriber(s, r).await?;
    s.round_trip().await?;
    subscriber.unsubscribe().await?;
    Ok(Value::Null)
}

async fn subscriber(s: &Session, r: &Request) -> Result<Subscriber, async_nats::Error> {
    let subject = r.owned("subject");
    Ok(match r.given("queue") {
        Some(queue) => s.client.queue_subscribe(subject, queue).await?,
        None => s.client.subscribe(subject).await?,
    })
}

async fn request(s: &Session, r: &Request) -> Answer {
    let payload = r.owned("payload").into();
    let reply = s.client.request(r.owned("subject"), payload).await?;
    Ok(text(&reply.payload))
}

pub fn text(payload: &[u8]) -> Value {
    Value::from(String::from_utf8_lossy(payload))
}

async fn reply(s: &Session, r: &Request) -> Answer {
    let mut subscriber = subscriber(s, r).await?;
    let client = s.client.clone();
    let mut answered = 0;
    let answering = async {
        while let Some(message) = subscriber.next().await {
            if let Some(reply) = message.reply {
                client.publish(reply, "pong".into()).await?;
                answered += 1;
            }
        }
        Ok::<_, async_nats::Error>(())
    };
    tokio::select! {
        ended = answering => ended?,
        waited = s.await_continue() => waited?,
    }
    subscriber.unsubscribe().await?;
    Ok(Value::from(answered))
}

async fn raw_publish(s: &Session, r: &Request) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in r.pairs("headers") {
        headers.insert(name.parse::<HeaderName>()?, value.parse::<HeaderValue>()?);
    }
    let payload = r.owned("payload").into();
    s.client
        .publish_with_headers(r.owned("subject"), headers, payload)
        .await?;
    Ok(Value::Null)
}
