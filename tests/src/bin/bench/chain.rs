//! A chain of three policies in different languages under a steady load. The directories pass on a client with a token and
//! without a user name, and `token-accounts` admits it, so that every decision asks all three.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_nats::{HeaderMap, Message};
use futures::StreamExt;
use portcullis_tests::bed::{Setup, users};
use portcullis_tests::forger::{Forger, Request, SUBJECT};
use portcullis_tests::languages::{self, Unavailable};
use portcullis_tests::{Bed, PATIENCE, artifacts};
use serde_json::json;
use tokio::time::MissedTickBehavior;

use crate::table::{Table, quantile, shown};

const RATE: usize = 1_000;
const SECONDS: usize = 20;
/// Answers of the first seconds are not counted, because connections and caches are cold.
const WARM_UP_SECONDS: usize = 2;
const DIRECTORIES: [&str; 4] = ["c", "go", "typescript", "python"];

/// Two chains, the second with the slowest language.
pub(crate) async fn measure(table: &mut Table) {
    for languages in [["go", "typescript"], ["go", "python"]] {
        measure_one(table, &languages).await;
    }
}

/// A chain of the directories in these languages, with `token-accounts` at its end.
pub(crate) async fn measure_one(table: &mut Table, languages: &[&str]) {
    let figure = format!(
        "chain {}, rust, {RATE} decisions/s for {SECONDS} s: p50 / p99",
        languages.join(", ")
    );
    match modules(languages) {
        Ok(modules) => {
            let (latencies, wanted) = run(&modules).await;
            let (middle, slow) = (quantile(&latencies, 0.5), quantile(&latencies, 0.99));
            let answered = format!("{} of {wanted} answered", latencies.len());
            let measured = format!("{} / {}, {answered}", shown(middle), shown(slow));
            table.row(&figure, "p99 5 ms", measured);
        }
        Err(unavailable) => table.row(
            &figure,
            "p99 5 ms",
            format!("skipped: {}", unavailable.reason),
        ),
    }
}

fn modules(languages: &[&str]) -> Result<Vec<(String, PathBuf)>, Unavailable> {
    let module = |language: &&str| {
        let name = format!("directory-{language}");
        if !DIRECTORIES.contains(language)
            || !artifacts::root().join("examples").join(&name).is_dir()
        {
            let reason = format!("there is no examples/{name}");
            return Err(Unavailable { reason });
        }
        let path = languages::example(language, &name)?;
        Ok((name, path))
    };
    languages.iter().map(module).collect()
}

/// The sorted latencies after the warm-up, and how many there should be.
async fn run(modules: &[(String, PathBuf)]) -> (Vec<Duration>, usize) {
    let folder = tempfile::tempdir().expect("a directory");
    let bed = start(folder.path(), modules).await;
    let forger = bed.forger().await;
    let inbox = forger.client().new_inbox();
    let answers = forger.client().subscribe(format!("{inbox}.*")).await;
    let count = RATE * (WARM_UP_SECONDS + SECONDS);
    let answers = tokio::spawn(received(answers.expect("subscribed"), count));
    let sent_at = send(&forger, &inbox, count).await;
    let received = answers.await.expect("the receiver");
    let mut latencies = Vec::with_capacity(count);
    for (number, message, at) in &received {
        let answer = forger.open(&message.payload).expect("an answer");
        assert!(answer.allows() && answer.signed, "{answer:?}");
        if *number >= RATE * WARM_UP_SECONDS {
            latencies.extend(sent_at.get(*number).map(|sent| at.duration_since(*sent)));
        }
    }
    latencies.sort();
    (latencies, RATE * SECONDS)
}

async fn start(folder: &std::path::Path, modules: &[(String, PathBuf)]) -> Bed {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let directory = write("users.json", users().to_string());
    let tokens = json!({ "shop": { "secret": "open sesame", "account": "APP" } });
    let tokens = write("tokens.json", tokens.to_string());
    let policy = |name: &str, module: String, data: &str| {
        format!("[[policies]]\nname = \"{name}\"\nmodule = \"{module}\"\ndata = [\"{data}\"]\n")
    };
    let mut config: String = modules
        .iter()
        .map(|(name, module)| policy(name, module.display().to_string(), &directory))
        .collect();
    let last = artifacts::guest("token-accounts").display().to_string();
    config += &policy("token-accounts", last, &tokens);
    Bed::start(Setup::config(config).without_callout()).await
}

/// Sends at the rate, and returns when each was sent.
async fn send(forger: &Forger, inbox: &str, count: usize) -> Vec<Instant> {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Server-Xkey", forger.xkey());
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE as u32);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sent_at = Vec::with_capacity(count);
    for number in 0..count {
        let payload = forger.encode(&request(forger));
        ticks.tick().await;
        sent_at.push(Instant::now());
        let sent = forger.client().publish_with_reply_and_headers(
            SUBJECT,
            format!("{inbox}.{number}"),
            headers.clone(),
            payload.into(),
        );
        sent.await.expect("published");
    }
    sent_at
}

fn request(forger: &Forger) -> Request {
    let connect =
        json!({ "auth_token": "shop.open sesame", "lang": "rust", "version": "1", "protocol": 1 });
    let request = forger.request("[REDACTED]", "");
    request.with("/nats/connect_opts", connect)
}

/// Answers with their numbers and times, until all have arrived or no more arrive.
async fn received(
    mut answers: async_nats::Subscriber,
    count: usize,
) -> Vec<(usize, Message, Instant)> {
    let mut received = Vec::with_capacity(count);
    while received.len() < count {
        let Ok(Some(message)) = tokio::time::timeout(PATIENCE, answers.next()).await else {
            break;
        };
        let at = Instant::now();
        let number = message.subject.rsplit('.').next();
        let number = number.and_then(|number| number.parse().ok());
        received.push((number.expect("a number"), message, at));
    }
    received
}
