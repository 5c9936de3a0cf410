use std::sync::Arc;
use std::time::Instant;

use async_nats::connection::State;
use async_nats::{Client, Message, Subscriber};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::byte_budget::ByteBudget;
use super::connect::{Connection, LinkError};
use super::discover::account;
use super::micro::{self, Identity, Tally};
use super::outbox::{self, Outgoing, Ticket};
use super::phase::Phase;
use crate::authorizer::{Job, Outbox, Queue, Received, Stage};
use crate::clock::wall_clock;
use crate::telemetry::Telemetry;
use portcullis_callout::{Inbound, SUBJECT, XKEY_HEADER};

/// What the link needs in addition to the connection.
#[derive(Clone, Debug)]
pub struct LinkSettings {
    /// Identifies this instance of the service; unique for each process.
    pub instance: String,
    pub version: &'static str,
    /// RFC 3339.
    pub started: String,
    /// The most bytes of all messages in flight together.
    pub in_flight_bytes: usize,
    /// Answers that may wait to be published.
    pub outgoing: usize,
}

/// The subscription to the callout's subject, with its tasks.
#[derive(Debug)]
pub struct Link {
    client: Client,
    requests: Subscriber,
    budget: Arc<ByteBudget>,
    queue: Arc<Queue<Job<Ticket>>>,
    telemetry: Arc<Telemetry>,
    publisher: JoinHandle<()>,
    micro: JoinHandle<()>,
}

impl Link {
    /// Subscribes, and returns the outbox to which decision threads give their answers.
    pub async fn open(
        connection: Connection,
        settings: LinkSettings,
        queue: Arc<Queue<Job<Ticket>>>,
        telemetry: Arc<Telemetry>,
    ) -> Result<(Self, Arc<dyn Outbox<Ticket>>), LinkError> {
        let Connection { client, state } = connection;
        // The sender lives as long as the client, so this wait ends when the server has let us in.
        let _ = state
            .watch()
            .wait_for(|phase| *phase == Phase::LoggedIn)
            .await;
        let group = micro::NAME.to_owned();
        let requests = client.queue_subscribe(SUBJECT, group).await?;
        // The server processes messages in order: once it answers this question, it also has the subscription. Requests
        // that arrive meanwhile wait.
        let _ = account(&client).await;
        let tally = Arc::new(Tally::default());
        let (sender, answers) = mpsc::channel(settings.outgoing);
        let publisher = tokio::spawn(outbox::publish(client.clone(), answers, telemetry.clone()));
        let identity = Identity {
            id: settings.instance,
            version: settings.version,
            started: settings.started,
        };
        let micro = tokio::spawn(micro::serve(client.clone(), identity, tally.clone()).await?);
        let outgoing = Outgoing {
            sender,
            telemetry: telemetry.clone(),
            tally,
        };
        let link = Self {
            client,
            requests,
            budget: Arc::new(ByteBudget::new(settings.in_flight_bytes)),
            queue,
            telemetry,
            publisher,
            micro,
        };
        Ok((link, Arc::new(outgoing)))
    }

    /// Queues requests until `stop`. Every queued request will be answered.
    pub async fn receive(&mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                message = self.requests.next() => match message {
                    Some(message) => self.enqueue(message),
                    None => return,
                },
            }
        }
        self.micro.abort();
    }

    /// Ends the subscription, and queues the requests that the server had already sent. It may not return if the connection is
    /// lost meanwhile.
    pub async fn drain(&mut self) {
        if self.is_connected() && self.requests.drain().await.is_ok() {
            while let Some(message) = self.requests.next().await {
                self.enqueue(message);
            }
        }
    }

    /// Waits until the last answer is sent. Call it after all decision threads have ended. It may not return if the connection
    /// is lost meanwhile.
    pub async fn finish(self) {
        if !self.is_connected() {
            return;
        }
        // A publisher that panicked has nothing more to publish.
        let _ = self.publisher.await;
        // The connection ends in any case.
        let _ = self.client.drain().await;
    }

    /// Without a connection, the client keeps everything that is to be sent until the next one, however long that takes.
    fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    fn enqueue(&self, message: Message) {
        let arrived = Instant::now();
        let Some(share) = self.budget.take(message.payload.len()) else {
            let text = "too many bytes in flight; add instances, or raise `in-flight-bytes`";
            self.telemetry.rejected("overload", text, arrived);
            return;
        };
        let server_xkey = message
            .headers
            .as_ref()
            .and_then(|headers| headers.get(XKEY_HEADER));
        let inbound = Inbound {
            server_xkey: server_xkey.map(|value| value.as_str().to_owned()),
            payload: message.payload,
        };
        let received = Received {
            inbound,
            arrived,
            received_at: wall_clock(),
        };
        let ticket = Ticket {
            reply: message.reply,
            arrived,
            _share: share,
        };
        let job = Job {
            stage: Stage::Received(received),
            ticket,
        };
        self.telemetry.in_flight().inc();
        if self.queue.push(job, arrived).is_err() {
            self.telemetry.in_flight().dec();
            let text = "too many requests in flight; add instances, or raise `in-flight`";
            self.telemetry.rejected("overload", text, arrived);
        }
    }
}
