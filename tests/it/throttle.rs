//! A client that guesses has to wait. Clients with a right credential do not, whatever others at the same address do.

use portcullis_tests::Bed;
use portcullis_tests::bed::{Setup, write_renamed};
use portcullis_tests::events::Event;
use portcullis_tests::forger::{Forger, Request};
use serde_json::json;

/// How many different wrong passwords of one user the default allows in a minute.
const ALLOWED: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn after_too_many_different_wrong_passwords_no_other_one_is_tried() {
    let setup = Setup::directory().without_callout();
    let bed = Bed::start(setup.flag("--limit", "denials-per-client=3")).await;
    let forger = bed.forger().await;
    assert!(forger.ask(&forger.request("bob", "bob")).await.allows());
    for (user, guess) in [("alice", "a"), ("alice", "b"), ("alice", "c")] {
        refused(&forger, &forger.request(user, guess)).await;
    }
    for guess in ["x", "y", "z"] {
        refused(&forger, &forger.request("bob", guess)).await;
    }
    let mark = bed.portcullis.mark();
    let request = forger.request("alice", "alice");
    let payload = forger.encode(&request);
    let mut reply = forger.send(payload, request.header.as_deref()).await;
    let is_throttled =
        |event: &Event| event.is_rejection() && event.text("kind") == "throttled_client";
    let event = bed
        .portcullis
        .wait_for(mark, "the throttle", is_throttled)
        .await;
    let cause = event.text("cause");
    for word in [
        "user \"alice\" at 127.0.0.1 (server forged)",
        "gets no answer for 2",
    ] {
        assert!(cause.contains(word), "{word:?} is not in {cause}");
    }
    // He was in before, so that nobody can lock him out.
    assert!(forger.ask(&forger.request("bob", "bob")).await.allows());
    assert!(!reply.has_come().await, "a guesser was answered");
}

/// Old passwords come again and again, and each counts once.
#[tokio::test(flavor = "multi_thread")]
async fn clients_with_old_passwords_lock_nobody_out() {
    let bed = Bed::start(Setup::directory().without_callout()).await;
    let forger = bed.forger().await;
    for _ in 0..10 {
        for number in 0..ALLOWED - 1 {
            refused(&forger, &forger.request("alice", &format!("old {number}"))).await;
        }
    }
    assert!(forger.ask(&forger.request("alice", "alice")).await.allows());
    let decisions = bed.portcullis.metrics().await;
    let asked = decisions.sum("portcullis_decisions_total", &["deny", "policy=\"policy\""]);
    let all = decisions.sum("portcullis_decisions_total", &["deny"]);
    assert!(asked < all, "{asked} of {all} denials asked the policy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_token_is_admitted_after_many_wrong_ones_from_its_address() {
    let folder = tempfile::tempdir().expect("a directory");
    let tokens = folder.path().join("tokens.json");
    let entries = json!({ "shop": { "secret": "open sesame", "account": "APP" } });
    write_renamed(&tokens, entries.to_string().as_bytes());
    let setup = Setup::guest("token-accounts").flag("--data", tokens.display().to_string());
    let bed = Bed::start(setup.without_callout()).await;
    let forger = bed.forger().await;
    for number in 0..ALLOWED + 10 {
        refused(&forger, &with_token(&forger, &format!("shop.{number}"))).await;
    }
    let right = with_token(&forger, "shop.open sesame");
    assert!(forger.ask(&right).await.allows());
}

async fn refused(forger: &Forger, request: &Request) {
    assert!(!forger.ask(request).await.allows());
}

fn with_token(forger: &Forger, token: &str) -> Request {
    let mut request = forger.request("", "");
    request.claims["nats"]["connect_opts"] = json!({ "auth_token": token, "protocol": 1 });
    request
}
