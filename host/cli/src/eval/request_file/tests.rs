use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use portcullis_callout::is_user_key;
use portcullis_model::Transport;

const NOW: Timestamp = 1_790_000_000;

/// Made by openssl for `CN=billing,O=Example`, with a name and a URI beside it.
const PEM: &str = include_str!("billing.pem");

fn refused(request: &Value) -> String {
    read(&request.to_string(), NOW).unwrap_err()
}

#[test]
fn every_field_of_the_contract_is_read() {
    let key = made_up::user_nkey();
    let request = json!({
        "received-at": 7,
        "server": {
            "id": "N1", "name": "n1", "host": "0.0.0.0", "version": "2.12.0", "cluster": "east", "tags": ["a", "b"],
        },
        "client": {
            "id": 9, "host": "10.0.0.7", "transport": "mqtt", "name": "lamp", "lang": "go", "version": "1.0",
            "mqtt-client-id": "lamp-1",
        },
        "credentials": { "user": "u", "password": "p", "token": "t", "jwt": "eyJ", "nkey": key },
        "tls": { "version": "1.2", "cipher": "X", "verified": [PEM], "presented": [{ "pem": PEM }] },
        "sentinel": { "user": "U", "account": "A", "name": "s", "tags": ["t"] },
        "user-nkey": key,
        "attributes": [["name", "value"]],
    });
    let read = read(&request.to_string(), NOW).unwrap();
    assert_eq!(read.received_at, 7);
    let server = read.server;
    assert_eq!(
        (
            server.id.as_str(),
            server.name.as_str(),
            server.version.as_str()
        ),
        ("N1", "n1", "2.12.0")
    );
    assert_eq!(
        (server.cluster.as_deref(), server.tags.len()),
        (Some("east"), 2)
    );
    let client = read.client;
    assert_eq!(
        (client.id, client.host.as_str(), client.transport),
        (9, "10.0.0.7", Some(Transport::Mqtt))
    );
    assert_eq!(client.mqtt_client_id.as_deref(), Some("lamp-1"));
    assert_eq!(
        (client.name.as_deref(), client.lang.as_deref()),
        (Some("lamp"), Some("go"))
    );
    let credentials = read.credentials;
    assert_eq!(credentials.user.as_deref(), Some("u"));
    assert_eq!(credentials.password.as_ref().map(Secret::expose), Some("p"));
    assert_eq!(credentials.secrets().count(), 3);
    assert_eq!(credentials.nkey.as_ref(), Some(&key));
    let tls = read.tls.unwrap();
    assert_eq!((tls.version.as_str(), tls.cipher.as_str()), ("1.2", "X"));
    assert_eq!(tls.verified[0].subject, "CN=billing,O=Example");
    assert_eq!(tls.presented[0].uris, ["spiffe://example.org/billing"]);
    let sentinel = read.sentinel.unwrap();
    assert_eq!(
        (sentinel.account.as_str(), sentinel.name.as_deref()),
        ("A", Some("s"))
    );
    assert_eq!(read.user_nkey, key);
    assert_eq!(read.attributes, [("name".to_owned(), "value".to_owned())]);
}

#[test]
fn credentials_suffice_and_the_rest_is_made_up() {
    let read = read(
        r#"{"credentials": {"user": "u", "password": null, "token": ""}, "tls": null}"#,
        NOW,
    )
    .unwrap();
    assert_eq!(read.received_at, NOW);
    assert_eq!(read.client.host, "127.0.0.1");
    assert_eq!(read.client.transport, Some(Transport::Nats));
    assert!(is_user_key(&read.user_nkey), "{}", read.user_nkey);
    assert!(read.tls.is_none() && read.sentinel.is_none());
    assert_eq!(read.credentials.secrets().count(), 0);
}

#[test]
fn a_verified_chain_was_presented_with_its_leaf() {
    let request =
        json!({ "credentials": {}, "tls": { "verified": [PEM, { "subject": "CN=ca" }] } });
    let tls = read(&request.to_string(), NOW).unwrap().tls.unwrap();
    assert_eq!((tls.verified.len(), tls.presented.len()), (2, 1));
    assert_eq!(tls.presented[0].fingerprint, tls.verified[0].fingerprint);
    assert_eq!(tls.version, "1.3");
}

#[test]
fn a_certificate_may_say_again_what_its_pem_says_and_nothing_else() {
    let certificate = |field: &str, value: Value| json!({ "credentials": {}, "tls": { "verified": [{ "pem": PEM, field: value }] } });
    let same = certificate("dns-names", json!(["billing.example.org"]));
    assert!(read(&same.to_string(), NOW).is_ok());
    let other = refused(&certificate("subject", json!("CN=admin")));
    assert!(
        other.starts_with("tls.verified[0].subject: ")
            && other.contains("\"CN=billing,O=Example\""),
        "{other}"
    );
}

#[rstest]
#[case(json!([]), "the request: expected an object, found a list")]
#[case(json!({}), "credentials: it is missing")]
#[case(json!({ "credentials": "u" }), "credentials: expected an object, found a string")]
#[case(json!({ "credentials": {}, "atributes": [] }), "atributes: there is no such field; did you mean \"attributes\"?")]
#[case(json!({ "credentials": { "usr": "u" } }), "credentials.usr: there is no such field; did you mean \"user\"?")]
#[case(json!({ "credentials": { "zzz": "u" } }), "the fields here are user, password, token, jwt, nkey")]
#[case(json!({ "credentials": { "nkey": "UABC" } }), "credentials.nkey: not the public nkey of a user")]
#[case(json!({ "credentials": {}, "user-nkey": "UABC" }), "user-nkey: not the public nkey of a user")]
#[case(json!({ "credentials": {}, "received-at": "noon" }), "received-at: not a time")]
#[case(json!({ "credentials": {}, "received-at": true }), "received-at: expected a time, as a whole number of seconds since 1970 or as \"2026-03-01T08:00:00Z\", found true or false")]
#[case(json!({ "credentials": {}, "server": { "tags": ["a", 1] } }), "server.tags[1]: expected a string, found a number")]
#[case(json!({ "credentials": {}, "client": { "id": -1 } }), "client.id: expected a whole number that is not negative, found another number")]
#[case(json!({ "credentials": {}, "client": { "host": "here" } }), "client.host: \"here\" is not an IP address")]
#[case(json!({ "credentials": {}, "client": { "transport": "tcp" } }), "client.transport: \"tcp\" is not a transport")]
#[case(json!({ "credentials": {}, "sentinel": { "user": "U" } }), "sentinel.account: it is missing")]
#[case(json!({ "credentials": ["u", "p"] }), "credentials: expected an object, found a list")]
#[case(json!({ "credentials": {}, "tls": { "verified": [7] } }), "tls.verified[0]: expected a certificate, as a string with its PEM or as an object, found a number")]
#[case(json!({ "credentials": {}, "tls": { "verified": [{ "sujbect": "CN=a" }] } }), "tls.verified[0].sujbect: there is no such field; did you mean \"subject\"?")]
#[case(json!({ "credentials": {}, "attributes": [["a"]] }), "attributes[0]: expected [\"name\", \"value\"]")]
#[case(json!({ "credentials": {}, "tls": { "verified": "x" } }), "tls.verified: expected a list, found a string")]
#[case(json!({ "credentials": {}, "tls": { "verified": ["x"] } }), "tls.verified[0]: certificate 1 cannot be read")]
#[case(json!({ "credentials": {}, "tls": { "presented": [{ "pem": "x" }] } }), "tls.presented[0].pem: certificate 1")]
#[case(json!({ "credentials": {}, "tls": { "verified": [{ "serial": "1" }] } }), "tls.verified[0].subject: it is missing")]
fn a_fault_names_the_field_and_what_would_be_right(#[case] request: Value, #[case] words: &str) {
    let fault = refused(&request);
    assert!(fault.contains(words), "{fault}");
}

#[test]
fn two_certificates_are_two_entries() {
    let both = format!("{PEM}{PEM}");
    let fault = refused(&json!({ "credentials": {}, "tls": { "verified": [both] } }));
    assert_eq!(
        fault,
        "tls.verified[0]: it holds several certificates; write an entry for each"
    );
}

#[rstest]
#[case("{", "not valid JSON: ")]
#[case("", "not valid JSON: ")]
#[case(
    r#"{"credentials": {"user": "a", "user": "b"}}"#,
    "the field \"user\" is there twice"
)]
fn a_text_that_is_not_json_is_refused(#[case] text: &str, #[case] words: &str) {
    let fault = read(text, NOW).unwrap_err();
    assert!(fault.contains(words), "{fault}");
}

#[test]
fn a_password_is_not_repeated() {
    let fault = refused(&json!({ "credentials": { "user": "u", "password": ["hunter2"] } }));
    assert_eq!(
        fault,
        "credentials.password: expected a string, found a list"
    );
    for request in [
        r#"{"credentials": {"password": hunter2}}"#,
        r#"{"credentials": "hunter2"}"#,
        r#"{"credentials": ["hunter2"]}"#,
        r#"{"credentials": {}, "client": {"id": "hunter2"}}"#,
        r#"{"credentials": {}, "received-at": "hunter2"}"#,
        r#""hunter2""#,
        r#"{"credentials": {}} "hunter2""#,
    ] {
        let fault = read(request, NOW).unwrap_err();
        assert!(!fault.contains("hunter2"), "{fault}");
    }
}
