//! Real clients: connections of async-nats, with the complaints of the server.

use async_nats::{ConnectErrorKind, ConnectOptions, Event, Message, Subscriber};
use futures::StreamExt;
use tokio::sync::{Mutex, mpsc};

use crate::PATIENCE;

/// What happened to a message that a client published.
#[derive(Debug, PartialEq, Eq)]
pub enum Published {
    /// Another client of the account received it.
    Received,
    /// The server reported it.
    PermissionsViolation(String),
}

pub struct Client {
    nats: async_nats::Client,
    complaints: Mutex<mpsc::UnboundedReceiver<String>>,
}

impl Client {
    /// Connects once. `Err` has the text of the client library.
    pub async fn connect(
        url: &str,
        user: &str,
        password: &str,
    ) -> Result<Self, async_nats::ConnectError> {
        let options = ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned());
        Self::connect_with(url, options.name(user)).await
    }

    pub async fn connect_with(
        url: &str,
        options: ConnectOptions,
    ) -> Result<Self, async_nats::ConnectError> {
        let (report, complaints) = mpsc::unbounded_channel();
        let options = options.event_callback(move |event| {
            let report = report.clone();
            async move {
                if let Event::ServerError(error) = event {
                    let _ = report.send(error.to_string());
                }
            }
        });
        let nats = options.connection_timeout(PATIENCE).connect(url).await?;
        Ok(Self {
            nats,
            complaints: Mutex::new(complaints),
        })
    }

    /// Connects, or fails the test.
    pub async fn admitted(url: &str, user: &str, password: &str) -> Self {
        match Self::connect(url, user, password).await {
            Ok(client) => client,
            Err(error) => panic!("{user} was not admitted: {error}"),
        }
    }

    /// Fails the test unless the server refuses the client with an authorization violation.
    pub async fn refused(url: &str, user: &str, password: &str) {
        match Self::connect(url, user, password).await {
            Ok(_) => panic!("{user} was admitted"),
            Err(error) => assert_eq!(
                error.kind(),
                ConnectErrorKind::AuthorizationViolation,
                "{error}"
            ),
        }
    }

    pub fn nats(&self) -> &async_nats::Client {
        &self.nats
    }

    /// Publishes to a subscription of `witness`, another client of the account. Waits for the message at the witness or the
    /// complaint of the server, whichever comes first.
    pub async fn publish(&self, witness: &Self, subject: &str) -> Published {
        let mut listening = witness.subscribed(subject).await;
        self.nats
            .publish(subject.to_owned(), "a message".into())
            .await
            .expect("the client takes it");
        self.nats.flush().await.expect("flushed");
        let mut complaints = self.complaints.lock().await;
        let outcome = tokio::time::timeout(PATIENCE, async {
            tokio::select! {
                received = listening.next() => received.map(|_| Published::Received),
                complaint = complaints.recv() => complaint.map(Published::PermissionsViolation),
            }
        });
        outcome
            .await
            .expect("a message or a complaint")
            .expect("the connection stays")
    }

    /// The next complaint of the server.
    pub async fn complaint(&self) -> String {
        let mut complaints = self.complaints.lock().await;
        let next = tokio::time::timeout(PATIENCE, complaints.recv());
        next.await
            .expect("a complaint")
            .expect("the connection stays")
    }

    /// A request and its answer.
    pub async fn request(&self, subject: &str, payload: &str) -> Message {
        let answer = self
            .nats
            .request(subject.to_owned(), payload.to_owned().into());
        tokio::time::timeout(PATIENCE, answer)
            .await
            .expect("an answer in time")
            .expect("an answer")
    }

    /// A subscription that the server has: a message to itself, sent after it, has arrived.
    async fn subscribed(&self, subject: &str) -> Subscriber {
        let subscription = self
            .nats
            .subscribe(subject.to_owned())
            .await
            .expect("subscribed");
        let inbox = self.nats.new_inbox();
        let mut echo = self
            .nats
            .subscribe(inbox.clone())
            .await
            .expect("subscribed");
        self.nats
            .publish(inbox, "".into())
            .await
            .expect("published");
        let came_back = tokio::time::timeout(PATIENCE, echo.next()).await;
        came_back.expect("the echo in time").expect("the echo");
        subscription
    }
}
