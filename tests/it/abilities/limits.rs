//! Shows what NATS cannot keep apart, as listed in `wit/abilities.md`. If a server fixes one of these, shorten the list.

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::nats_server::Options;
use portcullis_tests::raw::Connection;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_names_the_subject_of_the_answer(#[case] version: &str) {
    let bed = bed(version).await;
    let admin = bed.admitted("admin").await;
    for key in ["mine", "theirs"] {
        admin.request(&format!("$KV.B.{key}"), "theirs").await;
    }
    let mut client = connection(&bed).await;
    client.exchange("PUB $KV.B.mine 4\r\nEVIL\r\n").await;
    let complaint = client.publish("$KV.B.theirs").await.unwrap_err();
    assert!(complaint.contains("Permissions Violation"), "{complaint}");
    let heard = client
        .exchange("PUB $JS.API.DIRECT.GET.KV_B.$KV.B.mine $KV.B.theirs 0\r\n\r\n")
        .await;
    assert!(
        !heard.iter().any(|line| line.starts_with("-ERR")),
        "{heard:?}"
    );
    let get = "$JS.API.DIRECT.GET.KV_B.$KV.B.theirs";
    assert_eq!(admin.request(get, "").await.payload, "EVIL");
}

#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_writes_a_key_can_empty_the_bucket(#[case] version: &str) {
    let bed = bed(version).await;
    let admin = bed.admitted("admin").await;
    admin.request("$KV.B.theirs", "theirs").await;
    let mut client = connection(&bed).await;
    let head = "NATS/1.0\r\nNats-Rollup: all\r\n\r\n";
    let length = head.len();
    let heard = client
        .exchange(&format!("HPUB $KV.B.mine {length} {length}\r\n{head}\r\n"))
        .await;
    assert!(
        !heard.iter().any(|line| line.starts_with("-ERR")),
        "{heard:?}"
    );
    let state = admin.request("$JS.API.STREAM.INFO.KV_B", "").await;
    let state: Value = serde_json::from_slice(&state.payload).expect("JSON");
    assert_eq!(state["state"]["messages"], 1, "{state}");
}

/// A bucket, and a client that may read and write one of its keys.
async fn bed(version: &str) -> Bed {
    let everything = json!({ "pub": { "allow": [">"] }, "sub": { "allow": [">"] } });
    let mut setup = Setup::directory();
    setup.users = Some(json!({
        "admin": { "pass": "admin", "account": "APP", "permissions": everything },
        "client": {
            "pass": "client", "account": "APP", "inbox": "_INBOX_client",
            "can": ["kv read B mine", "kv write B mine"],
        },
    }));
    setup.server = Options {
        version: version.to_owned(),
        jetstream: true,
        timeout_seconds: 5,
        ..setup.server
    };
    let bed = Bed::start(setup).await;
    let config = json!({
        "name": "KV_B", "subjects": ["$KV.B.>"], "max_msgs_per_subject": 5, "allow_rollup_hdrs": true,
        "deny_delete": true, "allow_direct": true, "storage": "memory",
    });
    let admin = bed.admitted("admin").await;
    let created = admin
        .request("$JS.API.STREAM.CREATE.KV_B", &config.to_string())
        .await;
    let created: Value = serde_json::from_slice(&created.payload).expect("JSON");
    assert!(created.get("error").is_none(), "{created}");
    bed
}

async fn connection(bed: &Bed) -> Connection {
    let mut connection = Connection::open(&bed.server.address())
        .await
        .expect("connected");
    let connect = json!({ "user": "client", "pass": "client", "headers": true });
    connection.connect(connect).await.expect("admitted");
    connection
}
