//! `/ready` and the log tell the truth: what keeps clients out is there within seconds, with what to do about it.

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Bed, Setup, install};
use portcullis_tests::events::Event;
use portcullis_tests::nats_server::Callout;
use portcullis_tests::{Keys, PATIENCE, Portcullis};

/// Asks until the report has these words.
async fn says(portcullis: &Portcullis, words: &str) -> String {
    let asked = async {
        loop {
            let (_, report) = portcullis.get("/ready").await;
            if report.contains(words) {
                return report;
            }
            tokio::task::yield_now().await;
        }
    };
    let asked = tokio::time::timeout(PATIENCE, asked).await;
    asked.unwrap_or_else(|_| panic!("{words:?} is not in /ready"))
}

/// A service whose keys are not those of its server, as after a mistake in a rotation.
async fn with_other_keys(change: fn(&mut Callout, &Keys)) -> Bed {
    let mut setup = Setup::directory();
    let Some(callout) = &mut setup.server.callout else {
        panic!("no callout");
    };
    change(callout, &Keys::generate());
    // Nobody answers, so the server gives up before its first PING, which a client takes for an admission.
    setup.server.timeout_seconds = 1;
    Bed::start(setup).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_xkey_is_reported() {
    let bed = with_other_keys(|callout, others| callout.xkey = Some(others.xkey.clone())).await;
    bed.refused("alice").await;
    let report = says(&bed.portcullis, "so nobody is admitted").await;
    assert!(
        report.contains("set `xkey` in the server's auth_callout"),
        "{report}"
    );
    assert!(report.contains("\"degraded\":true"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_issuer_is_reported() {
    let bed = with_other_keys(|callout, others| callout.issuer.clone_from(&others.issuer)).await;
    bed.refused("alice").await;
    let report = says(&bed.portcullis, "so nobody is admitted").await;
    assert!(
        report.contains("set `issuer` in its auth_callout"),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_request_among_right_ones_is_not_reported() {
    let bed = Bed::start(Setup::directory().without_callout()).await;
    let forger = bed.forger().await;
    let mark = bed.portcullis.mark();
    let _reply = forger.send(b"eyJ.not.sealed".to_vec(), None).await;
    bed.portcullis
        .wait_for(mark, "the rejection", Event::is_rejection)
        .await;
    assert!(forger.ask(&forger.request("alice", "alice")).await.allows());
    let (_, report) = bed.portcullis.get("/ready").await;
    assert!(report.contains("\"degraded\":false"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guesser_is_reported_while_requests_are_held_up() {
    let setup = Setup::directory().without_callout();
    let bed = Bed::start(setup.flag("--limit", "denials-per-client=1")).await;
    let forger = bed.forger().await;
    assert!(!forger.ask(&forger.request("alice", "a")).await.allows());
    let request = forger.request("alice", "b");
    let _reply = forger
        .send(forger.encode(&request), request.header.as_deref())
        .await;
    let report = says(&bed.portcullis, "throttle: 1 requests got no answer").await;
    assert!(report.contains("\"ready\":true"), "{report}");
    says(&bed.portcullis, "\"degraded\":false").await;
}

/// Nothing was in force before, so nothing stays in force.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_a_policy_that_loads_is_called_so() {
    let bed = Bed::start_unready(Setup::guest("configure-error")).await;
    let message = "not ready: nobody is admitted, because no policy could be loaded";
    bed.portcullis.wait_for_message(0, message).await;
    let events = bed.portcullis.events();
    for wrong in ["reloaded", "reload failed"] {
        let told = events
            .iter()
            .any(|event| event.message().starts_with(wrong));
        assert!(!told, "{wrong:?} at the start: {events:?}");
    }
    let mark = bed.portcullis.mark();
    install(guest("hello"), &bed.policy_path());
    bed.portcullis.wait_for_message(mark, "ready").await;
    let (status, report) = bed.portcullis.get("/ready").await;
    assert_eq!(
        (status, report.contains("\"degraded\":false")),
        (200, true),
        "{report}"
    );
}
