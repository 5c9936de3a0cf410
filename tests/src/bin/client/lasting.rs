//! A client that has to come back by itself: its credential is read for each connect, and it reconnects without a limit.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::{Auth, AuthError, Client, ConnectOptions};
use serde_json::{Value, json};

use crate::request::Request;

/// How long to wait between two attempts.
const PAUSE: Duration = Duration::from_millis(100);
const LOOK: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(20);

/// `None` unless the request names a file with the password. There is no relay between this client and the server: it
/// would end with the first connection.
pub async fn connect(request: &Request) -> Option<Result<Client, async_nats::Error>> {
    let file = PathBuf::from(request.given("password_file")?);
    let user = request.owned("user");
    let options = ConnectOptions::with_auth_callback(move |_nonce| {
        let (user, file) = (user.clone(), file.clone());
        async move {
            let mut auth = Auth::new();
            auth.username = Some(user);
            auth.password = Some(std::fs::read_to_string(file).map_err(AuthError::new)?);
            Ok(auth)
        }
    });
    let options = options
        .max_reconnects(None)
        .reconnect_delay_callback(|_attempts| PAUSE);
    let connected = options.connect(request.text("url")).await;
    Some(connected.map_err(Into::into))
}

/// The state of the connection, once it is the one that is wanted or the time for it is over.
pub async fn state_when(client: Option<&Client>, wanted: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    while state(client) != wanted && Instant::now() < deadline {
        tokio::time::sleep(LOOK).await;
    }
    json!({ "ok": state(client) })
}

fn state(client: Option<&Client>) -> &'static str {
    match client.map(Client::connection_state) {
        Some(State::Connected) => "connected",
        Some(_) => "reconnecting",
        None => "closed",
    }
}
