//! More requests than there is time for: those that cannot be answered in time are dropped and counted, and others are answered.

use portcullis_tests::bed::Setup;
use portcullis_tests::forger::Forger;
use portcullis_tests::{Bed, unix_now};

const REJECTED: &str = "portcullis_rejected_total";

/// One thread, which mallory keeps busy for as long as a policy may take.
async fn busy_bed(decide_deadline: &str, in_flight: &str) -> (Bed, Forger) {
    let setup = Setup::guest("endless-decide").without_callout();
    let setup = setup
        .flag("--limit", "threads=1")
        .flag("--limit", in_flight);
    let bed = Bed::start(setup.flag("--limit", decide_deadline)).await;
    let forger = bed.forger().await;
    (bed, forger)
}

async fn send(forger: &Forger, user: &str) {
    let request = forger.request(user, "a secret word");
    let payload = forger.encode(&request);
    forger.send(payload, request.header.as_deref()).await;
}

/// Waits until this many requests have ended in some way.
async fn wait_until_ended(bed: &Bed, count: f64) {
    let ended = async {
        loop {
            let metrics = bed.portcullis.metrics().await;
            let decided = metrics.sum("portcullis_decisions_total", &[]);
            if decided + metrics.sum(REJECTED, &[]) >= count {
                break;
            }
        }
    };
    tokio::time::timeout(portcullis_tests::PATIENCE, ended)
        .await
        .expect("an end");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_in_flight_are_counted_and_not_answered() {
    let (bed, forger) = busy_bed("decide-deadline=500ms", "in-flight=4").await;
    for _ in 0..20 {
        send(&forger, "mallory").await;
    }
    wait_until_ended(&bed, 20.0).await;
    let metrics = bed.portcullis.metrics().await;
    let overload = metrics.sum(REJECTED, &["kind=\"overload\""]);
    assert!(overload >= 10.0, "{overload} of 20 were turned away");
    assert!(
        forger
            .ask(&forger.request("bob", "a secret word"))
            .await
            .allows()
    );
}

/// A request may be large, for example because of the client's certificates.
#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_in_flight_bytes_are_counted_and_not_answered() {
    let (bed, forger) = busy_bed("decide-deadline=500ms", "in-flight-bytes=1MiB").await;
    let password = "a".repeat(200 << 10);
    for _ in 0..20 {
        let request = forger.request("mallory", &password);
        let payload = forger.encode(&request);
        forger.send(payload, request.header.as_deref()).await;
    }
    wait_until_ended(&bed, 20.0).await;
    let metrics = bed.portcullis.metrics().await;
    let overload = metrics.sum(REJECTED, &["kind=\"overload\""]);
    assert!(overload >= 10.0, "{overload} of 20 were turned away");
    let bob = forger.request("bob", "a secret word");
    assert!(forger.ask(&bob).await.allows());
}

/// The thread is busy for longer than the servers of the others wait.
#[tokio::test(flavor = "multi_thread")]
async fn requests_whose_server_has_stopped_waiting_are_not_decided() {
    let (bed, forger) = busy_bed("decide-deadline=6s", "in-flight=100").await;
    let mut request = forger.request("mallory", "a secret word");
    request.claims["exp"] = (unix_now() + 60).into();
    let payload = forger.encode(&request);
    forger.send(payload, request.header.as_deref()).await;
    for _ in 0..7 {
        send(&forger, "mallory").await;
    }
    wait_until_ended(&bed, 8.0).await;
    let metrics = bed.portcullis.metrics().await;
    let late = metrics.sum(REJECTED, &["kind=\"late\""]);
    // One of them may be asked about first, and then its policy has no longer than its server waits.
    let cut_off = metrics.sum("portcullis_causes_total", &["cause=\"late\""]);
    let failed = metrics.sum("portcullis_policy_failures_total", &["kind=\"deadline\""]);
    assert_eq!((late + cut_off, failed), (7.0, 1.0));
    assert!(cut_off <= 1.0, "{cut_off} were decided too late");
    assert!(
        forger
            .ask(&forger.request("bob", "a secret word"))
            .await
            .allows()
    );
}
