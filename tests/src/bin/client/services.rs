//! Micro services: one endpoint, and discovery of services.

use std::time::Duration;

use async_nats::service::ServiceExt;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("service.offer", |s, r| Box::pin(offer(s, r))),
    ("service.find", |s, r| Box::pin(find(s, r))),
];

async fn offer(s: &Session, r: &Request) -> Answer {
    let builder = s.client.service_builder();
    let service = builder.start(r.text("name"), "1.0.0").await?;
    let mut endpoint = service.endpoint(r.text("subject")).await?;
    let mut answered = 0;
    let answering = async {
        while let Some(request) = endpoint.next().await {
            request.respond(Ok("pong".into())).await?;
            answered += 1;
        }
        Ok::<_, async_nats::Error>(())
    };
    tokio::select! {
        ended = answering => ended?,
        waited = s.await_continue() => waited?,
    }
    service.stop().await?;
    Ok(Value::from(answered))
}

/// async-nats has no discovery client, so this uses the documented control subjects.
async fn find(s: &Session, r: &Request) -> Answer {
    let mut found = json!({});
    for verb in ["PING", "INFO", "STATS"] {
        let subject = match r.given("name") {
            Some(name) => format!("$SRV.{verb}.{name}"),
            None => format!("$SRV.{verb}"),
        };
        let replies = gather(s, &subject).await?;
        if replies == 0 {
            return Err(format!("no service answers on {subject}").into());
        }
        found[verb] = replies.into();
    }
    Ok(found)
}

/// Counts the replies within 150 ms.
async fn gather(s: &Session, subject: &str) -> Result<usize, async_nats::Error> {
    let inbox = s.client.new_inbox();
    let mut replies = s.client.subscribe(inbox.clone()).await?;
    s.client
        .publish_with_reply(subject.to_owned(), inbox, "".into())
        .await?;
    let end = Instant::now() + Duration::from_millis(150);
    let mut count = 0;
    while let Ok(Some(message)) = timeout_at(end, replies.next()).await {
        count += usize::from(message.status.is_none());
    }
    Ok(count)
}
