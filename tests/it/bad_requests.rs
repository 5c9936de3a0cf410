//! Requests that no server sends: none gets an answer, each is counted by its kind, and other clients are not affected.

use nkeys::{KeyPair, XKey};
use portcullis_tests::bed::Setup;
use portcullis_tests::forger::{Forger, Request};
use portcullis_tests::{Bed, unix_now};
use rstest::rstest;
use serde_json::{Value, json};

const REJECTED: &str = "portcullis_rejected_total";

async fn forgers_bed() -> (Bed, Forger) {
    let bed = Bed::start(Setup::directory().without_callout()).await;
    let forger = bed.forger().await;
    (bed, forger)
}

/// Sends the bytes. They must be counted under `kind` and get no answer; a good request afterwards must be answered.
async fn assert_silence(
    bed: &Bed,
    forger: &Forger,
    payload: Vec<u8>,
    header: Option<&str>,
    kind: &str,
) {
    let mark = bed.portcullis.mark();
    let before = bed.portcullis.metrics().await;
    let mut reply = forger.send(payload, header).await;
    let wanted = |event: &portcullis_tests::events::Event| {
        event.is_rejection() || event.message() == "decision"
    };
    let event = bed.portcullis.wait_for(mark, "the rejection", wanted).await;
    assert!(event.is_rejection(), "it was decided: {event:?}");
    assert_eq!(event.text("kind"), kind, "{event:?}");
    assert!(forger.ask(&forger.request("alice", "alice")).await.allows());
    assert!(!reply.has_come().await, "a bad request was answered");
    let after = bed.portcullis.metrics().await;
    let label = format!("kind=\"{kind}\"");
    assert_eq!(
        after.sum(REJECTED, &[&label]),
        before.sum(REJECTED, &[&label]) + 1.0
    );
    assert_eq!(after.sum(REJECTED, &[]), before.sum(REJECTED, &[]) + 1.0);
}

async fn assert_request_rejected(change: impl FnOnce(Request, &Forger) -> Request, kind: &str) {
    let (bed, forger) = forgers_bed().await;
    let request = change(forger.request("alice", "alice"), &forger);
    assert_silence(
        &bed,
        &forger,
        forger.encode(&request),
        request.header.as_deref(),
        kind,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_forged_request_is_answered_and_signed() {
    let (bed, forger) = forgers_bed().await;
    let answer = forger.ask(&forger.request("alice", "alice")).await;
    assert!(answer.allows() && answer.signed);
    let user = answer.user.expect("a user");
    assert_eq!(user["iss"], bed.keys.issuer.as_str());
    assert_eq!(user["aud"], "APP");
    let denial = forger.ask(&forger.request("alice", "wrong")).await;
    assert!(!denial.allows() && denial.signed);
    assert!(
        !denial.response.to_string().contains("wrong"),
        "a denial has no reason in it"
    );
}

#[rstest]
#[case::empty(0, "empty")]
#[case::one_byte(1, "too_short")]
#[case::two_bytes(2, "too_short")]
#[case::three_bytes(3, "too_short")]
#[case::four_bytes(4, "too_short")]
#[tokio::test(flavor = "multi_thread")]
async fn a_stub_is_rejected(#[case] length: usize, #[case] kind: &str) {
    let (bed, forger) = forgers_bed().await;
    let payload = b"xkv1".iter().copied().take(length).collect();
    assert_silence(&bed, &forger, payload, Some(forger.xkey()), kind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_garbage_is_rejected() {
    let (bed, forger) = forgers_bed().await;
    let payload = forger.seal(b"eyJ0.nothing.here");
    assert_silence(&bed, &forger, payload, Some(forger.xkey()), "garbage").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_request_is_rejected() {
    let (bed, forger) = forgers_bed().await;
    // nats-server itself refuses more than one mebibyte with the header.
    let payload = vec![b'x'; (1 << 20) - 200];
    let mark = bed.portcullis.mark();
    let mut reply = forger.send(payload, Some(forger.xkey())).await;
    bed.portcullis
        .wait_for(mark, "the rejection", |event| event.is_rejection())
        .await;
    assert!(forger.ask(&forger.request("alice", "alice")).await.allows());
    assert!(!reply.has_come().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sealed_for_another_key_is_rejected() {
    let (bed, forger) = forgers_bed().await;
    let stranger = portcullis_tests::Keys::generate();
    let other = Forger::new(forger.client().clone(), &stranger);
    let payload = other.encode(&other.request("alice", "alice"));
    assert_silence(&bed, &forger, payload, Some(other.xkey()), "wrong_xkey").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsealed_request_is_rejected_where_an_xkey_is_set() {
    let plain = |request, _: &Forger| Request {
        sealed: false,
        header: None,
        ..request
    };
    assert_request_rejected(plain, "not_sealed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_request_is_rejected_where_no_xkey_is_set() {
    let setup = Setup {
        sealed: false,
        ..Setup::directory()
    };
    let bed = Bed::start(setup.without_callout()).await;
    let forger = bed.forger().await;
    let mark = bed.portcullis.mark();
    let payload = forger.encode(&forger.request("alice", "alice"));
    let mut reply = forger.send(payload, Some(forger.xkey())).await;
    let event = bed
        .portcullis
        .wait_for(mark, "the rejection", |event| event.is_rejection())
        .await;
    assert_eq!(event.text("kind"), "sealed");
    let plain = Request {
        sealed: false,
        header: None,
        ..forger.request("alice", "alice")
    };
    let plain = plain.with("/nats/server_id/xkey", Value::Null);
    assert!(forger.ask(&plain).await.allows());
    assert!(!reply.has_come().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_the_xkey_header_is_rejected() {
    assert_request_rejected(
        |request, _| Request {
            header: None,
            ..request
        },
        "server_xkey",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_signature_is_rejected() {
    assert_request_rejected(
        |request, _| Request {
            spoil_signature: true,
            ..request
        },
        "signature",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_by_another_server_is_rejected() {
    let change = |request, _: &Forger| Request {
        signer: KeyPair::new_server(),
        ..request
    };
    assert_request_rejected(change, "signature").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_other_than_the_server_named_inside_is_rejected() {
    let other = KeyPair::new_server();
    let change = |request: Request, _: &Forger| {
        let request = request.with("/iss", other.public_key().into());
        Request {
            signer: other,
            ..request
        }
    };
    assert_request_rejected(change, "issuer_mismatch").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_not_a_server_is_rejected() {
    let user = KeyPair::new_user();
    let change = |request: Request, _: &Forger| {
        let id: Value = user.public_key().into();
        let request = request
            .with("/iss", id.clone())
            .with("/nats/server_id/id", id);
        Request {
            signer: user,
            ..request
        }
    };
    assert_request_rejected(change, "issuer_mismatch").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_xkey_other_than_the_header_is_rejected() {
    let other = XKey::new().public_key();
    let change = |request: Request, _: &Forger| request.with("/nats/server_id/xkey", other.into());
    assert_request_rejected(change, "xkey_mismatch").await;
}

#[rstest]
#[case::audience("/aud", json!("nats-authorization-response"), "audience")]
#[case::no_audience("/aud", Value::Null, "audience")]
#[case::kind("/nats/type", json!("user"), "type")]
#[case::no_user_nkey("/nats/user_nkey", Value::Null, "user_nkey")]
#[case::user_nkey_of_a_server("/nats/user_nkey", json!(KeyPair::new_server().public_key()), "user_nkey")]
#[case::issuer_unknown("/sub", json!(KeyPair::new_account().public_key()), "unknown_issuer")]
#[case::no_server("/nats/server_id", Value::Null, "issuer_mismatch")]
#[case::user_is_a_number("/nats/connect_opts/user", json!(7), "claims")]
#[case::no_expiry("/exp", Value::Null, "claims")]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_claim_is_rejected(#[case] path: &str, #[case] value: Value, #[case] kind: &str) {
    assert_request_rejected(|request, _| request.with(path, value), kind).await;
}

#[rstest]
#[case::long_ago(-3600, "expired")]
#[case::to_come(3600, "issued_in_future")]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_another_time_is_rejected(#[case] offset: i64, #[case] kind: &str) {
    let issued = unix_now().saturating_add_signed(offset);
    let change = |request: Request, _: &Forger| {
        request
            .with("/iat", issued.into())
            .with("/exp", (issued + 2).into())
    };
    assert_request_rejected(change, kind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_minute_off_works_with_a_warning() {
    let (bed, forger) = forgers_bed().await;
    for offset in [-60, 60] {
        let mark = bed.portcullis.mark();
        let issued = unix_now().saturating_add_signed(offset);
        let request = forger.request("alice", "alice").with("/iat", issued.into());
        let answer = forger.ask(&request.with("/exp", (issued + 2).into())).await;
        assert!(answer.allows(), "{offset} s off: {answer:?}");
        let user = answer.user.expect("a user");
        assert!(
            user["exp"].as_u64().is_none_or(|expiry| expiry > issued),
            "reckoned from the server's clock"
        );
        if offset < 0 {
            bed.portcullis
                .wait_for(mark, "the warning", |event| {
                    event.number("skew_seconds").is_some() || event.message().contains("clock")
                })
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_answered_before_is_rejected() {
    let (bed, forger) = forgers_bed().await;
    let request = forger.request("alice", "alice");
    assert!(forger.ask(&request).await.allows());
    // Its record is written after the answer, and must not be taken for the record of the replay.
    bed.portcullis.wait_for_decision(0, "alice").await;
    assert_silence(
        &bed,
        &forger,
        forger.encode(&request),
        request.header.as_deref(),
        "replayed",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_never_sees_an_nkey_whose_signature_is_wrong() {
    let nkey = KeyPair::new_user().public_key();
    let change = |request: Request, _: &Forger| {
        let request = request.with("/nats/connect_opts/nkey", nkey.into());
        let request = request.with("/nats/connect_opts/sig", "AAAA".into());
        request.with("/nats/client_info/nonce", "abc".into())
    };
    assert_request_rejected(change, "client_signature").await;
}
