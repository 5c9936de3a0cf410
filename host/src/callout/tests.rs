mod answers;
mod captured;
mod credentials;
mod requests;
pub(crate) mod signer;

use std::collections::BTreeSet;

use super::*;
use crate::model::Secret;

pub(crate) const NOW: Timestamp = 1_790_000_000;

fn callout() -> Callout {
    Callout::new(Settings {
        replay_entries: 1_000,
        ..Settings::default()
    })
}

fn issuer(byte: u8) -> (Secret, String) {
    generate(NewKey::Issuer, [byte; 32]).unwrap()
}

fn xkey(byte: u8) -> (Secret, String) {
    generate(NewKey::Xkey, [byte; 32]).unwrap()
}

pub(crate) fn keyring(issuers: &[u8], xkeys: &[u8]) -> Keyring {
    let issuers: Vec<_> = issuers.iter().map(|byte| issuer(*byte).0).collect();
    let xkeys: Vec<_> = xkeys.iter().map(|byte| xkey(*byte).0).collect();
    Keyring::parse(&issuers, &xkeys).unwrap()
}

/// What a service does with a message.
fn receive(callout: &Callout, keys: &Keyring, inbound: &Inbound) -> Result<Verified, Rejection> {
    callout
        .unseal(keys, inbound)
        .and_then(|unsealed| callout.verify(keys, unsealed, NOW))
}

#[test]
fn the_words_that_rejections_are_counted_by_are_in_snake_case_and_differ_by_cause() {
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
