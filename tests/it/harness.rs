//! Tests of the harness itself, without the service: what the scenarios rely on has to be true.

use portcullis_tests::client::{Client, Published};
use portcullis_tests::forger::{Forger, SUBJECT};
use portcullis_tests::nats_server::Options;
use portcullis_tests::{Keys, NatsServer, PATIENCE, mqtt, raw};

use futures::StreamExt;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_callout_lets_the_forger_publish() {
    let keys = Keys::generate();
    let server = NatsServer::start(&Options::without_callout()).await;
    let client = Client::admitted(&server.url(), "auth", "auth").await;
    let mut requests = client.nats().subscribe(SUBJECT).await.expect("subscribed");
    let forger = Forger::new(client.nats().clone(), &keys);
    let request = forger.request("alice", "alice");
    let sent = forger.encode(&request);
    let _reply = forger.send(sent.clone(), request.header.as_deref()).await;
    let received = tokio::time::timeout(PATIENCE, requests.next()).await;
    let received = received.expect("in time").expect("a request");
    assert_eq!(received.payload, sent);
    let xkey = nkeys::XKey::from_seed(&keys.xkey_seed).expect("a seed");
    let server_xkey = nkeys::XKey::from_public_key(forger.xkey()).expect("a key");
    let opened = xkey.open(&received.payload, &server_xkey).expect("opened");
    let token = String::from_utf8(opened).expect("text");
    let (claims, signed) = portcullis_tests::forger::read_token(&token).expect("a token");
    assert!(signed, "the signature is good");
    assert_eq!(claims, request.claims);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_callout_asks_and_admits_no_client_itself() {
    let keys = Keys::generate();
    let options = Options {
        timeout_seconds: 1,
        ..Options::sealed(&keys)
    };
    let server = NatsServer::start(&options).await;
    let service = Client::admitted(&server.url(), "auth", "auth").await;
    let mut requests = service.nats().subscribe(SUBJECT).await.expect("subscribed");
    service.nats().flush().await.expect("flushed");
    assert!(matches!(
        service.publish(&service, SUBJECT).await,
        Published::PermissionsViolation(_)
    ));
    let mut alice = raw::Connection::open(&server.address())
        .await
        .expect("a connection");
    let refused = alice.log_in("alice", "alice").await;
    assert_eq!(refused, Err("Authorization Violation".to_owned()));
    let request = tokio::time::timeout(PATIENCE, requests.next()).await;
    let request = request.expect("in time").expect("a request");
    assert!(
        request
            .headers
            .is_some_and(|headers| headers.get("Nats-Server-Xkey").is_some())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_listeners_are_found() {
    let options = Options {
        websocket: true,
        mqtt: true,
        ..Options::without_callout()
    };
    let server = NatsServer::start(&options).await;
    let websocket = raw::websocket_log_in(&server.websocket_address(), "auth", "auth").await;
    assert_eq!(websocket, Ok(()));
    let refusal = raw::websocket_log_in(&server.websocket_address(), "auth", "wrong").await;
    assert!(refusal.is_err());
    let mqtt = mqtt::Login {
        address: &server.mqtt_address(),
        client_id: "lamp",
        user: "auth",
        password: "wrong",
        clean: true,
    };
    assert!(mqtt::log_in(&mqtt).await.is_err());
}
