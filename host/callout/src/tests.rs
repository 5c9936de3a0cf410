mod answers;
mod captured;
mod credentials;
mod requests;
mod signer;

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use portcullis_model::{Request, Secret};
use portcullis_permits::bounds::Permit;
use portcullis_test_server::NOW;

use super::*;

/// These keys sign permits and nothing else, as the service's keys do.
type Keyring = super::Keyring<Permit>;

fn callout() -> Callout {
    Callout::new(CalloutLimits {
        replay_entries: 1_000,
        ..CalloutLimits::default()
    })
}

fn issuer(byte: u8) -> (Secret, String) {
    generate(NewKey::Issuer, [byte; 32]).unwrap()
}

fn xkey(byte: u8) -> (Secret, String) {
    generate(NewKey::Xkey, [byte; 32]).unwrap()
}

fn keyring(issuers: &[u8], xkeys: &[u8]) -> Keyring {
    let issuers: Vec<_> = issuers.iter().map(|byte| issuer(*byte).0).collect();
    let xkeys: Vec<_> = xkeys.iter().map(|byte| xkey(*byte).0).collect();
    Keyring::parse(&issuers, &xkeys).unwrap()
}

/// Unseals and verifies a message, as a service does.
fn receive(callout: &Callout, keys: &Keyring, inbound: &Inbound) -> Result<Verified, Rejection> {
    callout
        .unseal(keys, inbound)
        .and_then(|unsealed| callout.verify(keys, unsealed, NOW))
}

#[test]
fn the_kinds_of_rejections_are_in_snake_case_and_differ_by_cause() {
    let kinds: BTreeSet<_> = [
        Rejection::Empty,
        Rejection::NotSealed,
        Rejection::Sealed,
        Rejection::NoServerXkey,
        Rejection::NoEnvelope,
        Rejection::Signature,
        Rejection::Missing("iat"),
    ]
    .iter()
    .map(Rejection::kind)
    .collect();
    assert_eq!(kinds.len(), 7);
    assert!(
        kinds
            .iter()
            .flat_map(|kind| kind.chars())
            .all(|c| c == '_' || c.is_ascii_lowercase())
    );
}
