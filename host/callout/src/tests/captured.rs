//! Requests that real servers sent for real clients. They are in `fixtures`, captured on loopback with keys of their own.

use std::{collections::BTreeSet, fs, path::Path};

use data_encoding::BASE64;
use serde_json::Value;

use super::*;
use portcullis_model::Certificate;

const VERSIONS: [&str; 5] = ["2.10.25", "2.11.11", "2.12.8", "2.14.6", "2.15.1"];
const CASES: [&str; 9] = [
    "leafnode",
    "mqtt",
    "nkey",
    "plain-nothing",
    "plain-user-password",
    "tls-certificate",
    "token",
    "user-password",
    "websocket",
];

#[test]
fn every_captured_request_is_verified_and_contains_what_its_client_sent() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fixtures");
    for version in VERSIONS {
        let found: BTreeSet<_> = fs::read_dir(folder.join(version))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(found, CASES.map(|case| format!("{case}.json")).into());
        for case in CASES {
            check(&folder, version, case);
        }
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn check(folder: &Path, version: &str, case: &str) {
    let seeds = read(&folder.join("keys.json"));
    let seed = |name: &str| Secret::from(seeds[name].as_str().unwrap());
    let fixture = read(&folder.join(version).join(format!("{case}.json")));
    let sealed = fixture["sealed"].as_bool().unwrap();
    let payload = fixture["payload"].as_str().unwrap();
    let payload = if sealed {
        BASE64.decode(payload.as_bytes()).unwrap()
    } else {
        payload.into()
    };
    let inbound = Inbound {
        payload: payload.into(),
        server_xkey: fixture["header_xkey"].as_str().map(str::to_owned),
    };
    let xkeys = if sealed {
        vec![seed("xkey_seed")]
    } else {
        Vec::new()
    };
    let keys = Keyring::parse(&[seed("issuer_seed")], &xkeys).unwrap();
    let callout = callout();
    let unsealed = callout.unseal(&keys, &inbound).unwrap();
    assert!(
        unsealed.timeout() >= Duration::from_secs(2),
        "{version} {case}"
    );
    let issued_at = unsealed.claims.issued_at.unwrap();
    let verified = callout.verify(&keys, unsealed, issued_at).unwrap();
    assert_eq!(verified.request.server.version, version);
    assert_eq!(verified.request.server.tags, ["zone:a", "rack:7"]);
    assert_eq!(verified.request.client.host, "127.0.0.1");
    compare(
        &verified.request,
        &fixture["expect"],
        &format!("{version} {case}"),
    );
    assert!(callout.deny(&keys, &verified, [0; 24]).is_ok());
}

fn compare(request: &Request, expected: &Value, case: &str) {
    let text = |name: &str| expected[name].as_str().map(str::to_owned);
    let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let (client, credentials) = (&request.client, &request.credentials);
    let transport = client.transport.map(|transport| transport.to_string());
    assert_eq!(transport, text("transport"), "{case}");
    if transport.as_deref() != Some("leafnode") {
        assert_eq!(client.name, text("name"), "{case}");
        assert_eq!(client.version, text("version"), "{case}");
    }
    assert_eq!(client.lang, text("lang"), "{case}");
    assert_eq!(client.mqtt_client_id, text("mqtt_client_id"), "{case}");
    assert_eq!(credentials.user, text("user"), "{case}");
    assert_eq!(secret(&credentials.password), text("password"), "{case}");
    assert_eq!(secret(&credentials.token), text("token"), "{case}");
    assert_eq!(secret(&credentials.jwt), None, "{case}");
    assert_eq!(credentials.nkey, text("nkey"), "{case}");
    let tls = request.tls.as_ref();
    assert_eq!(
        tls.is_some(),
        expected.get("certificate").is_some(),
        "{case}"
    );
    if let Some(tls) = tls {
        assert_eq!((tls.verified.len(), tls.presented.len()), (2, 1), "{case}");
        assert_eq!(tls.version, "1.3");
        check_certificate(&tls.verified[0]);
        check_chain_in_a_file(&tls.verified);
        assert_eq!(
            tls.verified[1].subject,
            "CN=Fixture CA,O=Fixtures\\, Ltd,C=CH"
        );
        assert_eq!(tls.presented[0].fingerprint, tls.verified[0].fingerprint);
    }
}

/// A file with the same chain has the same certificates, also with the text that openssl writes between them.
fn check_chain_in_a_file(chain: &[Certificate]) {
    let file = chain.iter().fold(String::new(), |file, it| {
        format!("{file}subject=for people\n{}", it.pem)
    });
    let read = read_chain(&file).unwrap();
    let facts = |chain: &[Certificate]| -> Vec<_> {
        let facts = chain
            .iter()
            .map(|it| (it.fingerprint.clone(), it.pem.clone()));
        facts.collect()
    };
    assert_eq!(facts(&read), facts(chain));
    let spoilt = file.replace(
        "-----END CERTIFICATE-----\nsubject",
        "-----END CERTIFICATE-----\n-----BEGIN X-----\nsubject",
    );
    assert!(
        read_chain(&spoilt)
            .unwrap_err()
            .to_string()
            .contains("certificate 2")
    );
    assert_eq!(read_chain("\n").unwrap_err(), ChainError::Empty);
}

fn check_certificate(leaf: &Certificate) {
    assert_eq!(
        leaf.subject,
        r#"CN=sensor-7,OU=Sensors \+ \"Gates\",O=Fixtures\, Ltd,C=CH"#
    );
    assert_eq!(leaf.issuer, "CN=Fixture CA,O=Fixtures\\, Ltd,C=CH");
    assert_eq!(leaf.serial, "c0ffee01");
    assert_eq!(leaf.dns_names, ["sensor-7.example"]);
    assert_eq!(leaf.ip_addresses, ["10.1.2.3", "2001:db8::7"]);
    assert_eq!(leaf.emails, ["sensor-7@example.org"]);
    assert_eq!(leaf.uris, ["spiffe://example.org/sensor/7"]);
    assert_eq!(
        (leaf.not_before, leaf.not_after),
        (1_793_491_200, 4_947_091_200)
    );
    assert_eq!(
        (leaf.fingerprint.len(), leaf.key_fingerprint.len()),
        (64, 64)
    );
    assert!(leaf.pem.starts_with("-----BEGIN CERTIFICATE-----"));
}
