//! `examples/fleet-kv` with its own `fleet.json`: an admin, two routers, and what they try. Each attempt returns what was
//! seen, in the words of the client library or of the server.

use std::future::Future;

use async_nats::ConnectOptions;
use async_nats::jetstream;
use async_nats::jetstream::kv::{Config, Store};
use futures::StreamExt;

use crate::bed::Setup;
use crate::client::Client;
use crate::nats_cli::NatsCli;
use crate::nats_server::Options;
use crate::{Bed, artifacts};

pub const BUCKET: &str = "test_kv";

/// A user of the fleet, with its password for the example's `fleet.json`.
#[derive(Clone, Copy)]
pub struct Member {
    pub name: &'static str,
    pub password: &'static str,
}

pub const ADMIN: Member = Member {
    name: "admin",
    password: "admin",
};

/// `printf router001 | openssl dgst -sha256 -hmac SECRET`, and so on.
pub const ROUTER_1: Member = Member {
    name: "router001",
    password: "7358c1318fbf5d9f0f33fc06e37e36e3d2c2b9261703487524bcc1a1db2bd445",
};
pub const ROUTER_2: Member = Member {
    name: "router002",
    password: "12e1dccf39a26c0784640d579af8a0f9d35e70853bd3d3cc262e773a9c063e73",
};

/// A server with JetStream, and the service with the policy and its data.
pub async fn start() -> Bed {
    let data = artifacts::root().join("examples/fleet-kv/fleet.json");
    let setup = Setup::guest("fleet-kv").flag("--data", data.display().to_string());
    let server = Options {
        jetstream: true,
        timeout_seconds: 5,
        ..setup.server.clone()
    };
    Bed::start(Setup { server, ..setup }).await
}

impl Member {
    /// The prefix of the inbox, which a router does not share.
    pub fn inbox(&self) -> Option<String> {
        let is_router = self.name.starts_with("router");
        is_router.then(|| format!("_INBOX_{}", self.name))
    }

    pub async fn connect(&self, bed: &Bed) -> Connected {
        let (name, password) = (self.name.to_owned(), self.password.to_owned());
        let mut options = ConnectOptions::with_user_and_password(name, password).name(self.name);
        if let Some(inbox) = self.inbox() {
            options = options.custom_inbox_prefix(inbox);
        }
        match Client::connect_with(&bed.server.url(), options).await {
            Ok(client) => Connected {
                jetstream: jetstream::new(client.nats().clone()),
                client,
            },
            Err(error) => panic!("{} was not admitted: {error}", self.name),
        }
    }

    /// The same user with the `nats` command.
    pub fn cli<'a>(&self, bed: &'a Bed) -> NatsCli<'a> {
        NatsCli {
            url: bed.server.url(),
            user: self.name,
            password: self.password,
            inbox: self.inbox(),
            home: bed.folder(),
        }
    }
}

/// A connection of async-nats.
pub struct Connected {
    client: Client,
    jetstream: jetstream::Context,
}

impl Connected {
    pub async fn create_bucket(&self) -> String {
        let config = Config {
            bucket: BUCKET.to_owned(),
            ..Config::default()
        };
        self.seen(async {
            let created = self.jetstream.create_key_value(config).await;
            created.map_or_else(|error| error.to_string(), |store| store.name + " created")
        })
        .await
    }

    pub async fn put(&self, key: &str, value: &str) -> String {
        self.seen(async {
            let stored = match self.store().await {
                Ok(store) => store.put(key, value.to_owned().into()).await,
                Err(error) => return error,
            };
            stored.map_or_else(|error| error.to_string(), |_| "stored".to_owned())
        })
        .await
    }

    pub async fn get(&self, key: &str) -> String {
        self.seen(async {
            let found = match self.store().await {
                Ok(store) => store.get(key).await,
                Err(error) => return error,
            };
            match found {
                Ok(Some(value)) => String::from_utf8_lossy(&value).into_owned(),
                Ok(None) => "nothing".to_owned(),
                Err(error) => error.to_string(),
            }
        })
        .await
    }

    /// Subscribes to another client's inbox, to which `witness` then sends a message.
    pub async fn snoop(&self, witness: &Self, inbox: &str) -> String {
        let nats = self.client.nats();
        let listening = nats.subscribe(format!("{inbox}.>")).await;
        let mut listening = listening.expect("the client takes it");
        self.seen(async {
            // The server has answered what came after the subscription, so it has accepted or refused the subscription.
            if let Err(error) = self.store().await {
                return error;
            }
            let letter = witness
                .client
                .nats()
                .publish(format!("{inbox}.letter"), "".into());
            letter.await.expect("the client takes it");
            listening
                .next()
                .await
                .map_or("ended", |_| "received")
                .to_owned()
        })
        .await
    }

    async fn store(&self) -> Result<Store, String> {
        let store = self.jetstream.get_key_value(BUCKET).await;
        store.map_err(|error| error.to_string())
    }

    /// The end of the attempt or the server's complaint about it, whichever comes first.
    async fn seen(&self, attempt: impl Future<Output = String>) -> String {
        tokio::select! {
            biased;
            complaint = self.client.complaint() => complaint,
            seen = attempt => seen,
        }
    }
}
