//! Asks a server, with clients of the callout.

use portcullis_model::subject::{overlaps, split_queue};
use portcullis_model::{ResponseRule, Rules, SubjectRules};
use portcullis_permits::matcher::{Matcher, Release};
use portcullis_tests::Bed;
use portcullis_tests::forger::read_token;
use portcullis_tests::raw::Connection;
use serde_json::{Map, Value, json};

use super::draw::Draw;
use super::{Kind, Tally};

/// A subject and optionally a queue.
type Subscription = (String, Option<String>);

/// `users.json`: a user for each of the permissions, named by its number, and a witness that may do everything.
pub(super) fn users_json(permissions: &[Value]) -> Value {
    let user = |number: usize, permissions: &Value| {
        let name = number.to_string();
        let user = json!({ "pass": name, "account": "APP", "permissions": permissions });
        (name, user)
    };
    let users = permissions.iter().enumerate();
    let mut users: Map<_, _> = users.map(|(number, each)| user(number, each)).collect();
    users.insert(
        "witness".into(),
        json!({ "pass": "witness", "account": "APP" }),
    );
    users.into()
}

pub(super) struct Asking {
    address: String,
    release: Release,
    /// Publishes to the subscriptions of others.
    witness: Connection,
    /// Subscribes in the account of the callout, where it sees the answers to the server.
    listener: Connection,
    client: Connection,
    questions: usize,
}

impl Asking {
    pub(super) async fn start(bed: &Bed, release: Release) -> Self {
        let address = bed.server.address();
        let mut listener = open(&address, "auth").await;
        assert!(agrees(&mut listener, "SUB > 1\r\n").await, "a listener");
        Self {
            witness: open(&address, "witness").await,
            client: open(&address, "witness").await,
            listener,
            address,
            release,
            questions: 0,
        }
    }

    /// The next client. Returns the rules that the service signed for it.
    pub(super) async fn log_in(&mut self, number: usize) -> Rules {
        self.client = open(&self.address, &number.to_string()).await;
        let heard = self.listener.messages().await;
        let signed = heard.iter().filter_map(|line| signed_user(line));
        let name = number.to_string();
        let mut signed = signed.filter(|user| user["name"].as_str() == Some(name.as_str()));
        read_rules(&signed.next().expect("an answer to the server")["nats"])
    }

    pub(super) async fn publish(
        &mut self,
        draw: &mut Draw,
        rules: &Rules,
        matcher: &Matcher,
        tally: &mut Tally,
    ) {
        for _ in 0..24 {
            let subject = draw.published(rules);
            let allowed = self.client.publish(&subject).await.is_ok();
            let verdict = matcher.publish(&subject);
            tally.compare(Kind::Publish, &subject, allowed, verdict.allowed);
        }
    }

    /// Returns some of the allowed subscriptions, first those with denied subjects.
    pub(super) async fn subscribe(
        &mut self,
        draw: &mut Draw,
        rules: &Rules,
        matcher: &Matcher,
        tally: &mut Tally,
    ) -> Vec<Subscription> {
        let mut open = Vec::new();
        for _ in 0..24 {
            let (subject, queue) = draw.subscribed(rules);
            let name = queue.as_deref().unwrap_or_default();
            let lines = format!("SUB {subject} {name} 1\r\nUNSUB 1\r\n");
            let allowed = agrees(&mut self.client, &lines).await;
            let verdict = matcher.subscribe(&subject, queue.as_deref());
            let kind = match queue {
                None => Kind::Subscribe,
                Some(_) => Kind::SubscribeInQueue,
            };
            let question = format!("{subject} {name}");
            tally.compare(kind, question, allowed, verdict.allowed);
            if allowed {
                open.push((subject, queue));
            }
        }
        open.sort_by_key(|(subject, _)| !is_partly_denied(subject, rules));
        open.truncate(8);
        open
    }

    /// Checks what subscriptions receive, and which replies are allowed.
    pub(super) async fn deliver(
        &mut self,
        number: usize,
        open: &[Subscription],
        draw: &mut Draw,
        rules: &Rules,
        matcher: &Matcher,
        tally: &mut Tally,
    ) {
        for (subject, queue) in open {
            // Older servers withhold more from all subscriptions of a connection after some of them.
            if self.release == Release::V2_10_25 {
                self.log_in(number).await;
            }
            let name = queue.as_deref().unwrap_or_default();
            let subscription = format!("SUB {subject} {name} 1\r\n");
            assert!(
                agrees(&mut self.client, &subscription).await,
                "still allowed"
            );
            for _ in 0..5 {
                let message = draw.delivered(subject, rules);
                let verdict = matcher.delivers(subject, queue.as_deref(), &message);
                let reply = self.next_reply();
                let sent = format!("PUB {message} {reply} 0\r\n\r\n");
                // No client may publish to subjects that are reserved for servers.
                if !agrees(&mut self.witness, &sent).await {
                    continue;
                }
                let got = self.client.messages().await;
                let got = got.iter().any(|line| line.starts_with("MSG "));
                let kind = match queue {
                    None => Kind::Deliver,
                    Some(_) => Kind::DeliverToQueue,
                };
                let question = format!("{message} to {subject} {name}");
                tally.compare(kind, question, got, verdict.allowed);
                if draw.index(3) == 0 {
                    self.reply(&reply, got, matcher, tally).await;
                }
            }
            assert!(
                agrees(&mut self.client, "UNSUB 1\r\n").await,
                "unsubscribed"
            );
        }
    }

    /// Sends four replies, some of which may be too many.
    async fn reply(&mut self, subject: &str, asked: bool, matcher: &Matcher, tally: &mut Tally) {
        let by_entries = matcher.publish(subject).allowed;
        for sent in 0..4 {
            let replies = matcher.replies().filter(|_| asked);
            let left = |max: Option<u32>| max.is_none_or(|max| sent < max);
            let allowed = by_entries || replies.is_some_and(|replies| left(replies.max_messages));
            let server = self.client.publish(subject).await.is_ok();
            let question = format!("{subject} once more after {sent}");
            tally.compare(Kind::Reply, question, server, allowed);
        }
    }

    fn next_reply(&mut self) -> String {
        self.questions += 1;
        format!("reply.a.{}", self.questions)
    }
}

fn is_partly_denied(subscription: &str, rules: &Rules) -> bool {
    let denied = rules.subscribe.deny.iter();
    let mut subjects = denied.filter_map(|entry| split_queue(entry));
    subjects.any(|(denied, _)| overlaps(denied, subscription))
}

async fn open(address: &str, user: &str) -> Connection {
    let mut connection = Connection::open(address).await.expect("a connection");
    connection.log_in(user, user).await.expect("admitted");
    connection
}

/// Whether the server accepts the lines without complaint.
async fn agrees(connection: &mut Connection, lines: &str) -> bool {
    let heard = connection.exchange(lines).await;
    !heard.iter().any(|line| line.starts_with("-ERR"))
}

/// The claims of the user in an unsealed answer of the callout.
fn signed_user(line: &str) -> Option<Value> {
    let (answer, _) = read_token(line)?;
    let (user, signed) = read_token(answer["nats"]["jwt"].as_str()?)?;
    assert!(signed, "the signature is good");
    Some(user)
}

fn read_rules(claims: &Value) -> Rules {
    let list = |value: &Value| {
        let entries = value.as_array().into_iter().flatten();
        entries
            .map(|entry| entry.as_str().expect("a text").to_owned())
            .collect()
    };
    let subjects = |value: &Value| SubjectRules {
        allow: list(&value["allow"]),
        deny: list(&value["deny"]),
    };
    let responses = claims.get("resp").map(|resp| ResponseRule {
        max_messages: count(&resp["max"]).try_into().unwrap_or(u32::MAX),
        expires_in_ms: match count(&resp["ttl"]) {
            u64::MAX => u64::MAX,
            nanoseconds => nanoseconds / 1_000_000,
        },
    });
    Rules {
        publish: subjects(&claims["pub"]),
        subscribe: subjects(&claims["sub"]),
        responses,
    }
}

/// A negative number means no limit.
fn count(value: &Value) -> u64 {
    let number = value.as_i64().expect("a number");
    number.try_into().unwrap_or(u64::MAX)
}
