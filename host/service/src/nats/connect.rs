use std::path::PathBuf;
use std::sync::Arc;

use async_nats::{Client, ConnectOptions, Event};
use tokio::task::JoinHandle;

use super::diagnosis::Diagnosis;
use super::discover::discover;
use super::login::Login;
use super::phase::ConnectionState;
use crate::authorizer::Authorizer;
use crate::telemetry::{Health, Telemetry};

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

/// A client that always reconnects, and how far its connection is.
#[derive(Debug)]
pub struct Connection {
    pub(super) client: Client,
    pub(super) state: ConnectionState,
}

impl NatsSettings {
    /// Whether the operator asked for TLS, anywhere. Then no server is spoken to without it, also none that a server names:
    /// the first message of a server says whether it has TLS, and anybody on the way can change that message.
    fn wants_tls(&self) -> bool {
        let by_scheme = |server: &String| server.starts_with("tls://");
        self.tls.ca.is_some() || self.tls.identity.is_some() || self.servers.iter().any(by_scheme)
    }
}

impl Connection {
    /// Returns at once. If NATS cannot be reached yet, the client keeps trying. `outgoing` answers may wait to be sent.
    pub async fn open(
        settings: &NatsSettings,
        outgoing: usize,
        health: Arc<Health>,
        telemetry: Arc<Telemetry>,
    ) -> Result<Self, LinkError> {
        let target = format!("{} {}", settings.servers.join(", "), settings.login);
        let state = ConnectionState::new(target, health, telemetry);
        let servers = addresses(&settings.servers)?;
        let diagnosis = Arc::new(Diagnosis {
            servers: servers.clone(),
            wants_tls: settings.wants_tls(),
        });
        let noted = state.clone();
        let options = options(settings, outgoing)?.event_callback(move |event| {
            note(&event, &noted, &diagnosis);
            std::future::ready(())
        });
        let client = options.connect(servers).await?;
        Ok(Self { client, state })
    }

    /// Asks each server what the service has to know about it, as long as the service runs. `named` is the account of the
    /// service, if the operator named it.
    pub fn discover(&self, authorizer: Arc<Authorizer>, named: Option<String>) -> JoinHandle<()> {
        let (client, state) = (self.client.clone(), self.state.clone());
        tokio::spawn(discover(client, state, authorizer, named))
    }
}

fn note(event: &Event, state: &ConnectionState, diagnosis: &Arc<Diagnosis>) {
    match event {
        Event::Connected => state.up(),
        // The client will not reconnect.
        Event::Draining => state.ending(),
        Event::Disconnected | Event::Closed => state.down(),
        Event::SlowConsumer(_) => state.overflow(),
        other => {
            let cause = other.to_string();
            // Only clients that are logged in have permissions.
            if cause.to_lowercase().contains("permissions violation") {
                state.logged_in();
            }
            match Diagnosis::is_needed(&cause) {
                true => drop(tokio::spawn(tell_reason(
                    cause,
                    state.clone(),
                    diagnosis.clone(),
                ))),
                false => state.trouble(&cause),
            }
        }
    }
}

/// Trying the servers takes seconds, and other events must not wait. There may be a connection by then.
async fn tell_reason(cause: String, state: ConnectionState, diagnosis: Arc<Diagnosis>) {
    let reason = diagnosis.explain(&cause).await;
    if state.is_down() {
        state.trouble(&reason);
    }
}

fn options(settings: &NatsSettings, outgoing: usize) -> Result<ConnectOptions, LinkError> {
    let options = settings
        .login
        .options()
        .map_err(LinkError::Creds)?
        .name("portcullis")
        .retry_on_initial_connect()
        .require_tls(settings.wants_tls())
        .max_reconnects(None)
        .subscription_capacity(INCOMING)
        .client_capacity(outgoing);
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
