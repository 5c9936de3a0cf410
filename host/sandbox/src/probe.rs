//! Tests that a snapshot decides like an instance that was configured in place.
//!
//! Some guests keep handles from their configuration that an instance of the snapshot does not have. They trap in every
//! decision, or decide differently. This must show before the policy is put into force, not with the first client.

use std::time::Duration;

use super::call::Decide;
use super::error::{Failure, LoadError};
use portcullis_model::{
    Client, Credentials, Decision, Request, Secret, Server, Timestamp, Transport,
};

/// A policy in three forms.
pub(super) struct Forms<'a> {
    pub(super) snapshot: &'a dyn Decide,
    /// One instance, configured once, for all made-up clients.
    pub(super) warm: &'a dyn Decide,
    /// An instance for each decision, configured in place. It takes long, so only a doubt is settled with it.
    pub(super) fresh: &'a dyn Decide,
    /// How long a made-up client may take.
    pub(super) patience: Duration,
}

/// Asks about made-up clients. If only the snapshot fails or decides differently, the policy is refused. If both fail, the fault
/// is in the policy itself, and it is loaded with a warning. A decision that took too long is a warning too: it says how busy the
/// machine was, not how the snapshot differs.
pub(super) fn compare(forms: &Forms<'_>, now: Timestamp) -> Result<Vec<String>, LoadError> {
    let mut warnings = Vec::new();
    for request in requests(now) {
        match forms.ask(forms.snapshot, &request) {
            Ok(decision) => forms.check_same(&decision, &request)?,
            Err(failure) => {
                let decides_in_place = || forms.ask(forms.fresh, &request).is_ok();
                warnings.push(judge(&failure, decides_in_place)?);
            }
        }
    }
    Ok(warnings)
}

impl Forms<'_> {
    fn ask(&self, form: &dyn Decide, request: &Request) -> Result<Decision, Failure> {
        form.decide(request, self.patience).decision
    }

    fn check_same(&self, decision: &Decision, request: &Request) -> Result<(), LoadError> {
        if self.ask(self.warm, request).as_ref() == Ok(decision) {
            return Ok(());
        }
        // The policy may remember its last client, or draw random numbers. Then it differs from itself, too.
        let (one, other) = (self.ask(self.fresh, request), self.ask(self.fresh, request));
        let differs = one.as_ref().is_ok_and(|in_place| in_place != decision);
        match differs && one == other {
            true => Err(LoadError::Snapshot {
                reason: DIFFERENT.into(),
            }),
            false => Ok(()),
        }
    }
}

const DIFFERENT: &str = "about the same made-up client, an instance that was configured in place and an instance of the snapshot decide differently";

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
pub(super) fn warn(policy: &dyn Decide, patience: Duration, now: Timestamp) -> Vec<String> {
    let failures = requests(now)
        .into_iter()
        .filter_map(|it| policy.decide(&it, patience).decision.err());
    failures.map(|failure| warning(&failure)).collect()
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
    use parking_lot::Mutex;
    use rstest::rstest;

    use super::*;
    use crate::instance::CallOutput;

    #[test]
    fn a_policy_whose_snapshot_alone_fails_is_refused() {
        let trap = Failure::Trap("unreachable".into());
        assert!(judge(&trap, || true).is_err());
        assert!(judge(&trap, || false).is_ok());
    }

    /// Answers with the next of its texts, and then with the last again and again.
    #[derive(Debug)]
    struct Says(Mutex<Vec<&'static str>>);

    impl Decide for Says {
        fn decide(&self, _request: &Request, _budget: Duration) -> CallOutput {
            let mut texts = self.0.lock();
            let text = match texts.len() {
                1 => texts[0],
                _ => texts.remove(0),
            };
            CallOutput {
                decision: Ok(Decision::Deny(text.into())),
                log: Vec::new(),
            }
        }
    }

    fn says(texts: &[&'static str]) -> Says {
        Says(Mutex::new(texts.to_vec()))
    }

    #[rstest]
    #[case::same(&["no"], &["no"], &["no"], true)]
    #[case::different(&["no"], &["yes"], &["yes"], false)]
    #[case::remembers(&["1"], &["2", "3"], &["1"], true)]
    #[case::random(&["7"], &["8", "9"], &["3", "5", "4", "1"], true)]
    fn a_snapshot_that_decides_differently_is_refused(
        #[case] snapshot: &[&'static str],
        #[case] warm: &[&'static str],
        #[case] fresh: &[&'static str],
        #[case] expected: bool,
    ) {
        let (snapshot, warm, fresh) = (says(snapshot), says(warm), says(fresh));
        let forms = Forms {
            snapshot: &snapshot,
            warm: &warm,
            fresh: &fresh,
            patience: Duration::from_secs(1),
        };
        let found = compare(&forms, 1_790_000_000);
        assert_eq!(found.is_ok(), expected, "{found:?}");
    }

    #[test]
    fn a_busy_machine_does_not_refuse_a_policy() {
        let warning = judge(&Failure::Deadline(100), || true).unwrap();
        assert!(warning.contains("deadline of 100 ms"), "{warning}");
    }
}
