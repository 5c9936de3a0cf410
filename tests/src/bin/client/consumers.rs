//! Managing consumers.

use std::time::{Duration, UNIX_EPOCH};

use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{PriorityPolicy, PullConsumer};
use futures::TryStreamExt;
use portcullis_tests::unix_now;
use serde_json::Value;

use crate::request::Request;
use crate::session::Session;
use crate::streams::stream;
use crate::{Answer, Operation};

const MINUTE: Duration = Duration::from_secs(60);

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("consumer.list", |s, r| Box::pin(list(s, r))),
    ("consumer.names", |s, r| Box::pin(names(s, r))),
    ("consumer.info", |s, r| Box::pin(info(s, r))),
    ("consumer.create", |s, r| Box::pin(create(s, r))),
    ("consumer.create_ephemeral", |s, r| {
        Box::pin(create_ephemeral(s, r))
    }),
    ("consumer.update", |s, r| Box::pin(update(s, r))),
    ("consumer.delete", |s, r| Box::pin(delete(s, r))),
    ("consumer.pause", |s, r| Box::pin(pause(s, r))),
    ("consumer.reset", |s, r| Box::pin(reset(s, r))),
    ("consumer.unpin", |s, r| Box::pin(unpin(s, r))),
];

/// The existing pull consumer; with `through_stream` from a handle of its stream, as in many programs.
pub async fn consumer(s: &Session, r: &Request) -> Result<PullConsumer, async_nats::Error> {
    if r.flag("through_stream") {
        return stream(s, r).await?.get_consumer(r.text("consumer")).await;
    }
    Ok(s.jetstream()
        .get_consumer_from_stream(r.text("consumer"), r.text("stream"))
        .await?)
}

async fn list(s: &Session, r: &Request) -> Answer {
    let consumers: Vec<_> = stream(s, r).await?.consumers().try_collect().await?;
    Ok(consumers.into_iter().map(|info| info.name).collect())
}

async fn names(s: &Session, r: &Request) -> Answer {
    let names: Vec<_> = stream(s, r).await?.consumer_names().try_collect().await?;
    Ok(names.into())
}

async fn info(s: &Session, r: &Request) -> Answer {
    let mut consumer = consumer(s, r).await?;
    Ok(consumer.info().await?.name.as_str().into())
}

fn config(r: &Request) -> Config {
    let policy = match r.text("policy") {
        _ if r.text("group").is_empty() => PriorityPolicy::None,
        "pinned" => PriorityPolicy::PinnedClient,
        "prioritized" => PriorityPolicy::Prioritized,
        _ => PriorityPolicy::Overflow,
    };
    Config {
        durable_name: r.given("consumer"),
        filter_subject: r.owned("filter"),
        filter_subjects: r.texts("filters"),
        priority_timeout: match policy {
            PriorityPolicy::PinnedClient => MINUTE,
            _ => Duration::ZERO,
        },
        priority_policy: policy,
        priority_groups: r.given("group").into_iter().collect(),
        ..Config::default()
    }
}

async fn create(s: &Session, r: &Request) -> Answer {
    s.jetstream()
        .create_consumer_strict_on_stream(config(r), r.text("stream"))
        .await?;
    Ok(Value::Null)
}

async fn create_ephemeral(s: &Session, r: &Request) -> Answer {
    let config = Config {
        durable_name: None,
        ..config(r)
    };
    let created = s
        .jetstream()
        .create_consumer_on_stream(config, r.text("stream"))
        .await?;
    Ok(created.cached_info().name.as_str().into())
}

async fn update(s: &Session, r: &Request) -> Answer {
    let config = Config {
        description: Some("updated".to_owned()),
        ..config(r)
    };
    s.jetstream()
        .update_consumer_on_stream(config, r.text("stream"))
        .await?;
    Ok(Value::Null)
}

async fn delete(s: &Session, r: &Request) -> Answer {
    s.jetstream()
        .delete_consumer_from_stream(r.text("consumer"), r.text("stream"))
        .await?;
    Ok(Value::Null)
}

async fn pause(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    let until = UNIX_EPOCH + Duration::from_secs(unix_now()) + MINUTE;
    stream
        .pause_consumer(r.text("consumer"), until.into())
        .await?;
    stream.resume_consumer(r.text("consumer")).await?;
    Ok(Value::Null)
}

async fn reset(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    stream.reset_consumer(r.text("consumer"), None).await?;
    Ok(Value::Null)
}

async fn unpin(s: &Session, r: &Request) -> Answer {
    let stream = stream(s, r).await?;
    stream
        .unpin_consumer(r.text("consumer"), r.text("group"))
        .await?;
    Ok(Value::Null)
}
