//! Makes the service visible to NATS service discovery (ADR-32): `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, Message};
use futures::StreamExt;
use futures::stream::SelectAll;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::connect::LinkError;
use portcullis_callout::SUBJECT;

/// The name of the service, and of the queue group of its instances.
pub(super) const NAME: &str = "portcullis";
const DESCRIPTION: &str = "answers the auth callout with WebAssembly policies";

/// Counts since the start of the service.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Counts>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    requests: u64,
    unanswered: u64,
    busy: Duration,
}

impl Tally {
    pub(super) fn settled(&self, took: Duration, answered: bool) {
        let mut counts = self.0.lock();
        counts.requests += 1;
        counts.unanswered += u64::from(!answered);
        counts.busy += took;
    }
}

/// Identifies this instance.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) version: &'static str,
    /// RFC 3339.
    pub(super) started: String,
}

/// Answers discovery requests while the service runs.
pub(super) async fn serve(
    client: Client,
    identity: Identity,
    tally: Arc<Tally>,
) -> Result<impl Future<Output = ()>, LinkError> {
    let mut questions = SelectAll::new();
    for verb in ["PING", "INFO", "STATS"] {
        for suffix in [
            "".into(),
            format!(".{NAME}"),
            format!(".{NAME}.{}", identity.id),
        ] {
            questions.push(client.subscribe(format!("$SRV.{verb}{suffix}")).await?);
        }
    }
    Ok(async move {
        while let Some(question) = questions.next().await {
            answer(&client, &identity, &tally, question).await;
        }
    })
}

async fn answer(client: &Client, identity: &Identity, tally: &Tally, question: Message) {
    let verb = question.subject.split('.').nth(1);
    let answer = match verb {
        Some("PING") => identity.ping(),
        Some("INFO") => identity.info(),
        _ => identity.stats(*tally.0.lock()),
    };
    if let Some(reply) = question.reply {
        // If the connection broke, the peer will ask again.
        let _ = client.publish(reply, answer.to_string().into()).await;
    }
}

impl Identity {
    fn ping(&self) -> Value {
        self.with("io.nats.micro.v1.ping_response", json!({}))
    }

    fn info(&self) -> Value {
        let endpoint =
            json!({ "name": "callout", "subject": SUBJECT, "queue_group": NAME, "metadata": {} });
        let facts = json!({ "description": DESCRIPTION, "endpoints": [endpoint] });
        self.with("io.nats.micro.v1.info_response", facts)
    }

    /// A request without an answer counts as an error: its client was not admitted, although no policy denied it.
    fn stats(&self, counts: Counts) -> Value {
        let busy = u64::try_from(counts.busy.as_nanos()).unwrap_or(u64::MAX);
        let endpoint = json!({
            "name": "callout",
            "subject": SUBJECT,
            "queue_group": NAME,
            "num_requests": counts.requests,
            "num_errors": counts.unanswered,
            "last_error": "",
            "processing_time": busy,
            "average_processing_time": busy.checked_div(counts.requests).unwrap_or(0),
        });
        let facts = json!({ "started": self.started, "endpoints": [endpoint] });
        self.with("io.nats.micro.v1.stats_response", facts)
    }

    fn with(&self, kind: &str, facts: Value) -> Value {
        let mut all = json!({
            "type": kind,
            "name": NAME,
            "id": self.id,
            "version": self.version,
            "metadata": {},
        });
        if let (Value::Object(all), Value::Object(facts)) = (&mut all, facts) {
            all.extend(facts);
        }
        all
    }
}
