use std::sync::Arc;
use std::time::Instant;

use async_nats::{Client, Subject};
use tokio::sync::mpsc;

use super::byte_budget::Share;
use super::micro::Tally;
use crate::authorizer::Outbox;
use crate::telemetry::Telemetry;

/// What is needed to answer a message and to count it.
#[derive(Debug)]
pub struct Ticket {
    pub(super) reply: Option<Subject>,
    pub(super) arrived: Instant,
    /// Given back when the ticket is settled.
    pub(super) _share: Share,
}

/// Takes answers from the decision threads and gives them to the publishing task.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) sender: mpsc::Sender<OutgoingReply>,
    pub(super) telemetry: Arc<Telemetry>,
    pub(super) tally: Arc<Tally>,
}

#[derive(Debug)]
pub(super) struct OutgoingReply {
    to: Subject,
    payload: Vec<u8>,
    deadline: Instant,
}

impl Outbox<Ticket> for Outgoing {
    fn settle(&self, ticket: Ticket, answer: Option<Vec<u8>>, deadline: Option<Instant>) {
        self.telemetry.in_flight().dec();
        let answered = answer.is_some();
        self.tally.settled(ticket.arrived.elapsed(), answered);
        if let (Some(payload), Some(deadline), Some(to)) = (answer, deadline, ticket.reply) {
            // The publishing task ends only after every decision thread.
            let _ = self.sender.blocking_send(OutgoingReply {
                to,
                payload,
                deadline,
            });
        }
    }
}

/// Publishes answers until there is no decision thread left.
pub(super) async fn publish(
    client: Client,
    mut answers: mpsc::Receiver<OutgoingReply>,
    telemetry: Arc<Telemetry>,
) {
    while let Some(OutgoingReply {
        to,
        payload,
        deadline,
    }) = answers.recv().await
    {
        let now = Instant::now();
        if now >= deadline {
            telemetry.rejected(
                "late_answer",
                "the answer was ready after the server had stopped waiting",
                now,
            );
        } else if let Err(error) = client.publish(to, payload.into()).await {
            telemetry.rejected("publish", &error.to_string(), now);
        }
    }
    // If this fails, the connection is gone, and no client waits any more.
    let _ = client.flush().await;
}
