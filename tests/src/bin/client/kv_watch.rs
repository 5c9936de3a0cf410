//! Key-value buckets: many keys at once. A watch of async-nats does not return existing values, unless `with_history` is
//! set, which makes the same request with another delivery policy.

use async_nats::jetstream::kv::Watch;
use futures::{StreamExt, TryStreamExt};
use tokio::time::{Instant, timeout, timeout_at};

use crate::kv::bucket;
use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("kv.keys", |s, r| Box::pin(keys(s, r))),
    ("kv.history", |s, r| Box::pin(history(s, r))),
    ("kv.watch", |s, r| Box::pin(watch(s, r))),
    ("kv.watch_large", |s, r| Box::pin(watch(s, r))),
    ("kv.watch_many", |s, r| Box::pin(watch_many(s, r))),
    ("kv.watch_all", |s, r| Box::pin(watch_all(s, r))),
];

async fn keys(s: &Session, r: &Request) -> Answer {
    let keys = bucket(s, r).await?.keys().await?;
    let keys: Vec<_> = timeout(s.timeout, keys.try_collect()).await??;
    Ok(keys.into())
}

async fn history(s: &Session, r: &Request) -> Answer {
    let history = bucket(s, r).await?.history(r.text("key")).await?;
    let entries: Vec<_> = timeout(s.timeout, history.try_collect()).await??;
    Ok(entries.len().into())
}

async fn watch(s: &Session, r: &Request) -> Answer {
    let bucket = bucket(s, r).await?;
    let watch = bucket.watch_with_history(r.text("key")).await?;
    watched(s, watch, r.size("count")).await
}

async fn watch_many(s: &Session, r: &Request) -> Answer {
    let bucket = bucket(s, r).await?;
    let watch = bucket.watch_many_with_history(r.texts("keys")).await?;
    watched(s, watch, r.size("count")).await
}

/// Without a number of values to wait for it works like the library's own `watch_all`: it returns values from now on.
async fn watch_all(s: &Session, r: &Request) -> Answer {
    let bucket = bucket(s, r).await?;
    let watch = match r.size("count") {
        0 => bucket.watch_all().await?,
        _ => bucket.watch_with_history(">").await?,
    };
    watched(s, watch, r.size("count")).await
}

async fn watched(s: &Session, mut watch: Watch, wanted: usize) -> Answer {
    let end = Instant::now() + s.timeout;
    for seen in 0..wanted {
        match timeout_at(end, watch.next()).await {
            Ok(Some(entry)) => drop(entry?),
            Ok(None) => return Err(format!("the watch ended after {seen} values").into()),
            Err(_) => return Err(format!("{seen} of {wanted} values came").into()),
        }
    }
    Ok(wanted.into())
}
