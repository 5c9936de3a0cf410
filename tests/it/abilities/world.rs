//! The account in which abilities are tried: a server with JetStream, our service, and an administrator who restores what
//! operations change.

use std::collections::BTreeSet;

use async_nats::{Message, Subscriber};
use futures::StreamExt;
use portcullis_tests::bed::Setup;
use portcullis_tests::driver::{Driver, Library, Login, Outcome};
use portcullis_tests::nats_server::Options;
use portcullis_tests::{Bed, PATIENCE};
use serde_json::{Value, json};

use super::cases::AbilityCase;
use super::operations::{Meanwhile, Operation};

/// What an operation needs to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Only an echo service on `rpc.echo`.
    Messages,
    Streams,
    Buckets,
    Objects,
}

/// A server in a common configuration.
#[derive(Clone, Copy, Debug)]
pub struct Flavour {
    pub version: &'static str,
    /// Acknowledgements and flow control in their newer form (nats-server `js_ack_fc_v2`).
    pub newer_acks: bool,
}

impl Flavour {
    /// nats-server 2.11 and later: priority groups, lifetimes of messages.
    pub fn is_recent(self) -> bool {
        !self.version.starts_with("2.10.")
    }

    /// nats-py 2.16 misreads messages with acknowledgements of the newer form.
    pub fn libraries(self) -> Vec<Library> {
        let understands = |library: &Library| !(self.newer_acks && *library == Library::Python);
        Library::ALL.into_iter().filter(understands).collect()
    }
}

pub struct World {
    pub bed: Bed,
    pub flavour: Flavour,
    admin: async_nats::Client,
    seen: Subscriber,
    stagehand: Driver,
    /// The number of keys that were created.
    created: usize,
}

/// Longer than an answered request takes, but short, because many requests are not answered.
const TIMEOUT_MS: u64 = 1_000;

impl World {
    /// The users have the permissions in `users.json` of the example `directory`; `admin` may do everything.
    pub async fn start(flavour: Flavour, mut users: Value) -> Self {
        let everything = json!({ "pub": { "allow": [">"] }, "sub": { "allow": [">"] } });
        for name in ["admin", "stagehand"] {
            users[name] = json!({ "pass": name, "account": "APP", "permissions": everything });
        }
        let mut setup = Setup::directory();
        let mut more = String::new();
        if flavour.newer_acks {
            more += "feature_flags { js_ack_fc_v2: true }\n";
        }
        setup.server = Options {
            version: flavour.version.to_owned(),
            jetstream: true,
            timeout_seconds: 5,
            more,
            ..setup.server
        };
        setup.users = Some(users);
        let bed = Bed::start(setup).await;
        let admin = bed.admitted("admin").await.nats().clone();
        let seen = admin.subscribe(">").await.expect("subscribed");
        let mut stagehand = Driver::start(Library::Go);
        let login = Login {
            url: &bed.server.url(),
            user: "stagehand",
            inbox: None,
            domain: None,
            timeout_ms: 5_000,
        };
        stagehand.connect(&login).await;
        let mut world = Self {
            bed,
            flavour,
            admin,
            seen,
            stagehand,
            created: 0,
        };
        world.echo("rpc.echo").await;
        world.fill_large().await;
        world
    }

    /// Connects a driver as a user of a case.
    pub async fn connect(&self, driver: &mut Driver, user: &str, case: &AbilityCase) {
        let inbox = case.inbox();
        let login = Login {
            url: &self.bed.server.url(),
            user,
            inbox: Some(&inbox),
            domain: None,
            timeout_ms: TIMEOUT_MS,
        };
        driver.connect(&login).await;
    }

    /// Restores the objects and carries out the operation. The returned subjects are those that were published meanwhile.
    pub async fn perform(
        &mut self,
        driver: &mut Driver,
        case: &AbilityCase,
        operation: &Operation,
    ) -> (Outcome, BTreeSet<String>) {
        self.restore(case.stage).await;
        let operation = &self.prepared(operation).await;
        self.published().await;
        let outcome = match operation.meanwhile {
            Meanwhile::Nothing => driver.perform(&operation.request).await,
            Meanwhile::Requests(subjects) => {
                self.perform_with_requests(driver, operation, subjects)
                    .await
            }
            Meanwhile::Service(name) => {
                let offer =
                    json!({ "op": "service.offer", "name": name, "subject": "svc.elsewhere" });
                self.stagehand.begin(&offer).await.expect("a service");
                let outcome = driver.perform(&operation.request).await;
                self.stagehand.finish().await;
                outcome
            }
        };
        (operation.complete(outcome), self.published().await)
    }

    /// The operation with a new key, if it creates one, and with the current revision of its key, if it names one: a server can
    /// remember a stream for a while after it was deleted.
    async fn prepared(&mut self, operation: &Operation) -> Operation {
        let mut operation = operation.clone();
        if operation.request["key"] == "dev.001.new" {
            self.created += 1;
            operation.request["key"] = format!("dev.001.new{}", self.created).into();
        }
        if operation.request.get("revision").is_some() {
            let field = |name: &str| operation.request[name].as_str().expect("a name").to_owned();
            let (bucket, key) = (field("bucket"), field("key"));
            let last = json!({ "last_by_subj": format!("$KV.{bucket}.{key}") });
            let subject = format!("$JS.API.STREAM.MSG.GET.KV_{bucket}");
            let answer = self.ask(&subject, &last).await;
            operation.request["revision"] = answer["message"]["seq"].clone();
        }
        operation
    }

    /// An operation that waits for requests gets them, and has to answer each.
    async fn perform_with_requests(
        &self,
        driver: &mut Driver,
        operation: &Operation,
        subjects: &[&str],
    ) -> Outcome {
        if let Err(outcome) = driver.begin(&operation.request).await {
            return outcome;
        }
        let mut unanswered = Vec::new();
        for subject in subjects {
            let request = self.admin.request((*subject).to_owned(), "ping".into());
            if tokio::time::timeout(PATIENCE, request)
                .await
                .is_ok_and(|answer| answer.is_ok())
            {
                continue;
            }
            unanswered.push(*subject);
        }
        match driver.finish().await {
            Outcome::Done(_) if !unanswered.is_empty() => {
                Outcome::Failed(format!("no answer on {unanswered:?}"))
            }
            outcome => outcome,
        }
    }

    /// The subjects of all messages in the account since the last call.
    async fn published(&mut self) -> BTreeSet<String> {
        let end = self.admin.new_inbox();
        let published = self.admin.publish(end.clone(), "".into()).await;
        published.expect("published");
        let mut subjects = BTreeSet::new();
        loop {
            let next = tokio::time::timeout(PATIENCE, self.seen.next()).await;
            let message = next
                .expect("the mark comes back")
                .expect("the connection stays");
            if message.subject.as_str() == end {
                return subjects;
            }
            subjects.insert(message.subject.to_string());
        }
    }

    async fn restore(&mut self, stage: Stage) {
        match stage {
            Stage::Messages => {}
            Stage::Streams => self.restore_streams().await,
            Stage::Buckets => self.restore_buckets().await,
            Stage::Objects => self.restore_objects().await,
        }
    }

    /// `S` with ten messages and the consumers C, CO and CP; `N` beside it; CD, which pushes all of `LS`.
    async fn restore_streams(&self) {
        for (stream, subjects) in [("S", "s.>"), ("N", "n.>")] {
            self.delete_stream(stream).await;
            let config = json!({ "name": stream, "subjects": [subjects], "allow_direct": true });
            self.create_stream(config).await;
            for number in 0..10 {
                let subject = subjects.replace('>', if number % 2 == 0 { "a" } else { "b" });
                self.publish(subject, number.to_string()).await;
            }
            self.create_consumer(
                stream,
                json!({ "durable_name": "C", "ack_policy": "explicit" }),
            )
            .await;
        }
        self.delete_stream("SNEW").await;
        self.ask("$JS.API.CONSUMER.DELETE.LS.CD", &Value::Null)
            .await;
        let pushed = json!({
            "durable_name": "CD", "ack_policy": "none", "deliver_subject": "deliver.CD",
            "flow_control": true, "idle_heartbeat": 5_000_000_000_u64,
        });
        self.create_consumer("LS", pushed).await;
        if self.flavour.is_recent() {
            for (name, policy) in [("CO", "overflow"), ("CP", "pinned_client")] {
                let config = json!({
                    "durable_name": name, "ack_policy": "explicit", "priority_groups": ["g"],
                    "priority_policy": policy,
                });
                self.create_consumer("S", config).await;
            }
        }
    }

    /// `B` with some keys, and `NB`; both as current libraries create buckets.
    async fn restore_buckets(&self) {
        for bucket in ["B", "NB"] {
            self.delete_stream(&format!("KV_{bucket}")).await;
            self.create_bucket(bucket).await;
            for key in [
                "dev.001.temp",
                "dev.001.temp",
                "dev.001.hum",
                "dev.002.temp",
            ] {
                self.publish(format!("$KV.{bucket}.{key}"), "80c".to_owned())
                    .await;
            }
        }
        let mut deleted = async_nats::HeaderMap::new();
        deleted.insert("KV-Operation", "DEL");
        let gone = self
            .admin
            .request_with_headers("$KV.B.gone", deleted, "".into());
        gone.await.expect("acknowledged");
        self.delete_stream("KV_BNEW").await;
    }

    /// `O` with the objects `big` and `small`, and `NO`.
    async fn restore_objects(&mut self) {
        self.delete_stream("OBJ_ONEW").await;
        for bucket in ["O", "NO"] {
            self.delete_stream(&format!("OBJ_{bucket}")).await;
            self.direct(json!({ "op": "object.create_bucket", "bucket": bucket }))
                .await;
            for (name, size) in [("big", 300_000), ("small", 10)] {
                let put =
                    json!({ "op": "object.put", "bucket": bucket, "name": name, "size": size });
                self.direct(put).await;
            }
        }
    }

    /// More than fits between two acknowledgements of flow control: the stream `LS` and the bucket `LARGE` with 300 times
    /// 20 kB, the object store `LO` with 8 MB.
    async fn fill_large(&mut self) {
        self.direct(json!({ "op": "object.create_bucket", "bucket": "LO" }))
            .await;
        self.direct(
            json!({ "op": "object.put", "bucket": "LO", "name": "huge", "size": 8_000_000 }),
        )
        .await;
        self.create_stream(json!({ "name": "LS", "subjects": ["ls.>"] }))
            .await;
        self.create_bucket("LARGE").await;
        let value = "x".repeat(20_000);
        for number in 0..300 {
            self.publish(format!("ls.{number}"), value.clone()).await;
            self.publish(format!("$KV.LARGE.l.{number}"), value.clone())
                .await;
        }
    }

    async fn create_bucket(&self, bucket: &str) {
        let mut config = json!({
            "name": format!("KV_{bucket}"), "subjects": [format!("$KV.{bucket}.>")], "max_msgs_per_subject": 5,
            "allow_rollup_hdrs": true, "deny_delete": true, "allow_direct": true, "discard": "new",
        });
        if self.flavour.is_recent() {
            config["allow_msg_ttl"] = true.into();
        }
        self.create_stream(config).await;
    }

    async fn create_stream(&self, config: Value) {
        let name = config["name"].as_str().expect("a name").to_owned();
        let answer = self
            .ask(&format!("$JS.API.STREAM.CREATE.{name}"), &config)
            .await;
        assert!(answer.get("error").is_none(), "{answer}");
    }

    async fn create_consumer(&self, stream: &str, config: Value) {
        let name = config["durable_name"].as_str().expect("a name").to_owned();
        let request = json!({ "stream_name": stream, "config": config });
        let subject = format!("$JS.API.CONSUMER.CREATE.{stream}.{name}");
        let answer = self.ask(&subject, &request).await;
        assert!(answer.get("error").is_none(), "{answer}");
    }

    /// It may not exist.
    async fn delete_stream(&self, name: &str) {
        self.ask(&format!("$JS.API.STREAM.DELETE.{name}"), &Value::Null)
            .await;
    }

    /// Into a stream.
    async fn publish(&self, subject: String, payload: String) {
        let acknowledged = self.admin.request(subject, payload.into()).await;
        acknowledged.expect("acknowledged");
    }

    async fn ask(&self, subject: &str, request: &Value) -> Value {
        let payload = match request {
            Value::Null => String::new(),
            request => request.to_string(),
        };
        let answer = self.admin.request(subject.to_owned(), payload.into()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{subject}: {error}"));
        serde_json::from_slice(&answer.payload).expect("JSON")
    }

    async fn direct(&mut self, request: Value) {
        match self.stagehand.perform(&request).await {
            Outcome::Done(_) => {}
            outcome => panic!("{request}: {outcome:?}"),
        }
    }

    /// Answers every request on a subject.
    async fn echo(&self, subject: &'static str) {
        let client = self.admin.clone();
        let mut requests = client.subscribe(subject).await.expect("subscribed");
        client.flush().await.expect("flushed");
        tokio::spawn(async move {
            while let Some(Message { reply, payload, .. }) = requests.next().await {
                if let Some(reply) = reply {
                    let _ = client.publish(reply, payload).await;
                }
            }
        });
    }
}
