//! A client that guesses passwords gets no answer after a while; other clients are not affected.

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::events::Event;

#[tokio::test(flavor = "multi_thread")]
async fn after_too_many_wrong_passwords_even_the_right_one_waits() {
    let setup = Setup::directory().without_callout();
    let bed = Bed::start(setup.flag("--limit", "denials-per-client=3")).await;
    let forger = bed.forger().await;
    for _ in 0..3 {
        let answer = forger.ask(&forger.request("alice", "wrong")).await;
        assert!(!answer.allows());
    }
    let mark = bed.portcullis.mark();
    let request = forger.request("alice", "alice");
    let payload = forger.encode(&request);
    let mut reply = forger.send(payload, request.header.as_deref()).await;
    let throttled = |event: &Event| event.is_rejection() && event.text("kind") == "throttled";
    bed.portcullis
        .wait_for(mark, "the throttle", throttled)
        .await;
    assert!(forger.ask(&forger.request("bob", "bob")).await.allows());
    assert!(!reply.has_come().await, "a guesser was answered");
}
