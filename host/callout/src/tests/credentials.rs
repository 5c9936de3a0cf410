use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    requests::{accepted, rejected},
    signer::{Server, sign_nonce, user_key},
    *,
};
use portcullis_model::Transport;

#[test]
fn a_token_is_read_from_the_field_that_is_not_redacted() {
    let mut claims = Server::new(1).claims(1);
    claims["nats"]["client_info"]["user"] = json!("[REDACTED]");
    claims["nats"]["connect_opts"] = json!({"auth_token": "t0k3n"});
    let credentials = accepted(&claims).request.credentials;
    assert_eq!(credentials.token.unwrap().expose(), "t0k3n");
    assert_eq!(credentials.user, None);
}

#[test]
fn a_jwt_field_that_holds_something_else_is_absent() {
    for (jwt, expected) in [
        ("pw", None),
        ("eyJ0eXAi.e30.c2ln", Some("eyJ0eXAi.e30.c2ln")),
    ] {
        let mut claims = Server::new(1).claims(1);
        claims["nats"]["connect_opts"] = json!({"user": "meter", "pass": jwt, "jwt": jwt});
        let credentials = accepted(&claims).request.credentials;
        assert_eq!(credentials.jwt.as_ref().map(Secret::expose), expected);
        assert_eq!(credentials.password.unwrap().expose(), jwt);
    }
}

#[rstest]
#[case("Client", "websocket", Some(Transport::WebSocket))]
#[case("Client", "mqtt", Some(Transport::Mqtt))]
#[case("Leafnode", "", Some(Transport::Leafnode))]
#[case("Client", "pigeon", None)]
fn a_transport_is_recognized_by_kind_and_type(
    #[case] kind: &str,
    #[case] transport: &str,
    #[case] expected: Option<Transport>,
) {
    let mut claims = Server::new(1).claims(1);
    claims["nats"]["client_info"]["kind"] = json!(kind);
    claims["nats"]["client_info"]["type"] = json!(transport);
    assert_eq!(accepted(&claims).request.client.transport, expected);
}

fn with_signature(nkey: &str, signature: Option<&str>, nonce: &str) -> Value {
    let mut claims = Server::new(1).claims(1);
    claims["nats"]["client_info"]["nonce"] = json!(nonce);
    claims["nats"]["connect_opts"] = json!({"nkey": nkey, "sig": signature});
    claims
}

#[rstest]
#[case(BASE64URL_NOPAD)]
#[case(BASE64URL)]
#[case(BASE64)]
#[case(BASE64_NOPAD)]
fn an_nkey_is_accepted_if_its_signature_of_the_nonce_is_right(#[case] encoding: Encoding) {
    let signature = encoding.encode(&sign_nonce(8, "n0nce"));
    let claims = with_signature(&user_key(8), Some(&signature), "n0nce");
    assert_eq!(
        accepted(&claims).request.credentials.nkey,
        Some(user_key(8))
    );
}

#[test]
fn an_nkey_without_a_signature_is_not_a_credential() {
    let claims = with_signature(&user_key(8), None, "n0nce");
    assert_eq!(accepted(&claims).request.credentials.nkey, None);
}

#[rstest]
#[case(8, "other")]
#[case(9, "n0nce")]
#[case(8, "")]
fn a_wrong_signature_is_a_rejection(#[case] signer: u8, #[case] nonce: &str) {
    let signature = BASE64URL_NOPAD.encode(&sign_nonce(signer, "n0nce"));
    let claims = with_signature(&user_key(8), Some(&signature), nonce);
    let inbound = Server::new(1).plain(&claims);
    let text = rejected(&keyring(&[1], &[]), &inbound, "client_signature");
    assert!(text.contains(&user_key(8)), "{text}");
}

#[rstest]
#[case("verified_chains", json!([["junk"]]))]
#[case("certs", json!(["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]))]
#[case("certs", json!([""]))]
fn a_certificate_that_cannot_be_read_is_a_rejection(#[case] field: &str, #[case] chain: Value) {
    let mut claims = Server::new(1).claims(1);
    claims["nats"]["client_tls"] = json!({field: chain});
    let inbound = Server::new(1).plain(&claims);
    let text = rejected(&keyring(&[1], &[]), &inbound, "certificate");
    assert!(text.contains("certificate 1 of"), "{text}");
}

#[test]
fn unknown_fields_are_ignored_and_empty_ones_are_absent() {
    let mut claims = Server::new(1).claims(1);
    claims["nats"]["client_info"]["moon"] = json!({"phase": [1, 2]});
    claims["nats"]["connect_opts"] = json!({"user": "", "pass": "", "auth_token": "", "jwt": null});
    let credentials = accepted(&claims).request.credentials;
    assert!(credentials.user.is_none() && credentials.secrets().next().is_none());
}
