//! Key-value buckets: single keys, and managing buckets.

use async_nats::jetstream::kv::{Config, Store};
use serde_json::Value;

use crate::core::text;
use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("kv.open", |s, r| Box::pin(open(s, r))),
    ("kv.get", |s, r| Box::pin(get(s, r))),
    ("kv.get_revision", |s, r| Box::pin(get_revision(s, r))),
    ("kv.put", |s, r| Box::pin(put(s, r))),
    ("kv.create", |s, r| Box::pin(create(s, r))),
    ("kv.create_ttl", |s, r| Box::pin(create_ttl(s, r))),
    ("kv.update", |s, r| Box::pin(update(s, r))),
    ("kv.delete", |s, r| Box::pin(delete(s, r))),
    ("kv.delete_revision", |s, r| Box::pin(delete_revision(s, r))),
    ("kv.purge", |s, r| Box::pin(purge(s, r))),
    ("kv.status", |s, r| Box::pin(status(s, r))),
    ("kv.create_bucket", |s, r| Box::pin(create_bucket(s, r))),
    ("kv.update_bucket", |s, r| Box::pin(update_bucket(s, r))),
    ("kv.delete_bucket", |s, r| Box::pin(delete_bucket(s, r))),
];

pub async fn bucket(s: &Session, r: &Request) -> Result<Store, async_nats::Error> {
    Ok(s.jetstream().get_key_value(r.text("bucket")).await?)
}

async fn open(s: &Session, r: &Request) -> Answer {
    bucket(s, r).await?;
    Ok(Value::Null)
}

async fn get(s: &Session, r: &Request) -> Answer {
    let value = bucket(s, r).await?.get(r.text("key")).await?;
    Ok(text(&value.ok_or("there is no such key")?))
}

async fn get_revision(s: &Session, r: &Request) -> Answer {
    let bucket = bucket(s, r).await?;
    let entry = bucket.entry_for_revision(r.text("key"), r.number("revision"));
    Ok(text(&entry.await?.ok_or("there is no such key")?.value))
}

async fn put(s: &Session, r: &Request) -> Answer {
    let (bucket, value) = (bucket(s, r).await?, r.owned("value"));
    Ok(bucket.put(r.text("key"), value.into()).await?.into())
}

async fn create(s: &Session, r: &Request) -> Answer {
    let (bucket, value) = (bucket(s, r).await?, r.owned("value"));
    Ok(bucket.create(r.text("key"), value.into()).await?.into())
}

async fn create_ttl(s: &Session, r: &Request) -> Answer {
    let (bucket, value) = (bucket(s, r).await?, r.owned("value"));
    let ttl = r.milliseconds("ttl_ms").ok_or("ttl_ms is missing")?;
    let created = bucket.create_with_ttl(r.text("key"), value.into(), ttl);
    Ok(created.await?.into())
}

async fn update(s: &Session, r: &Request) -> Answer {
    let (bucket, value) = (bucket(s, r).await?, r.owned("value"));
    let updated = bucket.update(r.text("key"), value.into(), r.number("revision"));
    Ok(updated.await?.into())
}

async fn delete(s: &Session, r: &Request) -> Answer {
    bucket(s, r).await?.delete(r.text("key")).await?;
    Ok(Value::Null)
}

async fn delete_revision(s: &Session, r: &Request) -> Answer {
    let bucket = bucket(s, r).await?;
    bucket
        .delete_expect_revision(r.text("key"), Some(r.number("revision")))
        .await?;
    Ok(Value::Null)
}

async fn purge(s: &Session, r: &Request) -> Answer {
    bucket(s, r).await?.purge(r.text("key")).await?;
    Ok(Value::Null)
}

async fn status(s: &Session, r: &Request) -> Answer {
    Ok(bucket(s, r).await?.status().await?.values().into())
}

fn config(r: &Request) -> Config {
    Config {
        bucket: r.owned("bucket"),
        history: i64::try_from(r.number("history").max(1)).expect("a small number"),
        limit_markers: r.milliseconds("marker_ttl_ms"),
        ..Config::default()
    }
}

async fn create_bucket(s: &Session, r: &Request) -> Answer {
    s.jetstream().create_key_value(config(r)).await?;
    Ok(Value::Null)
}

async fn update_bucket(s: &Session, r: &Request) -> Answer {
    let config = Config {
        description: "updated".to_owned(),
        ..config(r)
    };
    s.jetstream().update_key_value(config).await?;
    Ok(Value::Null)
}

async fn delete_bucket(s: &Session, r: &Request) -> Answer {
    s.jetstream().delete_key_value(r.text("bucket")).await?;
    Ok(Value::Null)
}
