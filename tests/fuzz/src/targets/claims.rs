//! A token that a server signed: the header of the JWT, a line end, the claims, both in JSON. It arrives plain and sealed.
#![no_main]

use std::hash::{DefaultHasher, Hasher};

use libfuzzer_sys::fuzz_target;
use portcullis_callout::{Callout, CalloutLimits, Claimant, Inbound, Keyring, Rejection, Verified};
use portcullis_fuzz::allowance::Allowance;
use portcullis_fuzz::server::{HEADER, NOW, PARTIES};
use portcullis_model::{Credentials, Secret};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (header, claims) = text.split_once('\n').unwrap_or((HEADER, text));
    let token = PARTIES.token(header, claims);
    let (plain, sealed) = (PARTIES.plain(&token), PARTIES.sealed(&token));
    let from_plain = receive(&PARTIES.plain, &plain);
    let from_sealed = receive(&PARTIES.sealed, &sealed);
    let (of_plain, of_sealed) = (summary(&from_plain), summary(&from_sealed));
    // What does not begin as a JSON object does is not taken for a plain token, whatever it is.
    if token.starts_with("eyJ") {
        assert_eq!(of_plain, of_sealed, "the seal changed the request");
    }
    let Ok(verified) = from_sealed else { return };
    assert!(
        header.to_ascii_lowercase().contains("ed25519-nkey"),
        "{header}"
    );
    no_text_is_empty(&verified.request.credentials);
    a_foreign_signature_is_rejected(&token);
    it_is_answered(&PARTIES.sealed, &verified, text);
});

fn callout() -> Callout {
    Callout::new(CalloutLimits {
        replay_entries: 4,
        shared_secret_entries: 4,
        ..CalloutLimits::default()
    })
}

/// Unseals and verifies twice: the second time, it is a replay.
fn receive(keys: &Keyring<Allowance>, inbound: &Inbound) -> Result<Verified, Rejection> {
    let callout = callout();
    let unsealed = callout.unseal(keys, inbound)?;
    let again = callout.unseal(keys, inbound)?;
    assert_eq!(hash(unsealed.claimant()), hash(again.claimant()));
    let verified = callout.verify(keys, unsealed, NOW)?;
    let replayed = callout.verify(keys, again, NOW);
    assert_eq!(
        replayed.map(drop).map_err(|error| error.kind()),
        Err("replayed")
    );
    Ok(verified)
}

fn hash(claimant: Claimant<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    claimant.hash_credentials(&mut hasher);
    claimant.hash_connection(&mut hasher);
    hasher.finish()
}

/// All that is known of a request, its secrets too.
fn summary(result: &Result<Verified, Rejection>) -> Result<String, String> {
    let verified = result.as_ref().map_err(Rejection::to_string)?;
    let Credentials {
        password,
        token,
        jwt,
        ..
    } = &verified.request.credentials;
    let secrets = [password, token, jwt].map(|secret| secret.as_ref().map(Secret::expose));
    Ok(format!(
        "{:?} {secrets:?} {}",
        verified.request,
        verified.issuer()
    ))
}

/// Servers leave empty texts out, and policies rely on it: a password that is there is not empty.
fn no_text_is_empty(credentials: &Credentials) {
    let Credentials {
        user,
        password,
        token,
        jwt,
        nkey,
    } = credentials;
    for secret in [password, token, jwt].into_iter().flatten() {
        assert!(!secret.expose().is_empty());
    }
    for text in [user, nkey].into_iter().flatten() {
        assert!(!text.is_empty());
    }
}

fn a_foreign_signature_is_rejected(token: &str) {
    let (signed, signature) = token.rsplit_once('.').expect("a token");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    let rejection = receive(&PARTIES.plain, &PARTIES.plain(&forged)).expect_err("a forgery");
    assert_eq!(rejection, Rejection::Signature);
}

/// Both answers open, are signed by the issuer, and are about this user.
fn it_is_answered(keys: &Keyring<Allowance>, verified: &Verified, text: &str) {
    let callout = callout();
    let user = &verified.request.user_nkey;
    let denial = callout.deny(keys, verified, [9; 24]).expect("a denial");
    let denial = PARTIES.open(&denial);
    assert_eq!(denial["sub"].as_str(), Some(user.as_str()));
    assert!(denial["nats"]["jwt"].is_null() && !denial["nats"]["error"].is_null());
    let answer = callout.allow(keys, verified, &Allowance::of(text), [9; 24]);
    let answer = PARTIES.open(&answer.expect("an answer"));
    assert!(answer["nats"]["error"].is_null());
    let granted = PARTIES.read_token(answer["nats"]["jwt"].as_str().expect("a JWT"));
    assert_eq!(granted["sub"].as_str(), Some(user.as_str()));
}
