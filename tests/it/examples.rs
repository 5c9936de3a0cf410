//! Each policy in `examples/`, run as its readers will run it. `foreach_example!` makes sure that each has a test.

use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use portcullis_tests::bed::{Setup, write_renamed};
use portcullis_tests::client::Client;
use portcullis_tests::events::Event;
use portcullis_tests::fleet::{self, ADMIN, ROUTER_1, ROUTER_2};
use portcullis_tests::forger::Forger;
use portcullis_tests::{Bed, unix_now};
use serde_json::json;

mod answers;
mod languages;

use self::languages::{
    directory_c, directory_go, directory_python, directory_typescript, networks_c, rules_python,
    schema_typescript, templates_go,
};

macro_rules! assert_test_exists {
    ($name:ident) => {
        #[expect(unused_imports, reason = "it has to be there")]
        use self::$name as _;
    };
}
foreach_example!(assert_test_exists);

#[tokio::test(flavor = "multi_thread")]
async fn directory() {
    let setup = Setup::directory();
    let shipped = portcullis_tests::artifacts::root().join("examples/directory/users.json");
    let shipped = std::fs::read(shipped).expect("users.json");
    let users = serde_json::from_slice(&shipped).expect("JSON");
    let bed = Bed::start(Setup {
        users: Some(users),
        ..setup
    })
    .await;
    for user in ["alice", "bob", "sys"] {
        bed.admitted(user).await;
    }
    bed.refused("pam").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet_kv() {
    let bed = fleet::start().await;
    let admin = ADMIN.connect(&bed).await;
    assert_eq!(admin.create_bucket().await, "test_kv created");
    let one = ROUTER_1.connect(&bed).await;
    assert_eq!(one.put("dev.001.temp", "80c").await, "stored");
    assert_eq!(one.get("dev.001.temp").await, "80c");
    let two = ROUTER_2.connect(&bed).await;
    for refusal in [
        two.get("dev.001.temp").await,
        two.put("dev.001.temp", "90c").await,
        two.snoop(&admin, "_INBOX_router001").await,
    ] {
        assert!(refusal.contains("Permissions Violation"), "{refusal}");
    }
    assert_eq!(two.put("dev.002.temp", "75c").await, "stored");
    assert_eq!(two.get("dev.002.temp").await, "75c");
    assert_eq!(one.snoop(&admin, "_INBOX_router001").await, "received");
    assert_eq!(admin.get("dev.001.temp").await, "80c");
    for name in ["router*", "router001.x", "router 1", "router"] {
        Client::refused(&bed.server.url(), name, ROUTER_1.password).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hello() {
    let bed = Bed::start(Setup::guest("hello")).await;
    bed.admitted("guest").await;
    bed.refused("alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rego() {
    let folder = tempfile::tempdir().expect("a directory");
    let shipped = portcullis_tests::artifacts::root().join("examples/rego/policies");
    std::fs::create_dir(folder.path().join("tenants")).expect("a directory");
    for file in ["decision.rego", "data.json", "tenants/data.json"] {
        std::fs::copy(shipped.join(file), folder.path().join(file)).expect("copied");
    }
    let setup = Setup::guest("rego").flag("--data", folder.path().display().to_string());
    let bed = languages::start_compiling(setup).await;
    let (url, password) = (bed.server.url(), "correct horse battery staple");
    let alice = Client::admitted(&url, "alice", password).await;
    let elsewhere = alice.nats().publish("globex.devices.7", "".into());
    elsewhere.await.expect("the client takes it");
    let complaint = alice.complaint().await;
    assert!(complaint.contains("Permissions Violation"), "{complaint}");
    Client::refused(&url, "alice", "0d7f63c4a2b1").await;

    let rules = folder.path().join("decision.rego");
    let text = std::fs::read_to_string(&rules).expect("the rules");
    let user = "user := data.users[input.credentials.user]";
    let without_alice = text.replace(
        user,
        &format!("{user} if input.credentials.user != \"alice\""),
    );
    assert_ne!(without_alice, text);
    let mark = bed.portcullis.mark();
    write_renamed(&rules, without_alice.as_bytes());
    let reloaded = bed
        .portcullis
        .wait_for(mark, "the new rules", Event::is_reload);
    reloaded.await;
    Client::refused(&url, "alice", password).await;
    Client::admitted(&url, "probe-7", "0d7f63c4a2b1").await;

    let mark = bed.portcullis.mark();
    write_renamed(&rules, b"package portcullis\ndecision := {");
    let told = |event: &Event| {
        event.is_reload_failure() && event.text("cause").contains("decision.rego:2:")
    };
    bed.portcullis
        .wait_for(mark, "the fault and its place", told)
        .await;
    Client::admitted(&url, "probe-7", "0d7f63c4a2b1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn token_accounts() {
    let folder = tempfile::tempdir().expect("a directory");
    let tokens = folder.path().join("tokens.json");
    let entries = json!({ "shop": { "secret": "open sesame", "account": "APP" } });
    write_renamed(&tokens, entries.to_string().as_bytes());
    let setup = Setup::guest("token-accounts").flag("--data", tokens.display().to_string());
    let bed = Bed::start(setup.without_callout()).await;
    let forger = bed.forger().await;
    let answer = forger
        .ask(&token_request(&forger, "shop.open sesame"))
        .await;
    assert_eq!(answer.user.expect("admitted")["aud"], "APP");
    assert!(
        !forger
            .ask(&token_request(&forger, "shop.open barley"))
            .await
            .allows()
    );
}

fn token_request(forger: &Forger, token: &str) -> portcullis_tests::forger::Request {
    let connect = json!({ "auth_token": token, "lang": "rust", "version": "1", "protocol": 1 });
    forger
        .request("[REDACTED]", "")
        .with("/nats/connect_opts", connect)
}

#[tokio::test(flavor = "multi_thread")]
async fn office_hours() {
    let clerk = KeyPair::new_user();
    let settings = json!({
        "opens": "06:00", "closes": "18:00", "utc-offset": offset_of_noon(),
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "clerks": { clerk.public_key(): "APP" },
    });
    let setup = Setup::guest("office-hours").flag("--settings", settings.to_string());
    let bed = Bed::start(setup.without_callout()).await;
    let forger = bed.forger().await;
    assert!(forger.ask(&nkey_request(&forger, &clerk)).await.allows());
    assert!(
        !forger
            .ask(&nkey_request(&forger, &KeyPair::new_user()))
            .await
            .allows()
    );
}

fn nkey_request(forger: &Forger, key: &KeyPair) -> portcullis_tests::forger::Request {
    let nonce = "a nonce of the server's";
    let signature = BASE64URL_NOPAD.encode(&key.sign(nonce.as_bytes()).expect("signed"));
    let connect =
        json!({ "nkey": key.public_key(), "sig": signature, "lang": "rust", "protocol": 1 });
    let request = forger.request("", "").with("/nats/connect_opts", connect);
    request.with("/nats/client_info/nonce", nonce.into())
}

/// The offset from UTC of a place where it is noon now.
fn offset_of_noon() -> String {
    let minute = unix_now() / 60 % (24 * 60);
    let minutes = (12 * 60_i64).saturating_sub_unsigned(minute);
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
