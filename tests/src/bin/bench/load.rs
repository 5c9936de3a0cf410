//! Sealed decisions under constant load. The forger keeps a number of requests outstanding. It opens and verifies the answers
//! after the measurement, so that the generator costs the service little CPU.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use futures::StreamExt;
use portcullis_tests::bed::{Setup, users};
use portcullis_tests::client::Client;
use portcullis_tests::forger::{Forger, SUBJECT};
use portcullis_tests::nats_server::Options;
use portcullis_tests::portcullis::{cpu_of, rss_of};
use portcullis_tests::{Bed, Keys, NatsServer, PATIENCE};

use crate::table::{Table, quantile, shown};

const REQUESTS: usize = 20_000;
const OUTSTANDING: usize = 64;
/// Requests are valid for two seconds, so they are made and sent in portions that take less time.
const PORTION: usize = 2_000;

/// Measures our service.
pub(crate) async fn measure(table: &mut Table) {
    let bed = Bed::start(Setup::directory().without_callout()).await;
    let forger = bed.forger().await;
    run(&forger, PORTION).await;
    let load = run_measured(&forger, bed.portcullis.pid()).await;
    load.tell(table, "sealed decisions", bed.portcullis.pid());
    table.row(
        "sealed decisions: mean of each stage",
        "-",
        stages(&bed).await,
    );
}

/// The times that the service itself measured; `queue` is the wait for a thread.
async fn stages(bed: &Bed) -> String {
    let metrics = bed.portcullis.metrics().await;
    let mean = |stage| {
        let label = format!("stage=\"{stage}\"");
        let total = |name| metrics.sum(name, &[&label]);
        let count = total("portcullis_stage_microseconds_count").max(1.0);
        format!(
            "{stage} {:.1} us",
            total("portcullis_stage_microseconds_sum") / count
        )
    };
    ["open", "decide", "reply", "queue"].map(mean).join(", ")
}

/// Measures another service, with the example keys: its command, in which `{url}` and `{users}` stand for the server and
/// the file `users.json`.
pub(crate) async fn measure_other(table: &mut Table, command: &[&str]) {
    let server = NatsServer::start(&Options::without_callout()).await;
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("users.json");
    std::fs::write(&file, users().to_string()).expect("written");
    let place = |word: &&str| {
        word.replace("{url}", &server.url())
            .replace("{users}", &file.display().to_string())
    };
    let words: Vec<_> = command.iter().map(place).collect();
    let mut other = Other(spawn(&words));
    let client = Client::admitted(&server.url(), "auth", "auth").await;
    let forger = Forger::new(client.nats().clone(), &Keys::example());
    while !answers(&forger).await {
        assert!(
            other.0.try_wait().expect("its status").is_none(),
            "{} ended",
            words[0]
        );
    }
    run(&forger, PORTION).await;
    let load = run_measured(&forger, other.0.id()).await;
    load.tell(table, "sealed decisions, the other", other.0.id());
}

struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(words: &[String]) -> Child {
    let (program, arguments) = words.split_first().expect("a command");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.spawn().expect("the other service starts")
}

async fn answers(forger: &Forger) -> bool {
    let request = forger.request("alice", "alice");
    let reply = forger
        .send(forger.encode(&request), request.header.as_deref())
        .await;
    reply.wait(Duration::from_millis(200)).await.is_some()
}

struct Load {
    answers: usize,
    took: Duration,
    cpu: Duration,
    latencies: Vec<Duration>,
}

impl Load {
    fn tell(&self, table: &mut Table, what: &str, pid: u32) {
        let rate = self.answers as f64 / self.took.as_secs_f64();
        let each = self.cpu / u32::try_from(self.answers.max(1)).unwrap_or(u32::MAX);
        let (middle, slow) = (
            quantile(&self.latencies, 0.5),
            quantile(&self.latencies, 0.99),
        );
        table.row(
            &format!("{what}: answers/s"),
            "3.5 x Go's per CPU second",
            format!("{rate:.0}"),
        );
        table.row(
            &format!("{what}: CPU of the service each"),
            "90 us",
            shown(each),
        );
        let both = format!("{} / {}", shown(middle), shown(slow));
        table.row(
            &format!("{what}: p50 / p99, {OUTSTANDING} outstanding"),
            "-",
            both,
        );
        table.row(
            &format!("{what}: RSS after it"),
            "-",
            format!("{} MiB", rss_of(pid)),
        );
    }
}

async fn run_measured(forger: &Forger, pid: u32) -> Load {
    let mut total = Load {
        answers: 0,
        took: Duration::ZERO,
        cpu: Duration::ZERO,
        latencies: vec![],
    };
    for _ in 0..REQUESTS / PORTION {
        let before = cpu_of(pid);
        let (took, latencies, cpu_after) = run_counting(forger, PORTION, pid).await;
        total.took += took;
        total.cpu += cpu_after.saturating_sub(before);
        total.answers += latencies.len();
        total.latencies.extend(latencies);
    }
    total.latencies.sort();
    total
}

async fn run(forger: &Forger, count: usize) {
    run_counting(forger, count, std::process::id()).await;
}

/// Sends `count` new requests and verifies their answers. Returns the time from the first request to the last answer, the
/// latencies, and the CPU time of the process at the end.
async fn run_counting(
    forger: &Forger,
    count: usize,
    pid: u32,
) -> (Duration, Vec<Duration>, Duration) {
    let made: Vec<_> = (0..count)
        .map(|_| forger.encode(&forger.request("alice", "alice")))
        .collect();
    let client = forger.client();
    let inbox = client.new_inbox();
    let mut answers = client
        .subscribe(format!("{inbox}.*"))
        .await
        .expect("subscribed");
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Server-Xkey", forger.xkey());
    let mut waiting = made.into_iter().enumerate();
    let mut sent_at = HashMap::with_capacity(count);
    let (mut latencies, mut bodies) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let start = Instant::now();
    while bodies.len() < count {
        while sent_at.len() - bodies.len() < OUTSTANDING
            && let Some((number, payload)) = waiting.next()
        {
            let reply = format!("{inbox}.{number}");
            sent_at.insert(reply.clone(), Instant::now());
            let sent = client.publish_with_reply_and_headers(
                SUBJECT,
                reply,
                headers.clone(),
                payload.into(),
            );
            sent.await.expect("published");
        }
        let answer = tokio::time::timeout(PATIENCE, answers.next()).await;
        let answer = answer.expect("an answer in time").expect("an answer");
        latencies.extend(sent_at.get(answer.subject.as_str()).map(Instant::elapsed));
        bodies.push(answer.payload);
    }
    let (took, cpu) = (start.elapsed(), cpu_of(pid));
    for body in &bodies {
        let answer = forger.open(body).expect("an answer that opens");
        assert!(
            answer.allows() && answer.signed,
            "a wrong answer: {answer:?}"
        );
    }
    (took, latencies, cpu)
}
