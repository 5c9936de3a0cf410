//! Values that flags and request files write in the same way.

use std::net::IpAddr;
use std::time::UNIX_EPOCH;

use portcullis_callout::is_user_key;
use portcullis_model::{Timestamp, Transport};

const NO_TIME: &str =
    "not a time; write seconds since 1970, or a time such as 2026-03-01T08:00:00Z";
/// It does not repeat the value, which may be a seed by mistake.
const NO_USER_KEY: &str =
    "not the public nkey of a user, which has 56 characters and begins with U";

pub(super) fn parse_time(text: &str) -> Result<Timestamp, &'static str> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let time = humantime::parse_rfc3339_weak(text).map_err(|_| NO_TIME)?;
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| NO_TIME)?;
    Ok(since.as_secs())
}

pub(super) fn parse_transport(word: &str) -> Result<Transport, String> {
    use Transport::{Leafnode, Mqtt, Nats, WebSocket};
    [Nats, WebSocket, Mqtt, Leafnode]
        .into_iter()
        .find(|transport| transport.to_string() == word)
        .ok_or_else(|| {
            format!("{word:?} is not a transport; write nats, websocket, mqtt or leafnode")
        })
}

/// An address as servers write it: without a port; an IPv6 address may have a zone.
pub(super) fn parse_address(text: &str) -> Result<String, String> {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    match address.parse::<IpAddr>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!(
            "{text:?} is not an IP address; write one without a port, such as 10.0.0.7 or 2001:db8::7"
        )),
    }
}

pub(super) fn check_user_key(key: &str) -> Result<(), &'static str> {
    match is_user_key(key) {
        true => Ok(()),
        false => Err(NO_USER_KEY),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1790000000", 1_790_000_000)]
    #[case("2026-09-21T14:13:20Z", 1_790_000_000)]
    #[case("2026-09-21 14:13:20", 1_790_000_000)]
    fn a_time_is_a_number_or_a_date(#[case] text: &str, #[case] seconds: Timestamp) {
        assert_eq!(parse_time(text), Ok(seconds));
    }

    #[rstest]
    fn a_text_that_is_not_a_time_is_refused(
        #[values("", "noon", "-1", "14:13", "1969-01-01T00:00:00Z")] text: &str,
    ) {
        assert_eq!(parse_time(text), Err(NO_TIME));
    }

    #[rstest]
    fn an_address_is_as_servers_write_it(#[values("10.0.0.7", "::1", "fe80::1%eth0")] text: &str) {
        assert_eq!(parse_address(text), Ok(text.to_owned()));
    }

    #[rstest]
    fn an_address_with_a_port_and_a_host_name_are_refused(
        #[values("", "localhost", "10.0.0.7:4222", "[::1]")] text: &str,
    ) {
        assert!(
            parse_address(text)
                .unwrap_err()
                .contains("not an IP address")
        );
    }
}
