//! The service is visible among the NATS micro services (ADR-32), where operators look for it.

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::client::Client;
use serde_json::Value;

async fn asked(verb: &str) -> Value {
    let bed = Bed::start(Setup::directory()).await;
    bed.admitted("alice").await;
    let operator = Client::admitted(&bed.server.url(), "auth", "auth").await;
    let answer = operator.request(&format!("$SRV.{verb}"), "").await;
    serde_json::from_slice(&answer.payload).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_answers_a_ping() {
    let answer = asked("PING").await;
    assert_eq!(answer["type"], "io.nats.micro.v1.ping_response");
    assert!(
        answer["name"]
            .as_str()
            .is_some_and(|name| name.contains("portcullis")),
        "{answer}"
    );
    assert!(
        answer["id"].is_string() && answer["version"].is_string(),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_describes_its_endpoint() {
    let answer = asked("INFO").await;
    assert_eq!(answer["type"], "io.nats.micro.v1.info_response");
    assert_eq!(
        answer["endpoints"][0]["subject"], "$SYS.REQ.USER.AUTH",
        "{answer}"
    );
    assert!(
        answer["endpoints"][0]["queue_group"].is_string(),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_counts_its_requests() {
    let answer = asked("STATS").await;
    assert_eq!(answer["type"], "io.nats.micro.v1.stats_response");
    assert_eq!(answer["endpoints"][0]["num_requests"], 1, "{answer}");
}
