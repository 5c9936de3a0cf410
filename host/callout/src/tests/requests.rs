use rstest::rstest;
use serde_json::{Value, json};

use super::{
    signer::{Server, plain, user_key},
    *,
};
use portcullis_model::Transport;

/// The text of the rejection of a message, which must have this kind.
#[track_caller]
pub(super) fn rejected(keys: &Keyring, inbound: &Inbound, kind: &str) -> String {
    let rejection = receive(&callout(), keys, inbound).unwrap_err();
    assert_eq!(rejection.kind(), kind, "{rejection}");
    rejection.to_string()
}

/// The text of the rejection of a plain request in which one value was replaced.
#[track_caller]
fn rejected_with(pointer: &str, value: Value, kind: &str) -> String {
    let server = Server::new(1);
    let mut claims = server.claims(1);
    *claims.pointer_mut(pointer).unwrap() = value;
    rejected(&keyring(&[1], &[]), &server.plain(&claims), kind)
}

pub(super) fn accepted(claims: &Value) -> Verified {
    receive(
        &callout(),
        &keyring(&[1], &[]),
        &Server::new(1).plain(claims),
    )
    .unwrap()
}

#[test]
fn a_plain_request_contains_what_the_server_sent() {
    let verified = accepted(&Server::new(1).claims(1));
    assert_eq!(
        (verified.issued_at(), verified.clock_skew_seconds()),
        (NOW, 0)
    );
    let request = &verified.request;
    assert_eq!(verified.correlation_id(), &request.user_nkey[1..13]);
    assert_eq!(
        (request.received_at, request.user_nkey.clone()),
        (NOW, user_key(1))
    );
    assert_eq!(
        (request.client.id, request.client.host.as_str()),
        (7, "10.0.0.9")
    );
    assert_eq!(request.client.transport, Some(Transport::Nats));
    assert_eq!(request.credentials.user.as_deref(), Some("alice"));
    assert_eq!(
        request.credentials.password.as_ref().unwrap().expose(),
        "wonder"
    );
    assert!(request.credentials.token.is_none() && request.credentials.nkey.is_none());
    assert!(request.tls.is_none() && request.sentinel.is_none() && request.client.name.is_none());
}

#[test]
fn a_sealed_request_is_opened() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[5]));
    let unsealed = callout
        .unseal(&keys, &server.sealed(5, &server.claims(1)))
        .unwrap();
    assert_eq!(unsealed.timeout(), Duration::from_secs(2));
    assert!(callout.verify(&keys, unsealed, NOW).is_ok());
}

#[test]
fn old_and_new_keys_are_valid_during_a_rotation() {
    let (server, keys) = (Server::new(1), keyring(&[2, 1], &[6, 5]));
    let callout = callout();
    for (user, ours) in [(1, 5), (2, 6), (3, 5)] {
        assert!(receive(&callout, &keys, &server.sealed(ours, &server.claims(user))).is_ok());
    }
}

#[test]
fn a_shared_secret_is_kept_only_after_a_request_was_verified() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[5]));
    let mut forged = server.claims(1);
    forged["iss"] = json!(Server::new(2).id());
    assert!(receive(&callout, &keys, &server.sealed(5, &forged)).is_err());
    assert_eq!(callout.shared_secrets.count(), 0);
    for user in 1..5 {
        assert!(receive(&callout, &keys, &server.sealed(5, &server.claims(user))).is_ok());
        assert_eq!(callout.shared_secrets.count(), 1);
    }
}

#[test]
fn many_servers_do_not_fill_the_memory() {
    let callout = Callout::new(CalloutLimits {
        shared_secret_entries: 4,
        replay_entries: 9,
        ..CalloutLimits::default()
    });
    let keys = keyring(&[1], &[5]);
    for byte in 1..30 {
        let server = Server::new(byte);
        assert!(receive(&callout, &keys, &server.sealed(5, &server.claims(byte))).is_ok());
        assert!(callout.shared_secrets.count() <= 8);
    }
}

#[rstest]
#[case(b"", "empty")]
#[case(b"x", "too_short")]
#[case(b"eyJ0", "too_short")]
#[case(b"junk junk", "garbage")]
#[case(b"eyJ0junk", "garbage")]
#[case(b"eyJ0.eyJ1", "garbage")]
#[case(b"eyJ0.e30.c2ln.x", "garbage")]
#[case(b"eyJ0.!!!.c2ln", "garbage")]
#[case(b"xkv1 and what follows", "sealed")]
fn garbage_is_rejected_without_an_xkey(#[case] payload: &[u8], #[case] kind: &str) {
    rejected(&keyring(&[1], &[]), &plain(payload), kind);
}

#[rstest]
#[case(b"", "empty")]
#[case(b"xkv1", "too_short")]
#[case(b"xkv1 too short", "too_short")]
#[case(b"junk junk", "garbage")]
#[case(b"eyJ0junk", "not_sealed")]
fn garbage_is_rejected_with_an_xkey(#[case] payload: &[u8], #[case] kind: &str) {
    rejected(&keyring(&[1], &[5]), &plain(payload), kind);
}

#[test]
fn an_oversized_request_is_rejected() {
    let text = rejected(
        &keyring(&[1], &[]),
        &plain(vec![b'e'; 1_048_577]),
        "too_large",
    );
    assert!(
        text.contains("1048577 bytes, but at most 1048576"),
        "{text}"
    );
}

#[test]
fn a_request_sealed_for_another_key_is_rejected() {
    let server = Server::new(1);
    let inbound = server.sealed(6, &server.claims(1));
    let text = rejected(&keyring(&[1], &[5]), &inbound, "wrong_xkey");
    assert!(
        text.contains(&xkey(5).1) && text.contains(server.xkey()),
        "{text}"
    );
}

#[test]
fn both_sides_seal_or_neither() {
    let server = Server::new(1);
    rejected(
        &keyring(&[1], &[5]),
        &server.plain(&server.claims(1)),
        "not_sealed",
    );
    rejected(
        &keyring(&[1], &[]),
        &server.sealed(5, &server.claims(1)),
        "sealed",
    );
}

#[test]
fn a_damaged_box_is_rejected() {
    let server = Server::new(1);
    let mut inbound = server.sealed(5, &server.claims(1));
    let mut payload = inbound.payload.to_vec();
    *payload.last_mut().unwrap() ^= 1;
    inbound.payload = payload.into();
    rejected(&keyring(&[1], &[5]), &inbound, "wrong_xkey");
}

#[test]
fn a_sealed_request_needs_the_xkey_header() {
    let server = Server::new(1);
    let inbound = server.sealed(5, &server.claims(1));
    for given in [None, Some(""), Some("XAB"), Some(server.id().as_str())] {
        let inbound = Inbound {
            server_xkey: given.map(str::to_owned),
            ..inbound.clone()
        };
        rejected(&keyring(&[1], &[5]), &inbound, "server_xkey");
    }
}

#[test]
fn the_xkey_header_must_match_the_signed_claims() {
    let (server, other) = (Server::new(1), Server::new(2));
    let mut claims = server.claims(1);
    claims["nats"]["server_id"]["xkey"] = json!(server.xkey());
    let inbound = other.seal(5, server.sign(&claims).as_bytes());
    let text = rejected(&keyring(&[1], &[5]), &inbound, "xkey_mismatch");
    assert!(
        text.contains(server.xkey()) && text.contains(other.xkey()),
        "{text}"
    );
    let unnamed = server.seal(5, server.sign(&server.claims(1)).as_bytes());
    rejected(&keyring(&[1], &[5]), &unnamed, "xkey_mismatch");
}

#[test]
fn a_request_signed_with_another_key_is_rejected() {
    let (server, forger) = (Server::new(1), Server::new(2));
    rejected(
        &keyring(&[1], &[]),
        &forger.plain(&server.claims(1)),
        "signature",
    );
}

#[test]
fn claims_changed_after_signing_are_rejected() {
    let server = Server::new(1);
    let (mine, other) = (
        server.sign(&server.claims(1)),
        server.sign(&server.claims(2)),
    );
    let (mine, other): (Vec<_>, Vec<_>) = (mine.split('.').collect(), other.split('.').collect());
    let mixed = [mine[0], other[1], mine[2]].join(".");
    rejected(&keyring(&[1], &[]), &plain(mixed), "signature");
}

#[test]
fn a_wrong_audience_is_rejected() {
    let text = rejected_with("/aud", json!("somebody"), "audience");
    assert!(text.contains("\"somebody\""), "{text}");
}

#[test]
fn the_issuer_must_be_the_server_in_the_claims() {
    let other = Server::new(2).id();
    let text = rejected_with("/nats/server_id/id", json!(other), "issuer_mismatch");
    assert!(
        text.contains(&other) && text.contains(&Server::new(1).id()),
        "{text}"
    );
    rejected_with("/iss", json!(user_key(1)), "issuer_mismatch");
    rejected_with("/iss", json!(""), "issuer_mismatch");
}

#[test]
fn another_type_or_a_newer_version_is_rejected() {
    rejected_with("/nats/type", json!("user"), "type");
    rejected_with("/nats/version", json!(3), "type");
}

#[test]
fn an_invalid_user_nkey_is_rejected() {
    rejected_with("/nats/user_nkey", json!(issuer(1).1), "user_nkey");
    rejected_with("/nats/user_nkey", json!(""), "user_nkey");
    rejected_with("/nats/user_nkey", json!("U"), "user_nkey");
}

#[test]
fn a_request_for_another_issuer_is_rejected() {
    let text = rejected_with("/sub", json!(issuer(2).1), "unknown_issuer");
    assert!(
        text.contains(&issuer(1).1) && text.contains(&issuer(2).1),
        "{text}"
    );
}

#[rstest]
#[case(NOW - 122, None)]
#[case(NOW - 123, Some("expired"))]
#[case(NOW - 60, None)]
#[case(NOW + 60, None)]
#[case(NOW + 120, None)]
#[case(NOW + 121, Some("issued_in_future"))]
#[case(0, Some("expired"))]
#[case(u64::MAX, Some("issued_in_future"))]
fn clocks_may_differ_by_the_tolerance(#[case] issued_at: u64, #[case] kind: Option<&str>) {
    let server = Server::new(1);
    let mut claims = server.claims(1);
    claims["iat"] = json!(issued_at);
    claims["exp"] = json!(issued_at.saturating_add(2));
    match receive(&callout(), &keyring(&[1], &[]), &server.plain(&claims)) {
        Ok(verified) => {
            assert_eq!(kind, None);
            assert_eq!(verified.clock_skew_seconds(), NOW as i64 - issued_at as i64);
        }
        Err(rejection) => assert_eq!(kind, Some(rejection.kind()), "{rejection}"),
    }
}

#[test]
fn a_distant_expiry_does_not_keep_a_request_fresh() {
    let mut claims = Server::new(1).claims(1);
    claims["iat"] = json!(NOW - 3_600);
    claims["exp"] = json!(NOW + 3_600);
    rejected(
        &keyring(&[1], &[]),
        &Server::new(1).plain(&claims),
        "expired",
    );
}

#[rstest]
#[case(NOW + 3, 3)]
#[case(NOW, 1)]
#[case(NOW - 1, 1)]
#[case(u64::MAX, 60)]
fn the_timeout_is_cut_to_its_limit(#[case] expires_at: u64, #[case] seconds: u64) {
    let server = Server::new(1);
    let mut claims = server.claims(1);
    claims["exp"] = json!(expires_at);
    let unsealed = callout()
        .unseal(&keyring(&[1], &[]), &server.plain(&claims))
        .unwrap();
    assert_eq!(unsealed.timeout(), Duration::from_secs(seconds));
}

#[test]
fn claims_without_times_are_rejected() {
    for name in ["iat", "exp"] {
        let server = Server::new(1);
        let mut claims = server.claims(1);
        claims.as_object_mut().unwrap().remove(name);
        let text = rejected(&keyring(&[1], &[]), &server.plain(&claims), "claims");
        assert!(text.contains(name), "{text}");
    }
}

#[test]
fn a_user_is_answered_once() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let inbound = server.plain(&server.claims(1));
    assert!(receive(&callout, &keys, &inbound).is_ok());
    let rejection = receive(&callout, &keys, &inbound).unwrap_err();
    assert_eq!(rejection.kind(), "replayed");
    assert!(rejection.to_string().contains(&user_key(1)));
    assert!(receive(&callout, &keys, &server.plain(&server.claims(2))).is_ok());
}

#[test]
fn a_rejected_request_does_not_use_up_its_user() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    assert!(receive(&callout, &keys, &Server::new(2).plain(&server.claims(1))).is_err());
    assert!(receive(&callout, &keys, &server.plain(&server.claims(1))).is_ok());
}

#[test]
fn of_several_threads_with_the_same_request_one_gets_it() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let inbound = server.plain(&server.claims(1));
    let admitted = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| receive(&callout, &keys, &inbound).is_ok()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .filter(|ok| *ok)
            .count()
    });
    assert_eq!(admitted, 1);
}

#[rstest]
#[case("jwt", "ED25519-NKEY", true)]
#[case("JWT", "none", false)]
#[case("JWT", "HS256", false)]
#[case("JWE", "ed25519-nkey", false)]
fn only_tokens_signed_with_nkeys_are_read(
    #[case] typ: &str,
    #[case] alg: &str,
    #[case] expected: bool,
) {
    let server = Server::new(1);
    let token = server.sign_as(&json!({"typ": typ, "alg": alg}), &server.claims(1));
    match receive(&callout(), &keyring(&[1], &[]), &plain(token)) {
        Ok(_) => assert!(expected),
        Err(rejection) => assert_eq!((expected, rejection.kind()), (false, "algorithm")),
    }
}

#[test]
fn a_rejection_does_not_show_the_value_of_a_field_with_the_wrong_type() {
    let text = rejected_with("/nats/client_info/id", json!("hunter2"), "claims");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn long_values_from_the_peer_are_cut() {
    let text = rejected_with("/aud", json!("x\n".repeat(5_000)), "audience");
    assert!(text.len() < 300 && !text.contains('\n'), "{text}");
}
