//! Which clients are admitted, over which transport, on which server version, and what the operator reads about it.

use portcullis_tests::bed::Setup;
use portcullis_tests::client::Published;
use portcullis_tests::nats_server::Options;
use portcullis_tests::{Bed, mqtt, raw};
use rstest::rstest;

/// alice, bob, pam and sys, as in the documentation.
async fn assert_documented_permissions(setup: Setup) {
    let bed = Bed::start(setup).await;
    let (alice, bob) = (bed.admitted("alice").await, bed.admitted("bob").await);
    assert_eq!(alice.publish(&alice, "test").await, Published::Received);
    assert!(matches!(
        bob.publish(&alice, "test").await,
        Published::PermissionsViolation(_)
    ));
    assert_eq!(bob.publish(&alice, "bob.test").await, Published::Received);
    bed.refused("pam").await;
    let sys = bed.admitted("sys").await;
    let servers = sys.request("$SYS.REQ.SERVER.PING", "").await;
    assert!(String::from_utf8_lossy(&servers.payload).contains("gatehouse"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_requests_are_decided_as_documented() {
    assert_documented_permissions(Setup::directory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_requests_are_decided_as_documented() {
    assert_documented_permissions(Setup::directory().plain()).await;
}

#[rstest]
#[case::v2_10("2.10.25")]
#[case::v2_12("2.12.8")]
#[tokio::test(flavor = "multi_thread")]
async fn older_servers_are_answered_alike(#[case] version: &str) {
    let setup = Setup::directory();
    let server = Options {
        version: version.to_owned(),
        ..setup.server.clone()
    };
    assert_documented_permissions(Setup { server, ..setup }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused() {
    let bed = Bed::start(Setup::directory()).await;
    let refused =
        portcullis_tests::client::Client::connect(&bed.server.url(), "alice", "bob").await;
    assert!(refused.is_err());
    let record = bed.portcullis.wait_for_decision(0, "alice").await;
    assert_eq!(record.text("outcome"), "deny");
    assert!(
        !record.text("cause").is_empty(),
        "the record says why: {record:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn websocket_clients_are_decided_like_others() {
    let setup = Setup::directory();
    let server = Options {
        websocket: true,
        ..setup.server.clone()
    };
    let bed = Bed::start(Setup { server, ..setup }).await;
    let address = bed.server.websocket_address();
    assert_eq!(
        raw::websocket_log_in(&address, "alice", "alice").await,
        Ok(())
    );
    let refusal = raw::websocket_log_in(&address, "alice", "wrong").await;
    assert!(refusal.is_err(), "a wrong password was admitted");
    assert_eq!(
        bed.portcullis
            .wait_for_decision(0, "alice")
            .await
            .text("transport"),
        "websocket"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mqtt_clients_are_decided_like_others() {
    let setup = Setup::directory();
    let server = Options {
        mqtt: true,
        ..setup.server.clone()
    };
    let bed = Bed::start(Setup { server, ..setup }).await;
    let address = bed.server.mqtt_address();
    let login = mqtt::Login {
        address: &address,
        client_id: "lamp",
        user: "alice",
        password: "alice",
        clean: true,
    };
    assert!(mqtt::log_in(&login).await.is_ok());
    let wrong = mqtt::Login {
        password: "wrong",
        ..login
    };
    assert!(mqtt::log_in(&wrong).await.is_err());
    assert_eq!(
        bed.portcullis
            .wait_for_decision(0, "alice")
            .await
            .text("transport"),
        "mqtt"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_recorded_once_with_everything_but_the_password() {
    let bed = Bed::start(Setup::directory()).await;
    bed.admitted("bob").await;
    bed.admitted("alice").await;
    let record = bed.portcullis.wait_for_decision(0, "alice").await;
    assert_eq!(record.text("outcome"), "allow");
    assert_eq!(record.text("account"), "APP");
    assert_eq!(record.text("server"), "gatehouse");
    assert!(record.number("generation").is_some());
    assert!(!record.text("policy").is_empty());
    assert!(!record.text("correlation_id").is_empty());
    for stage in ["queue_us", "open_us", "decide_us", "reply_us"] {
        assert!(record.number(stage).is_some(), "no {stage} in {record:?}");
    }
    let events = bed.portcullis.events();
    let records = events.iter().filter(|event| event.message() == "decision");
    assert_eq!(records.count(), 2);
    let metrics = bed.portcullis.metrics().await;
    assert_eq!(
        metrics.sum("portcullis_decisions_total", &["outcome=\"allow\""]),
        2.0
    );
    assert_eq!(metrics.sum("portcullis_in_flight", &[]), 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_the_operator_did_not_list_is_denied() {
    let mut setup = Setup::directory();
    setup.accounts = vec!["APP"];
    let bed = Bed::start(setup).await;
    bed.admitted("alice").await;
    bed.refused("sys").await;
    let record = bed.portcullis.wait_for_decision(0, "sys").await;
    assert_eq!(record.text("outcome"), "deny");
    assert!(record.text("cause").contains("SYS"), "{record:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_reconnects_after_the_server_was_down() {
    let mut bed = Bed::start(Setup::directory()).await;
    bed.admitted("alice").await;
    let mark = bed.portcullis.mark();
    let port = Some(bed.server.port());
    let options = Options {
        port,
        ..Options::sealed(&bed.keys)
    };
    bed.server.stop();
    bed.portcullis.wait_for_message(mark, "disconnected").await;
    bed.server = portcullis_tests::NatsServer::start(&options).await;
    bed.portcullis.wait_for_message(mark, "connected").await;
    bed.admitted("alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_reports_whether_clients_can_be_admitted() {
    let bed = Bed::start(Setup::directory()).await;
    assert_eq!(bed.portcullis.get("/live").await.0, 200);
    assert_eq!(bed.portcullis.get("/ready").await.0, 200);
    assert_eq!(bed.portcullis.get("/nowhere").await.0, 404);
}
