//! MQTT topics, through the server's own listener: what an ability lets a client do there, what it does not, and that all of
//! its subjects are needed.

mod minimal;
mod sufficient;
mod tight;

use async_nats::Subscriber;
use futures::StreamExt;
use portcullis_model::{Access, Permissions, Rules, Transport};
use portcullis_permits::compile;
use portcullis_tests::bed::Setup;
use portcullis_tests::mqtt::{self, Connection, REFUSED};
use portcullis_tests::nats_server::Options;
use portcullis_tests::{Bed, PATIENCE};
use serde_json::{Map, Value, json};

/// A topic filter, topics that match it, and their subjects in NATS.
struct Topics {
    filter: &'static str,
    fit: &'static [(&'static str, &'static str)],
}

const TOPICS: [Topics; 11] = [
    topics("lamps/hall", &[("lamps/hall", "lamps.hall")]),
    topics("/lamps", &[("/lamps", "/.lamps")]),
    topics("lamps/", &[("lamps/", "lamps./")]),
    topics("lamps//hall", &[("lamps//hall", "lamps./.hall")]),
    topics("v1.2/lamps", &[("v1.2/lamps", "v1//2.lamps")]),
    topics("/", &[("/", "/./")]),
    topics(
        "+/lamps",
        &[("hall/lamps", "hall.lamps"), ("/lamps", "/.lamps")],
    ),
    topics(
        "rooms/+",
        &[("rooms/hall", "rooms.hall"), ("rooms/", "rooms./")],
    ),
    topics(
        "rooms/+/on",
        &[
            ("rooms/a.b/on", "rooms.a//b.on"),
            ("rooms//on", "rooms./.on"),
        ],
    ),
    topics(
        "house/#",
        &[
            ("house", "house"),
            ("house/", "house./"),
            ("house/a/b", "house.a.b"),
        ],
    ),
    topics("#", &[("anything", "anything"), ("/a/b", "/.a.b")]),
];

const fn topics(filter: &'static str, fit: &'static [(&'static str, &'static str)]) -> Topics {
    Topics { filter, fit }
}

/// A server with users, and clients of both protocols that may do everything.
struct World {
    bed: Bed,
    nats: async_nats::Client,
    heard: Subscriber,
    mqtt: Connection,
    count: u32,
}

impl World {
    async fn start(version: &str, mut users: Map<String, Value>) -> Self {
        let everything = json!({ "pub": { "allow": [">"] }, "sub": { "allow": [">"] } });
        let admin = json!({ "pass": "admin", "account": "APP", "permissions": everything });
        users.insert("admin".to_owned(), admin);
        let mut setup = Setup::directory();
        setup.server = Options {
            version: version.to_owned(),
            mqtt: true,
            timeout_seconds: 5,
            ..setup.server
        };
        setup.users = Some(Value::Object(users));
        let bed = Bed::start(setup).await;
        let nats = bed.admitted("admin").await.nats().clone();
        let heard = nats.subscribe(">").await.expect("subscribed");
        nats.flush().await.expect("flushed");
        let mqtt = log_in(&bed, "admin", "admin", true).await;
        Self {
            bed,
            nats,
            heard,
            mqtt,
            count: 0,
        }
    }

    /// A new client. The server forgets it afterwards.
    async fn client(&mut self, user: &str) -> Connection {
        let id = self.unique();
        log_in(&self.bed, user, &id, true).await
    }

    fn unique(&mut self) -> String {
        self.count += 1;
        format!("n{}", self.count)
    }

    /// Publishes over MQTT. Returns whether the message arrives in NATS, and where.
    async fn publish(
        &mut self,
        connection: &mut Connection,
        topic: &str,
        (qos, retain): (u8, bool),
    ) -> Option<String> {
        let payload = self.unique();
        connection.publish(topic, &payload, qos, retain).await;
        // The server has processed it: if it is delivered to us, then before the message that we send now.
        connection.arrived().await;
        let end = self.nats.new_inbox();
        let sent = self.nats.publish(end.clone(), "".into()).await;
        sent.expect("published");
        let mut arrived = None;
        loop {
            let next = tokio::time::timeout(PATIENCE, self.heard.next()).await;
            let message = next.expect("the mark").expect("the connection stays");
            let subject = message.subject.as_str();
            if subject == end {
                return arrived;
            }
            if message.payload == payload && !subject.starts_with("$MQTT.") {
                arrived = Some(subject.to_owned());
            }
        }
    }

    /// Tries everything that a publisher does, with each of the topics.
    async fn try_publishing(&mut self, user: &str, topics: &Topics) -> Result<u32, String> {
        let mut tried = 0;
        let mut connection = self.client(user).await;
        for (topic, subject) in topics.fit {
            for how in [(0, false), (1, false), (2, false), (0, true), (1, true)] {
                let arrived = self.publish(&mut connection, topic, how).await;
                if arrived.as_deref() != Some(*subject) {
                    return Err(format!("{topic} {how:?} arrives at {arrived:?}"));
                }
                tried += 1;
            }
            self.retained(topic).await;
        }
        Ok(tried)
    }

    /// Tries everything that a subscriber does, with each quality of service.
    async fn try_subscribing(&mut self, user: &str, topics: &Topics) -> Result<u32, String> {
        let mut tried = 0;
        for (topic, subject) in topics.fit {
            for qos in 0..=2 {
                let mut connection = self.client(user).await;
                let granted = connection.subscribe(topics.filter, qos).await;
                if granted == REFUSED {
                    return Err(format!("{} is refused with quality {qos}", topics.filter));
                }
                assert_eq!(granted, qos);
                self.hear(&mut connection, topic, subject, qos).await;
                tried += 1;
            }
            self.receive_earlier_messages(user, topics.filter, topic)
                .await;
            tried += 2;
        }
        Ok(tried)
    }

    /// A message of NATS and one of MQTT arrive at the subscriber.
    async fn hear(&mut self, connection: &mut Connection, topic: &str, subject: &str, qos: u8) {
        let payload = self.unique();
        let sent = self
            .nats
            .publish(subject.to_owned(), payload.clone().into())
            .await;
        sent.expect("published");
        let message = until(connection, &payload).await;
        assert_eq!((message.topic.as_str(), message.qos), (topic, 0));
        let payload = self.unique();
        self.mqtt.publish(topic, &payload, qos, false).await;
        let message = until(connection, &payload).await;
        assert_eq!((message.topic.as_str(), message.qos), (topic, qos));
    }

    /// Receives a retained message, and one that was sent while the client was away.
    async fn receive_earlier_messages(&mut self, user: &str, filter: &str, topic: &str) {
        let payload = self.unique();
        self.mqtt.publish(topic, &payload, 1, true).await;
        while self.retained(topic).await.as_ref() != Some(&payload) {}
        let id = self.unique();
        let mut connection = log_in(&self.bed, user, &id, false).await;
        connection.subscribe(filter, 1).await;
        let message = until(&mut connection, &payload).await;
        assert!(message.retained, "{message:?}");
        connection.leave().await;
        let payload = self.unique();
        self.mqtt.publish(topic, &payload, 1, false).await;
        let mut connection = log_in(&self.bed, user, &id, false).await;
        assert!(connection.session_present);
        let message = until(&mut connection, &payload).await;
        assert_eq!(message.topic, topic);
        connection.leave().await;
    }

    /// The retained payload of a topic. Newer servers store it some time after they have answered.
    async fn retained(&mut self, topic: &str) -> Option<String> {
        let mut connection = self.client("admin").await;
        connection.subscribe(topic, 0).await;
        let arrived = connection.arrived().await;
        let mut kept = arrived.into_iter().filter(|message| message.retained);
        kept.next().map(|message| message.payload)
    }
}

async fn log_in(bed: &Bed, user: &str, client_id: &str, clean: bool) -> Connection {
    let login = mqtt::Login {
        address: &bed.server.mqtt_address(),
        client_id,
        user,
        password: user,
        clean,
    };
    let admitted = mqtt::log_in(&login).await;
    admitted.unwrap_or_else(|code| panic!("{user} was not admitted: {code:?}"))
}

/// The message with that payload. Other messages may come before it.
async fn until(connection: &mut Connection, payload: &str) -> mqtt::Message {
    loop {
        let message = connection.message().await;
        if message.payload == payload {
            return message;
        }
    }
}

/// The sentence, and the user who has it.
fn sentence(verb: &str, topics: &Topics) -> String {
    format!("mqtt {verb} {}", topics.filter)
}

/// An entry of `users.json`; the name is the password.
fn user(name: &str, can: &[&str]) -> (String, Value) {
    let entry = json!({ "pass": name, "account": "APP", "can": can });
    (name.to_owned(), entry)
}

/// What an MQTT client with these abilities may do.
fn rules(can: &[&str]) -> Rules {
    let access = Access::Only(Permissions {
        abilities: can.iter().map(|sentence| (*sentence).to_owned()).collect(),
        ..Permissions::default()
    });
    let compiled = compile(&access, Some(Transport::Mqtt)).expect("abilities");
    compiled.expect("rules").into_rules()
}
