//! Tests that a snapshot decides like an instance that was configured in place.
//!
//! Some guests keep handles from their configuration that an instance of the snapshot does not have. They trap in every
//! decision. This must show before the policy is put into force, not with the first client.

use super::call::Guest;
use super::error::{Failure, LoadError};
use super::instance::CallOutput;
use portcullis_model::{Client, Credentials, Request, Secret, Server, Timestamp, Transport};

/// Asks both about made-up clients. If only the snapshot fails, the policy is refused. If both fail, the fault is in the policy
/// itself, and it is loaded with a warning. A decision that took too long is a warning too: it says how busy the machine was, not
/// how the snapshot differs.
pub(super) fn compare(
    snapshot: &Guest,
    in_place: &Guest,
    now: Timestamp,
) -> Result<Vec<String>, LoadError> {
    let mut warnings = Vec::new();
    for request in requests(now) {
        let Err(failure) = ask(snapshot, &request).decision else {
            continue;
        };
        warnings.push(judge(&failure, || {
            ask(in_place, &request).decision.is_ok()
        })?);
    }
    Ok(warnings)
}

fn judge(failure: &Failure, decides_in_place: impl FnOnce() -> bool) -> Result<String, LoadError> {
    match failure {
        Failure::Deadline(_) => Ok(warning(failure)),
        _ if decides_in_place() => Err(LoadError::Snapshot {
            reason: reason(failure),
        }),
        _ => Ok(warning(failure)),
    }
}

/// Asks a policy without a snapshot about made-up clients, and returns its failures as warnings.
pub(super) fn warn(guest: &Guest, now: Timestamp) -> Vec<String> {
    let failures = requests(now)
        .into_iter()
        .filter_map(|it| ask(guest, &it).decision.err());
    failures.map(|failure| warning(&failure)).collect()
}

fn ask(guest: &Guest, request: &Request) -> CallOutput {
    guest.decide(request, guest.limits.configure_deadline)
}

fn reason(failure: &Failure) -> String {
    format!(
        "an instance that was configured in place decides, but an instance of the snapshot fails: {failure}"
    )
}

fn warning(failure: &Failure) -> String {
    format!("it fails for a made-up client: {failure}")
}

fn requests(now: Timestamp) -> [Request; 2] {
    let anonymous = Request {
        received_at: now,
        server: Server {
            id: "NPROBE".into(),
            name: "probe".into(),
            version: "0.0.0".into(),
            ..Server::default()
        },
        client: Client {
            id: 1,
            host: "192.0.2.1".into(),
            transport: Some(Transport::Nats),
            ..Client::default()
        },
        user_nkey: "UPROBE".into(),
        ..Request::default()
    };
    let credentials = Credentials {
        user: Some("portcullis-probe".into()),
        password: Some(Secret::from("portcullis-probe")),
        ..Credentials::default()
    };
    [
        Request {
            credentials,
            ..anonymous.clone()
        },
        anonymous,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_whose_snapshot_alone_fails_is_refused() {
        let trap = Failure::Trap("unreachable".into());
        assert!(judge(&trap, || true).is_err());
        assert!(judge(&trap, || false).is_ok());
    }

    #[test]
    fn a_busy_machine_does_not_refuse_a_policy() {
        let warning = judge(&Failure::Deadline(100), || true).unwrap();
        assert!(warning.contains("deadline of 100 ms"), "{warning}");
    }
}
