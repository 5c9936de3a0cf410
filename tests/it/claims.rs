//! What we sign, as a real server understands it: `$SYS.REQ.USER.INFO` shows a client its permissions.

use portcullis_tests::bed::Setup;
use portcullis_tests::client::Client;
use portcullis_tests::{Bed, raw};
use rstest::rstest;
use serde_json::{Value, json};

/// Every client needs these two to ask.
const ASK: &str = "$SYS.REQ.USER.INFO";
const INBOX: &str = "_INBOX.>";

async fn told_permissions(client: &Client) -> Value {
    let info = client.request(ASK, "").await;
    let info: Value = serde_json::from_slice(&info.payload).expect("JSON");
    info["data"]["permissions"].clone()
}

async fn bed_for(permissions: Value) -> Bed {
    let users =
        json!({ "carol": { "pass": "carol", "account": "APP", "permissions": permissions } });
    Bed::start(Setup {
        users: Some(users),
        ..Setup::directory()
    })
    .await
}

fn sorted(list: &Value) -> Vec<String> {
    let mut entries: Vec<_> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(Value::to_string)
        .collect();
    entries.sort();
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_shows_exactly_the_permissions_asked_for() {
    let asked = json!({
        "pub": { "allow": [ASK, "orders.*"], "deny": ["orders.secret"] },
        "sub": { "allow": [INBOX, "news.>"], "deny": ["news.internal"] },
        "resp": { "max": 3, "ttl": 60_000_000_000_u64 },
    });
    let bed = bed_for(asked.clone()).await;
    let told = told_permissions(&bed.admitted("carol").await).await;
    for (ours, theirs) in [("pub", "publish"), ("sub", "subscribe")] {
        for list in ["allow", "deny"] {
            assert_eq!(
                sorted(&told[theirs][list]),
                sorted(&asked[ours][list]),
                "{theirs}.{list} in {told}"
            );
        }
    }
    assert_eq!(told["responses"]["max"], 3, "{told}");
}

#[rstest]
#[case::alone(json!({ "pub": { "allow": [] }, "sub": { "allow": [] } }))]
#[case::beside_a_deny_list(json!({ "pub": { "deny": ["secret"] }, "sub": { "deny": ["secret"] } }))]
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_allow_list_gives_nothing(#[case] permissions: Value) {
    let bed = bed_for(permissions).await;
    let mut carol = raw::Connection::open(&bed.server.address())
        .await
        .expect("a server");
    carol.log_in("carol", "carol").await.expect("admitted");
    assert!(carol.publish("anything").await.is_err());
    assert!(carol.subscribe("anything").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callouts_own_account_is_granted_only_without_its_subject() {
    let mut setup = Setup::directory();
    setup.accounts = vec!["APP", "AUTH"];
    let all = json!({ "pub": { "allow": [">"] }, "sub": { "allow": [">"] } });
    setup.users = Some(json!({
        "eve": { "pass": "eve", "account": "AUTH", "permissions": all },
    }));
    let bed = Bed::start(setup).await;
    let mut eve = raw::Connection::open(&bed.server.address())
        .await
        .expect("a server");
    eve.log_in("eve", "eve").await.expect("admitted");
    eve.subscribe("other.things")
        .await
        .expect("everything else is allowed");
    assert!(
        eve.subscribe("$SYS.REQ.USER.AUTH").await.is_err(),
        "she would read passwords"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callouts_own_account_is_refused_unless_listed() {
    let users = json!({ "eve": { "pass": "eve", "account": "AUTH" } });
    let bed = Bed::start(Setup {
        users: Some(users),
        ..Setup::directory()
    })
    .await;
    bed.refused("eve").await;
}
