use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use nkeys::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512_256};

use super::{
    signer::{Server, user_key},
    *,
};
use portcullis_model::{Grant, ResponseRule, Rules, SubjectRules};
use portcullis_permits::bounds::{AccountPattern, Bounds, GrantLimits};

const NONCE: [u8; 24] = [3; 24];

fn permit(grant: Grant, rules: Option<Rules>) -> Permit {
    let bounds = Bounds {
        accounts: vec![AccountPattern::parse("APP").unwrap()],
        system_accounts: Vec::new(),
        lifetime_max: Duration::from_secs(3_600),
        lifetime_default: Duration::from_secs(600),
        denied_subjects: Vec::new(),
        account_defaults: true,
        limits: GrantLimits::default(),
    };
    let grant = Grant {
        account: "APP".into(),
        ..grant
    };
    bounds
        .admit(grant, rules, &Request::default(), NOW, Some("AUTH"))
        .unwrap()
}

fn some_rules() -> Rules {
    Rules {
        publish: SubjectRules {
            allow: vec!["a.>".into()],
            deny: vec!["a.b".into()],
        },
        subscribe: SubjectRules::default(),
        responses: Some(ResponseRule {
            max_messages: 5,
            expires_in_ms: 1_500,
        }),
    }
}

/// The claims of a token whose form passed all checks of nats-server.
fn decode(token: &str) -> Value {
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let bytes = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
    assert_eq!(bytes(parts[0]), br#"{"typ":"JWT","alg":"ed25519-nkey"}"#);
    let claims: Value = serde_json::from_slice(&bytes(parts[1])).unwrap();
    let issuer = KeyPair::from_public_key(claims["iss"].as_str().unwrap()).unwrap();
    issuer
        .verify(
            format!("{}.{}", parts[0], parts[1]).as_bytes(),
            &bytes(parts[2]),
        )
        .unwrap();
    claims
}

fn names(claims: &Value) -> Vec<&str> {
    claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn allowed(permit: &Permit) -> (Value, Value) {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let verified = receive(&callout, &keys, &server.plain(&server.claims(1))).unwrap();
    let answer = callout.allow(&keys, &verified, permit, NONCE).unwrap();
    let answer = decode(&String::from_utf8(answer).unwrap());
    let user = decode(answer["nats"]["jwt"].as_str().unwrap());
    (answer, user)
}

#[test]
fn an_allow_has_exactly_these_claims() {
    let grant = Grant {
        name: Some("bob".into()),
        tags: vec!["team:a".into()],
        ..Grant::default()
    };
    let (answer, user) = allowed(&permit(grant, Some(some_rules())));
    assert_eq!(names(&answer), ["aud", "iat", "iss", "jti", "nats", "sub"]);
    assert_eq!(names(&answer["nats"]), ["jwt", "type", "version"]);
    assert_eq!(answer["aud"], Server::new(1).id());
    assert_eq!(
        (&answer["sub"], &user["sub"]),
        (&json!(user_key(1)), &json!(user_key(1)))
    );
    assert_eq!(
        (&answer["iss"], &user["iss"]),
        (&json!(issuer(1).1), &json!(issuer(1).1))
    );
    assert_eq!(
        names(&user),
        ["aud", "exp", "iat", "iss", "jti", "name", "nats", "sub"]
    );
    assert_eq!(
        (&user["aud"], &user["name"]),
        (&json!("APP"), &json!("bob"))
    );
    assert_eq!(
        (&user["iat"], &user["exp"]),
        (&json!(NOW), &json!(NOW + 600))
    );
    assert_eq!(
        user["nats"],
        json!({
            "pub": {"allow": ["a.>"], "deny": ["a.b"]}, "sub": {"deny": [">"]},
            "resp": {"max": 5, "ttl": 1_500_000_000_u64},
            "subs": -1, "data": -1, "payload": -1, "tags": ["team:a"], "type": "user", "version": 2
        })
    );
}

#[test]
fn account_defaults_are_signed_without_rules() {
    let (_, user) = allowed(&permit(Grant::default(), None));
    assert_eq!(
        (&user["nats"]["pub"], &user["nats"]["sub"]),
        (&json!({}), &json!({}))
    );
    assert_eq!(user["nats"].get("resp"), None);
    assert_eq!(user.get("name"), None);
}

#[test]
fn response_rules_state_the_default_and_no_limit_as_the_server_reads_them() {
    for (rule, expected) in [
        (
            ResponseRule {
                max_messages: 0,
                expires_in_ms: 0,
            },
            json!({"max": 0, "ttl": 0}),
        ),
        (
            ResponseRule {
                max_messages: u32::MAX,
                expires_in_ms: u64::MAX,
            },
            json!({"max": -1, "ttl": -1}),
        ),
    ] {
        let rules = Rules {
            responses: Some(rule),
            ..Rules::default()
        };
        let (_, user) = allowed(&permit(Grant::default(), Some(rules)));
        assert_eq!(user["nats"]["resp"], expected);
    }
}

#[test]
fn a_denial_contains_only_an_id() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let verified = receive(&callout, &keys, &server.plain(&server.claims(1))).unwrap();
    let answer = callout.deny(&keys, &verified, NONCE).unwrap();
    let answer = decode(&String::from_utf8(answer).unwrap());
    assert_eq!(names(&answer["nats"]), ["error", "type", "version"]);
    let expected = format!("authorization denied (id {})", verified.correlation_id());
    assert_eq!(answer["nats"]["error"], expected);
    assert_eq!(verified.correlation_id().len(), 12);
}

#[test]
fn the_answer_to_a_sealed_request_is_sealed_for_that_server() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[6, 5]));
    let verified = receive(&callout, &keys, &server.sealed(5, &server.claims(1))).unwrap();
    let answer = callout.deny(&keys, &verified, NONCE).unwrap();
    assert_eq!(&answer[4..28], NONCE);
    let text = server.open(5, &answer);
    assert_eq!(decode(str::from_utf8(&text).unwrap())["aud"], server.id());
}

#[test]
fn the_issuer_that_the_server_expects_signs() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[2, 1, 3], &[]));
    for (user, byte) in [(1, 1), (2, 2), (3, 3)] {
        let mut claims = server.claims(user);
        claims["sub"] = json!(issuer(byte).1);
        let verified = receive(&callout, &keys, &server.plain(&claims)).unwrap();
        let answer = callout.deny(&keys, &verified, NONCE).unwrap();
        assert_eq!(
            decode(&String::from_utf8(answer).unwrap())["iss"],
            issuer(byte).1
        );
    }
}

#[test]
fn an_issuer_removed_during_a_decision_is_named() {
    let (server, callout) = (Server::new(1), callout());
    let verified = receive(
        &callout,
        &keyring(&[1], &[]),
        &server.plain(&server.claims(1)),
    )
    .unwrap();
    let error = callout
        .deny(&keyring(&[2], &[]), &verified, NONCE)
        .unwrap_err();
    assert_eq!(
        error,
        ReplyError::NoIssuer {
            issuer: issuer(1).1
        }
    );
}

#[test]
fn lifetimes_count_from_the_servers_clock() {
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let mut claims = server.claims(1);
    claims["iat"] = json!(NOW - 60);
    claims["exp"] = json!(NOW - 58);
    let verified = receive(&callout, &keys, &server.plain(&claims)).unwrap();
    let answer = callout
        .allow(&keys, &verified, &permit(Grant::default(), None), NONCE)
        .unwrap();
    let answer = decode(&String::from_utf8(answer).unwrap());
    assert_eq!(answer["iat"], NOW - 60);
}

#[test]
fn the_id_of_a_token_is_the_hash_that_nats_jwt_computes() {
    let (_, user) = allowed(&permit(Grant::default(), None));
    let hashed = format!(
        r#"{{"aud":"APP","exp":{},"iat":{NOW},"iss":"{}","sub":"{}"}}"#,
        NOW + 600,
        issuer(1).1,
        user_key(1),
    );
    assert_eq!(
        user["jti"],
        BASE32_NOPAD.encode(&Sha512_256::digest(hashed))
    );
}

#[test]
fn an_answer_too_large_for_a_server_is_not_made() {
    let subjects = (0..200_000)
        .map(|number| format!("subject.{number}"))
        .collect();
    let rules = Rules {
        publish: SubjectRules {
            allow: subjects,
            deny: Vec::new(),
        },
        ..Rules::default()
    };
    let bounds = Bounds {
        accounts: vec![AccountPattern::parse("APP").unwrap()],
        system_accounts: Vec::new(),
        lifetime_max: Duration::from_secs(60),
        lifetime_default: Duration::from_secs(60),
        denied_subjects: Vec::new(),
        account_defaults: true,
        limits: GrantLimits {
            text_bytes_max: usize::MAX,
            entries_max: usize::MAX,
            ..GrantLimits::default()
        },
    };
    let grant = Grant {
        account: "APP".into(),
        ..Grant::default()
    };
    let permit = bounds
        .admit(grant, Some(rules), &Request::default(), NOW, Some("AUTH"))
        .unwrap();
    let (server, callout, keys) = (Server::new(1), callout(), keyring(&[1], &[]));
    let verified = receive(&callout, &keys, &server.plain(&server.claims(1))).unwrap();
    let error = callout.allow(&keys, &verified, &permit, NONCE).unwrap_err();
    assert_eq!(error.kind(), "answer_too_large");
}
