//! Object stores.

use async_nats::jetstream::object_store::{Config, ObjectStore, UpdateMetadata};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout, timeout_at};

use crate::request::Request;
use crate::session::Session;
use crate::{Answer, Operation};

pub const OPERATIONS: &[(&str, Operation)] = &[
    ("object.put", |s, r| Box::pin(put(s, r))),
    ("object.get", |s, r| Box::pin(get(s, r))),
    ("object.info", |s, r| Box::pin(info(s, r))),
    ("object.list", |s, r| Box::pin(list(s, r))),
    ("object.watch", |s, r| Box::pin(watch(s, r))),
    ("object.delete", |s, r| Box::pin(delete(s, r))),
    ("object.update_meta", |s, r| Box::pin(update_meta(s, r))),
    ("object.link", |s, r| Box::pin(link(s, r))),
    ("object.seal", |s, r| Box::pin(seal(s, r))),
    ("object.create_bucket", |s, r| Box::pin(create_bucket(s, r))),
    ("object.delete_bucket", |s, r| Box::pin(delete_bucket(s, r))),
];

async fn store(s: &Session, r: &Request) -> Result<ObjectStore, async_nats::Error> {
    Ok(s.jetstream().get_object_store(r.text("bucket")).await?)
}

async fn put(s: &Session, r: &Request) -> Answer {
    let content = vec![b'x'; r.size("size")];
    let store = store(s, r).await?;
    let stored = store.put(r.text("name"), &mut content.as_slice()).await?;
    Ok(stored.size.into())
}

async fn get(s: &Session, r: &Request) -> Answer {
    let mut object = store(s, r).await?.get(r.text("name")).await?;
    let mut content = Vec::new();
    timeout(s.timeout, object.read_to_end(&mut content)).await??;
    Ok(content.len().into())
}

async fn info(s: &Session, r: &Request) -> Answer {
    Ok(store(s, r).await?.info(r.text("name")).await?.size.into())
}

async fn list(s: &Session, r: &Request) -> Answer {
    let list = store(s, r).await?.list().await?;
    let objects: Vec<_> = timeout(s.timeout, list.try_collect()).await??;
    Ok(objects.into_iter().map(|info| info.name).collect())
}

async fn watch(s: &Session, r: &Request) -> Answer {
    let mut watch = store(s, r).await?.watch_with_history().await?;
    let (end, wanted) = (Instant::now() + s.timeout, r.size("count"));
    for seen in 0..wanted {
        match timeout_at(end, watch.next()).await {
            Ok(Some(info)) => drop(info?),
            Ok(None) => return Err(format!("the watch ended after {seen} objects").into()),
            Err(_) => return Err(format!("{seen} of {wanted} objects came").into()),
        }
    }
    Ok(wanted.into())
}

async fn delete(s: &Session, r: &Request) -> Answer {
    store(s, r).await?.delete(r.text("name")).await?;
    Ok(Value::Null)
}

async fn update_meta(s: &Session, r: &Request) -> Answer {
    let metadata = UpdateMetadata {
        name: r.owned("name"),
        description: r.given("description"),
        ..UpdateMetadata::default()
    };
    let store = store(s, r).await?;
    store.update_metadata(r.text("name"), metadata).await?;
    Ok(Value::Null)
}

async fn link(s: &Session, r: &Request) -> Answer {
    let store = store(s, r).await?;
    let target = store.info(r.text("target")).await?;
    store.add_link(r.text("name"), &target).await?;
    Ok(Value::Null)
}

async fn seal(s: &Session, r: &Request) -> Answer {
    store(s, r).await?.seal().await?;
    Ok(Value::Null)
}

async fn create_bucket(s: &Session, r: &Request) -> Answer {
    let config = Config {
        bucket: r.owned("bucket"),
        ..Config::default()
    };
    s.jetstream().create_object_store(config).await?;
    Ok(Value::Null)
}

async fn delete_bucket(s: &Session, r: &Request) -> Answer {
    let bucket = r.text("bucket");
    s.jetstream().delete_object_store(bucket).await?;
    Ok(Value::Null)
}
