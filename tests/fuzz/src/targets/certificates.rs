//! The certificates of a client. Bytes that begin with `-` are a PEM file; others are the DER of one certificate.
#![no_main]

use data_encoding::HEXLOWER;
use libfuzzer_sys::fuzz_target;
use portcullis_callout::{ChainError, read_chain};
use portcullis_fuzz::certificate::{der, pem};
use portcullis_model::Certificate;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    if !bytes.starts_with(b"-") {
        one_certificate(bytes);
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        a_file(text);
    }
});

fn one_certificate(bytes: &[u8]) {
    let Ok(chain) = read_chain(&pem(bytes)) else {
        return;
    };
    let [certificate] = chain.as_slice() else {
        panic!("{} certificates of one", chain.len());
    };
    let fingerprint = HEXLOWER.encode(&Sha256::digest(bytes));
    assert_eq!(certificate.fingerprint, fingerprint);
    check(certificate);
}

/// The certificates of a file, each in a file of its own, are the same.
fn a_file(text: &str) {
    let chain = match read_chain(text) {
        Ok(chain) => chain,
        Err(ChainError::Empty) => return,
        Err(ChainError::Malformed { position, .. }) => {
            let blocks = text.matches("-----END CERTIFICATE-----").count();
            assert!(
                (1..=blocks + 1).contains(&position),
                "{position} of {blocks}"
            );
            return;
        }
    };
    assert!(!chain.is_empty());
    for certificate in &chain {
        check(certificate);
    }
    let whole: String = chain.iter().map(|one| one.pem.as_str()).collect();
    let again = read_chain(&whole).expect("what was read is read again");
    assert_eq!(format!("{again:?}"), format!("{chain:?}"));
}

/// A policy compares these texts, so each value has one form.
fn check(certificate: &Certificate) {
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let Certificate {
        fingerprint,
        key_fingerprint,
        serial,
        ..
    } = certificate;
    for text in [fingerprint, key_fingerprint] {
        assert!(text.len() == 64 && is_hex(text), "{text}");
    }
    assert!(is_hex(serial) && serial.len().is_multiple_of(2), "{serial}");
    for name in [&certificate.subject, &certificate.issuer] {
        assert!(!name.contains(char::is_control), "{name:?}");
    }
    for address in &certificate.ip_addresses {
        let parsed: std::net::IpAddr = address.parse().expect("an address");
        assert_eq!(&parsed.to_string(), address);
    }
    if let Some(bytes) = der(&certificate.pem) {
        assert_eq!(&HEXLOWER.encode(&Sha256::digest(&bytes)), fingerprint);
    }
}
