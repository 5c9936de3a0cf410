//! SIGTERM: received requests are still answered, and the process exits with 0.

use portcullis_tests::bed::Setup;
use portcullis_tests::forger::Reply;
use portcullis_tests::{Bed, unix_now};
use rstest::rstest;
use rustix::process::Signal;

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_service_ends_with_zero() {
    let bed = Bed::start(Setup::directory()).await;
    let mark = bed.portcullis.mark();
    let finished = bed.portcullis.terminate().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let trouble: Vec<_> = finished
        .stderr
        .iter()
        .skip(mark)
        .filter(|line| line.contains("WARN"))
        .collect();
    assert!(
        trouble.is_empty(),
        "a requested end logs no trouble: {trouble:?}"
    );
}

/// Clients of NATS wait for the next connection with everything that they are to send.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_does_not_hold_up_the_end() {
    let setup = Setup::directory().flag("--limit", "drain-deadline=1h");
    let mut bed = Bed::start(setup).await;
    let mark = bed.portcullis.mark();
    bed.server.stop();
    bed.portcullis.wait_for_message(mark, "disconnected").await;
    let finished = bed.portcullis.terminate().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_lost_at_the_end_costs_no_more_than_the_deadline() {
    let setup = Setup::directory().flag("--limit", "drain-deadline=1s");
    let mut bed = Bed::start(setup).await;
    bed.portcullis.signal(Signal::TERM);
    bed.server.stop();
    let finished = bed.portcullis.finish().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
}

/// The policy would decide for a minute, and the service would wait for it for an hour.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_service_at_once(
    #[values(Signal::TERM, Signal::INT)] second: Signal,
) {
    let bed = deciding_for_a_minute("drain-deadline=1h").await;
    let mark = bed.portcullis.mark();
    bed.portcullis.signal(Signal::TERM);
    bed.portcullis.wait_for_message(mark, "draining").await;
    bed.portcullis.signal(second);
    let Bed {
        portcullis,
        server: _server,
        ..
    } = bed;
    let finished = portcullis.finish().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let told = finished.stderr.iter();
    assert!(
        told.clone().any(|line| line.contains("ended at once")),
        "{finished:?}"
    );
}

const REQUESTS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_flight_are_answered_before_the_end() {
    let bed = Bed::start(Setup::directory().without_callout()).await;
    let forger = bed.forger().await;
    // No server stops waiting for them, however slow the machine is.
    let requests: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let mut request = forger.request("alice", "alice");
            request.claims["exp"] = (unix_now() + 60).into();
            request
        })
        .collect();
    let mut replies = Vec::new();
    let mark = bed.portcullis.mark();
    for request in &requests {
        replies.push(
            forger
                .send(forger.encode(request), request.header.as_deref())
                .await,
        );
    }
    // Once the server answers this, it has sent all requests on to the service.
    forger.client().flush().await.expect("flushed");
    bed.portcullis.wait_for_decision(mark, "alice").await;
    bed.portcullis.signal(Signal::TERM);
    let Bed {
        portcullis,
        server: _server,
        ..
    } = bed;
    let finished = portcullis.finish().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let decided = finished
        .stderr
        .iter()
        .filter(|line| line.contains("\"outcome\":\"allow\""))
        .count();
    assert_eq!(decided, REQUESTS, "every request was decided");
    let answers = Reply::collect(replies, REQUESTS).await;
    assert_eq!(answers, REQUESTS, "every request was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_in_a_loop_does_not_hold_up_the_end() {
    let bed = deciding_for_a_minute("drain-deadline=100ms").await;
    let Bed {
        portcullis,
        server: _server,
        ..
    } = bed;
    let finished = portcullis.terminate().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
}

/// A service whose policy decides about one client and does not end.
async fn deciding_for_a_minute(drain_deadline: &str) -> Bed {
    let setup = Setup::guest("endless-decide").without_callout();
    let limits = ["decide-deadline=60s", drain_deadline];
    let setup = limits
        .iter()
        .fold(setup, |setup, limit| setup.flag("--limit", *limit));
    let bed = Bed::start(setup).await;
    let forger = bed.forger().await;
    let mut request = forger.request("mallory", "mallory");
    request.claims["exp"] = (unix_now() + 60).into();
    let payload = forger.encode(&request);
    let _reply = forger.send(payload, request.header.as_deref()).await;
    while bed
        .portcullis
        .metrics()
        .await
        .sum("portcullis_in_flight", &[])
        < 1.0
    {
        tokio::task::yield_now().await;
    }
    bed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_being_configured_does_not_hold_up_the_end() {
    let setup = Setup::guest("endless-configure").flag("--limit", "configure-deadline=10m");
    let bed = Bed::start_unready(setup).await;
    bed.portcullis.wait_for_message(0, "started").await;
    let Bed {
        portcullis,
        server: _server,
        ..
    } = bed;
    let finished = portcullis.terminate().await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
}
