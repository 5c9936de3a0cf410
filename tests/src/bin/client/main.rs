//! Carries out operations of async-nats, one at a time: one JSON object on each line of stdin, one answer on each line of
//! stdout. Tests use it to prove which permissions each operation needs, so each operation is written as the library's
//! documentation shows it.

mod consume;
mod consumers;
mod core;
mod frames;
mod kv;
mod kv_watch;
mod lasting;
mod objects;
mod relay;
mod request;
mod services;
mod session;
mod streams;

use std::io::BufRead;
use std::sync::Arc;

use futures::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

use request::Request;
use session::Session;

type Answer = Result<Value, async_nats::Error>;
type Operation = for<'a> fn(&'a Session, &'a Request) -> BoxFuture<'a, Answer>;
type Input = Arc<Mutex<mpsc::UnboundedReceiver<String>>>;

const FAMILIES: &[&[(&str, Operation)]] = &[
    core::OPERATIONS,
    services::OPERATIONS,
    streams::OPERATIONS,
    consumers::OPERATIONS,
    consume::OPERATIONS,
    kv::OPERATIONS,
    kv_watch::OPERATIONS,
    objects::OPERATIONS,
];

/// Operations that the library does not have, with the reason.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("direct.batch", "async-nats has no batch get"),
    (
        "kv.purge_deletes",
        "async-nats has no purge of delete markers",
    ),
    (
        "kv.list_buckets",
        "async-nats lists streams, but not buckets",
    ),
    (
        "object.list_buckets",
        "async-nats lists streams, but not object stores",
    ),
    ("kv.keys", "async-nats lists all keys, and takes no filter"),
    ("object.status", "async-nats has no status of object stores"),
];

#[tokio::main]
async fn main() {
    let input = Arc::new(Mutex::new(lines()));
    let (mut session, mut lasting) = (None, None);
    loop {
        let line = input.lock().await.recv().await;
        let Some(line) = line else { return };
        let answer = answer(&mut session, &mut lasting, &input, &line).await;
        println!("{answer}");
    }
}

/// A separate thread reads stdin, so that the runtime never waits for it.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

async fn answer(
    session: &mut Option<Arc<Session>>,
    lasting: &mut Option<async_nats::Client>,
    input: &Input,
    line: &str,
) -> Value {
    let request = match serde_json::from_str(line) {
        Ok(request) => Request::new(request),
        Err(error) => return failure(&format!("the request cannot be read: {error}"), &[]),
    };
    match request.text("op") {
        "version" => return json!({ "ok": version() }),
        "state" => return lasting::state_when(lasting.as_ref(), request.text("wanted")).await,
        "connect" => {
            return match lasting::connect(&request).await {
                None => connect(session, input, request).await,
                Some(Err(error)) => failure(&error.to_string(), &[]),
                Some(Ok(client)) => {
                    *lasting = Some(client);
                    json!({ "ok": null, "violations": [] })
                }
            };
        }
        _ => {}
    }
    let known = operation(request.text("op")).filter(|_| !lacks_argument(&request));
    let Some(operation) = known else {
        return json!({ "unsupported": why_not(request.text("op")) });
    };
    let Some(current) = session.clone() else {
        return failure("there is no connection", &[]);
    };
    let (outcome, abandoned) = current.clone().carry_out(operation, request).await;
    let violations = current.settle().await;
    if abandoned {
        *session = current.again().await.ok();
    }
    match outcome {
        Ok(value) => json!({ "ok": value, "violations": violations }),
        Err(error) => failure(&error.to_string(), &violations),
    }
}

async fn connect(session: &mut Option<Arc<Session>>, input: &Input, request: Request) -> Value {
    *session = None;
    match Session::connect(request, input.clone()).await {
        Ok(connected) => {
            let violations = connected.settle().await;
            *session = Some(connected);
            json!({ "ok": null, "violations": violations })
        }
        Err(error) => failure(&error.to_string(), &[]),
    }
}

fn operation(name: &str) -> Option<Operation> {
    let mut all = FAMILIES.iter().copied().flatten();
    all.find(|(known, _)| *known == name)
        .map(|(_, operation)| *operation)
}

/// An operation of the library may not have an argument that others have.
fn lacks_argument(request: &Request) -> bool {
    request.text("op") == "kv.keys" && request.given("filter").is_some()
}

fn why_not(name: &str) -> &'static str {
    let listed = UNSUPPORTED.iter().find(|(known, _)| *known == name);
    match listed {
        Some((_, why)) => why,
        None if name.ends_with("_legacy") => "async-nats has one JetStream API",
        None => "this driver knows no such operation",
    }
}

fn failure(text: &str, violations: &[String]) -> Value {
    json!({ "error": text, "violations": violations })
}

fn version() -> Value {
    let mut names: Vec<_> = FAMILIES
        .iter()
        .copied()
        .flatten()
        .map(|(name, _)| *name)
        .collect();
    names.sort_unstable();
    json!({ "library": "async-nats", "version": library_version(), "operations": names })
}

/// The version in the lock file of the workspace.
fn library_version() -> &'static str {
    let lock = include_str!("../../../../Cargo.lock");
    lock.split("[[package]]")
        .find(|package| package.contains("name = \"async-nats\"\n"))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .unwrap_or("unknown")
}
