//! A message as it arrives: the header's value, a line end, the payload. It is sealed or plain, for a service with an xkey and
//! for one without.
#![no_main]

use std::sync::LazyLock;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use portcullis_callout::{Callout, CalloutLimits, Inbound, Keyring, Rejection, Unsealed};
use portcullis_fuzz::allowance::Allowance;
use portcullis_fuzz::request::asked;

static SERVICES: LazyLock<[Keyring<Allowance>; 2]> = LazyLock::new(asked);

const LIMITS: CalloutLimits = CalloutLimits {
    clock_tolerance: std::time::Duration::from_secs(120),
    request_bytes_max: 4_096,
    replay_entries: 4,
    shared_secret_entries: 4,
};
/// The longest text of a rejection: a line of a log. It quotes two values of the peer at most, each cut to 80 bytes, of which
/// every byte may be written in ten letters.
const TEXT_BYTES_MAX: usize = 2_048;

fuzz_target!(|bytes: &[u8]| {
    let line = bytes.iter().position(|byte| *byte == b'\n');
    let (header, payload) = line.map_or((&[][..], bytes), |end| (&bytes[..end], &bytes[end + 1..]));
    let header = std::str::from_utf8(header).unwrap_or_default();
    let inbound = Inbound {
        payload: Bytes::copy_from_slice(payload),
        server_xkey: Some(header.to_owned()).filter(|header| !header.is_empty()),
    };
    let callout = Callout::new(LIMITS);
    let [sealed, plain] = &*SERVICES;
    let opened = [sealed, plain].map(|keys| callout.unseal(keys, &inbound));
    for result in &opened {
        check(result, payload.len());
    }
    assert!(
        opened.iter().any(Result::is_err),
        "sealed and plain at once"
    );
    if opened[0].is_ok() {
        a_changed_byte_is_noticed(&callout, sealed, &inbound);
    }
    for (keys, unsealed) in [sealed, plain].into_iter().zip(opened) {
        let Ok(unsealed) = unsealed else { continue };
        if let Ok(verified) = callout.verify(keys, unsealed, portcullis_fuzz::server::NOW) {
            assert!(callout.deny(keys, &verified, [0; 24]).is_ok());
        }
    }
});

fn check(result: &Result<Unsealed, Rejection>, bytes: usize) {
    let too_large = matches!(result, Err(Rejection::TooLarge { .. }));
    assert_eq!(too_large, bytes > LIMITS.request_bytes_max);
    match result {
        Ok(unsealed) => {
            let seconds = unsealed.timeout().as_secs();
            assert!((1..=60).contains(&seconds), "a timeout of {seconds} s");
        }
        Err(rejection) => {
            let text = rejection.to_string();
            assert!(text.len() <= TEXT_BYTES_MAX, "{} bytes: {text}", text.len());
            assert!(!text.contains(char::is_control), "{text:?}");
        }
    }
}

/// The seal covers every byte of the payload.
fn a_changed_byte_is_noticed(callout: &Callout, keys: &Keyring<Allowance>, inbound: &Inbound) {
    let mut payload = inbound.payload.to_vec();
    let at = usize::from(payload[payload.len() / 2]) % payload.len();
    payload[at] ^= 1;
    let changed = Inbound {
        payload: payload.into(),
        server_xkey: inbound.server_xkey.clone(),
    };
    assert!(
        callout.unseal(keys, &changed).is_err(),
        "byte {at} is not covered"
    );
}
