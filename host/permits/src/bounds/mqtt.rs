//! Denials that do not hold over MQTT. Before 2.14.3, nats-server delivers retained messages and those with a quality of service
//! above 0 to whoever subscribes to a wider filter, and looks at no denial (`server/mqtt.go`).

use crate::refusal::refusal;
use portcullis_model::subject::{covers, overlaps, split_queue};
use portcullis_model::{Cause, Request, Rules, Transport, quoted};

/// The first version in which they hold.
const MENDED: [u32; 3] = [2, 14, 3];

/// Refuses what the client could hear in spite of a denial.
pub(super) fn check_denials(rules: &Rules, request: &Request) -> Result<(), Cause> {
    let version = request.server.version.as_str();
    if request.client.transport != Some(Transport::Mqtt) || is_mended(version) {
        return Ok(());
    }
    let subscribe = &rules.subscribe;
    let denied = subjects(&subscribe.deny);
    // Only servers publish there, and never over MQTT.
    for denied in denied.filter(|subject| !subject.starts_with("$SYS.")) {
        let leaks = |allowed: &str| overlaps(allowed, denied) && !covers(denied, allowed);
        if let Some(allowed) = subjects(&subscribe.allow).find(|allowed| leaks(allowed)) {
            return Err(refusal(
                "mqtt_denial",
                format!(
                    "subscribe denies {:?} within {:?}, but nats-server {:?} delivers retained messages, and those with a quality of service above 0, in spite of a denial; upgrade the server to 2.14.3 or later, or allow only what the client may hear",
                    quoted(denied),
                    quoted(allowed),
                    quoted(version),
                ),
            ));
        }
    }
    Ok(())
}

/// The subjects of the entries, which were checked before.
fn subjects(entries: &[String]) -> impl Iterator<Item = &str> {
    let parts = entries.iter().filter_map(|entry| split_queue(entry));
    parts.map(|(subject, _)| subject)
}

/// A version that cannot be read counts as an old one.
fn is_mended(version: &str) -> bool {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = release.split('.').map(|part| part.parse::<u32>().ok());
    let mut part = || parts.next().flatten();
    match (part(), part(), part()) {
        (Some(major), Some(minor), Some(patch)) => [major, minor, patch] >= MENDED,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use portcullis_model::{Client, Server, SubjectRules};

    fn checked(transport: Transport, version: &str, allow: &str, deny: &str) -> bool {
        let request = Request {
            server: Server {
                version: version.into(),
                ..Server::default()
            },
            client: Client {
                transport: Some(transport),
                ..Client::default()
            },
            ..Request::default()
        };
        let rules = Rules {
            subscribe: SubjectRules {
                allow: vec![allow.into()],
                deny: vec![deny.into()],
            },
            ..Rules::default()
        };
        check_denials(&rules, &request).is_ok()
    }

    #[rstest]
    #[case(Transport::Mqtt, "2.14.2", "plant.>", "plant.secret.>", false)]
    #[case(Transport::Mqtt, "2.10.25", "plant.>", "plant.secret.> q", false)]
    #[case(Transport::Mqtt, "", "plant.>", "plant.secret.>", false)]
    #[case(Transport::Mqtt, "2.14.3", "plant.>", "plant.secret.>", true)]
    #[case(Transport::Mqtt, "2.15.1-RC.2", "plant.>", "plant.secret.>", true)]
    #[case(Transport::WebSocket, "2.10.25", "plant.>", "plant.secret.>", true)]
    #[case(Transport::Mqtt, "2.10.25", "plant.a", "plant.secret.>", true)]
    // The server refuses the whole subscription.
    #[case(Transport::Mqtt, "2.10.25", "plant.secret.a", "plant.secret.>", true)]
    #[case(Transport::Mqtt, "2.10.25", ">", "$SYS.REQ.USER.AUTH", true)]
    #[case(Transport::Mqtt, "2.10.25", ">", "$KV.a.b", false)]
    fn a_denial_that_would_not_hold_is_refused(
        #[case] transport: Transport,
        #[case] version: &str,
        #[case] allow: &str,
        #[case] deny: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(checked(transport, version, allow, deny), expected);
    }
}
