//! Asks the server after every connect what the service has to know about it. The answer also proves that the server has
//! accepted the service's user.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;

use super::phase::{ConnectionState, Phase};
use crate::authorizer::Authorizer;

/// How long to wait until NATS answers which account the service is in.
const ACCOUNT_TIMEOUT: Duration = Duration::from_secs(2);
const ACCOUNT_SUBJECT: &str = "$SYS.REQ.USER.INFO";

/// Runs as long as the service: each connection may lead to another cluster. `named` is the account of the service that the
/// operator named.
pub(super) async fn discover(
    client: Client,
    state: ConnectionState,
    authorizer: Arc<Authorizer>,
    named: Option<String>,
) {
    let mut phase = state.watch();
    // An error means that the client is gone.
    while phase.wait_for(|phase| *phase != Phase::Down).await.is_ok() {
        let account = learn(&client, &state).await;
        authorizer.set_answer_bytes_max(client.max_payload());
        match account {
            Some(account) => tell(&authorizer, account, named.as_deref()),
            None if *phase.borrow() == Phase::LoggedIn => unknown(),
            None => {}
        }
        // The next connection is another server, perhaps.
        if phase.wait_for(|phase| *phase == Phase::Down).await.is_err() {
            return;
        }
    }
}

/// The account of the service; none if the connection ends before, or if the service's user may not ask.
async fn learn(client: &Client, state: &ConnectionState) -> Option<String> {
    let phase = state.watch();
    loop {
        if let Some(account) = account(client).await {
            state.logged_in();
            return Some(account);
        }
        // A server that refused the question has let us in. One that says nothing may still be asking about our user.
        if *phase.borrow() != Phase::Unproven {
            return None;
        }
    }
}

/// Clients that are placed in the account of the service must not read the callout's subject. The server knows the account
/// better than the operator, who may have `named` another.
fn tell(authorizer: &Authorizer, account: String, named: Option<&str>) {
    tracing::info!(target: "portcullis::nats", account, "account of the callout");
    if let Some(named) = named.filter(|named| *named != account) {
        tracing::warn!(
            target: "portcullis::nats",
            account,
            named,
            "the service is in another account than `callout-account` names; correct it, or `eval --config` decides by a wrong name"
        );
    }
    authorizer.set_callout_account(account);
}

fn unknown() {
    tracing::warn!(
        target: "portcullis::nats",
        "the server does not say which account the service is in; until it does, no client may subscribe to the callout's subject \
         and no client gets the defaults of its account; allow the service's user to publish $SYS.REQ.USER.INFO and subscribe _INBOX.>"
    );
}

pub(super) async fn account(client: &Client) -> Option<String> {
    let request = client.request(ACCOUNT_SUBJECT, "".into());
    let answer = tokio::time::timeout(ACCOUNT_TIMEOUT, request)
        .await
        .ok()?
        .ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&answer.payload).ok()?;
    answer
        .get("data")?
        .get("account")?
        .as_str()
        .map(str::to_owned)
}
