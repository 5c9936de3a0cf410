//! The only connection of the driver.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{Context, ContextBuilder};
use async_nats::{Client, ConnectOptions};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::relay::{MARKER, Relay};
use crate::request::Request;
use crate::{Answer, Input, Operation};

/// These wait for another line, however long that takes.
const TWO_PHASES: &[&str] = &["core.reply", "service.offer"];

pub struct Session {
    pub client: Client,
    pub timeout: Duration,
    asked: Request,
    relay: Relay,
    input: Input,
}

impl Session {
    pub async fn connect(asked: Request, input: Input) -> Result<Arc<Self>, async_nats::Error> {
        let limit = asked.milliseconds("timeout_ms");
        let limit = limit.unwrap_or(Duration::from_secs(1));
        let relay = Relay::start(asked.text("url")).await?;
        let mut options =
            ConnectOptions::with_user_and_password(asked.owned("user"), asked.owned("password"))
                .connection_timeout(limit)
                .request_timeout(Some(limit))
                .max_reconnects(1);
        if let Some(prefix) = asked.given("inbox") {
            options = options.custom_inbox_prefix(prefix);
        }
        let client = options.connect(&relay.url).await?;
        Ok(Arc::new(Self {
            client,
            timeout: limit,
            asked,
            relay,
            input,
        }))
    }

    /// A second connection with the same login.
    pub async fn again(&self) -> Result<Arc<Self>, async_nats::Error> {
        Self::connect(self.asked.clone(), self.input.clone()).await
    }

    pub fn jetstream(&self) -> Context {
        let builder = ContextBuilder::new().timeout(self.timeout);
        if let Some(prefix) = self.asked.given("api_prefix") {
            return builder.api_prefix(prefix).build(self.client.clone());
        }
        match self.asked.given("domain") {
            Some(domain) => builder.domain(domain).build(self.client.clone()),
            None => builder.build(self.client.clone()),
        }
    }

    /// Runs an operation. Also returns whether it had to be abandoned.
    pub async fn carry_out(
        self: Arc<Self>,
        operation: Operation,
        request: Request,
    ) -> (Answer, bool) {
        self.relay.take_violations();
        let limit = 3 * self.timeout;
        let endless = TWO_PHASES.contains(&request.text("op"));
        let mut running = tokio::spawn(async move { operation(&self, &request).await });
        let ended = if endless {
            Ok((&mut running).await)
        } else {
            timeout(limit, &mut running).await
        };
        match ended {
            Ok(Ok(answer)) => (answer, false),
            Ok(Err(panic)) => (Err(panic.into()), false),
            Err(_) => {
                running.abort();
                let text = format!("the library did not return within {limit:?}");
                (Err(text.into()), true)
            }
        }
    }

    /// The server answers in order, so after its PONG there are no more violations of what was sent before.
    pub async fn settle(&self) -> Vec<String> {
        let patience = self.timeout.max(Duration::from_secs(1));
        let settled = timeout(patience, self.round_trip()).await;
        let mut violations = self.relay.take_violations();
        match settled {
            Ok(Ok(())) => {}
            Ok(Err(error)) => violations.push(format!("no answer to PING: {error}")),
            Err(_) => violations.push("no answer to PING".to_owned()),
        }
        violations
    }

    /// Waits until the server has read everything that was sent before.
    pub async fn round_trip(&self) -> Result<(), async_nats::Error> {
        self.client.publish(MARKER, "".into()).await?;
        self.client.flush().await?;
        self.relay
            .settled()
            .await
            .ok_or_else(|| "the connection ended".into())
    }

    /// Reports that the operation listens, and waits for `continue`.
    pub async fn await_continue(&self) -> Result<(), async_nats::Error> {
        timeout(self.timeout, self.round_trip()).await??;
        println!("{}", json!({ "ready": true }));
        let line = self.input.lock().await.recv().await;
        line.map(drop)
            .ok_or_else(|| "the input ended before `continue`".into())
    }
}

/// The messages of a stream of the library, until the wanted number has arrived or no more arrive.
pub fn enough(seen: &[String], wanted: usize) -> Answer {
    if seen.len() < wanted {
        return Err(format!("{} of {wanted} messages came", seen.len()).into());
    }
    Ok(Value::from(seen))
}
