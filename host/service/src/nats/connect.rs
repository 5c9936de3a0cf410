use std::path::PathBuf;
use std::sync::Arc;

use async_nats::{Client, ConnectOptions, Event};
use tokio::sync::watch;

use crate::telemetry::{Health, Telemetry};
use portcullis_model::Secret;

/// Messages that may wait between the socket and the queue. Moving them is cheap, so it is the queue that fills up when
/// there are too many requests.
const INCOMING: usize = 65_536;

/// How to connect to NATS.
#[derive(Clone, Debug, PartialEq)]
pub struct NatsSettings {
    pub servers: Vec<String>,
    pub login: Login,
    pub tls: TlsFiles,
}

/// How the service authenticates to NATS.
#[derive(Clone, Debug, PartialEq)]
pub enum Login {
    Nobody,
    Password {
        user: String,
        password: Secret,
    },
    /// The content of a credentials file.
    Creds(Secret),
    /// The seed of a user nkey.
    Nkey(Secret),
}

/// PEM files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsFiles {
    pub ca: Option<PathBuf>,
    /// Certificate and key of the service itself.
    pub identity: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(
        "cannot use the NATS credentials: {0}; make new ones, for example with `nsc generate creds`"
    )]
    Creds(std::io::Error),
    #[error(
        "`{server}` is not an address of a NATS server: {error}; write nats://HOST:PORT or tls://HOST:PORT"
    )]
    Address {
        server: String,
        error: std::io::Error,
    },
    #[error("cannot set up the connection to NATS: {0}")]
    Connect(#[from] async_nats::ConnectError),
    #[error("cannot subscribe: {0}")]
    Subscribe(#[from] async_nats::SubscribeError),
}

/// A client that always reconnects, and whether it is connected now.
#[derive(Debug)]
pub struct Connection {
    pub(super) client: Client,
    pub(super) connected: watch::Receiver<bool>,
}

impl Connection {
    /// Returns at once. If NATS cannot be reached yet, the client keeps trying. `outgoing` answers may wait to be sent.
    pub async fn open(
        settings: &NatsSettings,
        outgoing: usize,
        health: Arc<Health>,
        telemetry: Arc<Telemetry>,
    ) -> Result<Self, LinkError> {
        let (sender, connected) = watch::channel(false);
        let sender = Arc::new(sender);
        let options = options(settings, outgoing)?.event_callback(move |event| {
            note(&event, &sender, &health, &telemetry);
            std::future::ready(())
        });
        let client = options.connect(addresses(&settings.servers)?).await?;
        Ok(Self { client, connected })
    }
}

fn note(event: &Event, sender: &watch::Sender<bool>, health: &Health, telemetry: &Telemetry) {
    let connected = match event {
        Event::Connected => true,
        // We asked for the end: what follows is not an error, and the client will not reconnect.
        Event::Draining => {
            sender.send_replace(false);
            return;
        }
        Event::Disconnected | Event::Closed => false,
        Event::SlowConsumer(_) => {
            telemetry.rejected(
                "overflow",
                "messages were lost because they arrived faster than they could be queued; add instances",
                std::time::Instant::now(),
            );
            return;
        }
        other => {
            tracing::warn!(target: "portcullis::nats", cause = %other, "connection trouble");
            return;
        }
    };
    let was = sender.send_replace(connected);
    health.connected(connected);
    telemetry.connected(connected);
    match connected {
        true => tracing::info!(target: "portcullis::nats", "connected"),
        false if was => tracing::warn!(
            target: "portcullis::nats",
            next = "reconnecting until it succeeds",
            "disconnected"
        ),
        false => {}
    }
}

fn options(settings: &NatsSettings, outgoing: usize) -> Result<ConnectOptions, LinkError> {
    let options = ConnectOptions::new()
        .name("portcullis")
        .retry_on_initial_connect()
        .max_reconnects(None)
        .subscription_capacity(INCOMING)
        .client_capacity(outgoing);
    let options = match &settings.login {
        Login::Nobody => options,
        Login::Password { user, password } => {
            options.user_and_password(user.clone(), password.expose().to_owned())
        }
        Login::Creds(text) => options
            .credentials(text.expose())
            .map_err(LinkError::Creds)?,
        Login::Nkey(seed) => options.nkey(seed.expose().to_owned()),
    };
    let options = match &settings.tls.ca {
        Some(path) => options.add_root_certificates(path.clone()),
        None => options,
    };
    Ok(match &settings.tls.identity {
        Some((certificate, key)) => {
            options.add_client_certificate(certificate.clone(), key.clone())
        }
        None => options,
    })
}

fn addresses(servers: &[String]) -> Result<Vec<async_nats::ServerAddr>, LinkError> {
    let parse = |server: &String| {
        server.parse().map_err(|error| LinkError::Address {
            server: server.clone(),
            error,
        })
    };
    servers.iter().map(parse).collect()
}
