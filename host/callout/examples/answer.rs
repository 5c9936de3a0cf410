//! A callout service. Clients that know the password may subscribe to `news.>` in the account APP.
//!
//! ```text
//! NATS_URL=nats://127.0.0.1:4222 AUTH_PASSWORD=... ISSUER_SEED=SA... XKEY_SEED=SX... PASSWORD=... cargo run --example answer
//! ```

use std::env;
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use async_nats::ConnectOptions;
use futures::StreamExt;
use portcullis_callout::model::{Rules, Secret, Timestamp};
use portcullis_callout::{
    Admission, Callout, CalloutLimits, Inbound, Keyring, SUBJECT, XKEY_HEADER,
};

/// The admission of a client that knows the password. The keyring below signs this type and no other.
struct Reader {
    rules: Rules,
    expires_at: Timestamp,
}

impl Admission for Reader {
    fn account(&self) -> &str {
        "APP"
    }
    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
    fn rules(&self) -> Option<&Rules> {
        Some(&self.rules)
    }
}

impl Reader {
    fn until(expires_at: Timestamp) -> Self {
        let mut rules = Rules::default();
        rules.subscribe.allow.push("news.>".into());
        // A server reads an empty allow list as "everything".
        rules.publish.deny.push(">".into());
        Self { rules, expires_at }
    }
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "whoever starts it waits for this line")]
#[expect(clippy::disallowed_methods, reason = "the clock enters here")]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = |name: &str| env::var(name).map(Secret::new);
    let password = secret("PASSWORD")?;
    let keys = Keyring::<Reader>::parse(&[secret("ISSUER_SEED")?], &[secret("XKEY_SEED")?])?;
    let callout = Callout::new(CalloutLimits::default());
    let login = ConnectOptions::with_user_and_password("auth".into(), env::var("AUTH_PASSWORD")?);
    let client = login.connect(env::var("NATS_URL")?).await?;
    let mut requests = client.queue_subscribe(SUBJECT, "callout".into()).await?;
    client.flush().await?;
    println!("answering {SUBJECT}");
    while let Some(message) = requests.next().await {
        let header = |headers: &async_nats::HeaderMap| Some(headers.get(XKEY_HEADER)?.to_string());
        let inbound = Inbound {
            server_xkey: message.headers.as_ref().and_then(header),
            payload: message.payload,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        // A message that does not come from a server gets no answer.
        let request = callout.unseal(&keys, &inbound);
        let Ok(request) = request.and_then(|request| callout.verify(&keys, request, now)) else {
            continue;
        };
        let answer = match &request.request.credentials.password {
            Some(given) if *given == password => {
                callout.allow(&keys, &request, &Reader::until(now + 3600), rand::random())?
            }
            _ => callout.deny(&keys, &request, rand::random())?,
        };
        if let Some(reply) = message.reply {
            client.publish(reply, answer.into()).await?;
        }
    }
    Ok(())
}
