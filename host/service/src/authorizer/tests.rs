//! Decisions with made-up policies and a clock that stands still.

use std::sync::Mutex;

use super::*;
use crate::catalog::{OnFailure, Slot};
use crate::router::{Condition, Routes};
use crate::throttle;
use portcullis_callout::{CalloutLimits, Inbound, Keyring, NewKey, generate};
use portcullis_model::{Decision as Answered, Grant, Request};
use portcullis_permits::bounds::{AccountPattern, Bounds, GrantLimits};
use portcullis_sandbox::{CallOutput, Decide, Failure};
use portcullis_test_server::{NOW, Server, account_key};

const NONCE: [u8; 24] = [7; 24];

/// A clock that stands still.
struct FixedClock(Instant);

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        self.0
    }
}

/// Gives the same answer to every client, and records the time budgets that it got.
#[derive(Debug)]
struct Fixed {
    answer: Result<Answered, Failure>,
    budgets: Mutex<Vec<Duration>>,
}

impl Decide for Fixed {
    fn decide(&self, _request: &Request, budget: Duration) -> CallOutput {
        self.budgets.lock().unwrap().push(budget);
        CallOutput {
            decision: self.answer.clone(),
            log: Vec::new(),
        }
    }
}

fn fixed(answer: Result<Answered, Failure>) -> Arc<Fixed> {
    let budgets = Mutex::default();
    Arc::new(Fixed { answer, budgets })
}

fn asked(policy: &Fixed) -> usize {
    policy.budgets.lock().unwrap().len()
}

fn grant(account: &str) -> Result<Answered, Failure> {
    let account = account.to_owned();
    Ok(Answered::Allow(Box::new(Grant {
        account,
        ..Grant::default()
    })))
}

fn slot(policy: Result<Arc<dyn Decide>, String>) -> Slot {
    Slot {
        name: "policy".into(),
        policy,
        bounds: Bounds {
            accounts: vec![AccountPattern::parse("APP").unwrap()],
            system_accounts: Vec::new(),
            lifetime_max: Duration::from_secs(60),
            lifetime_default: Duration::from_secs(60),
            denied_subjects: Vec::new(),
            account_defaults: true,
            limits: GrantLimits::default(),
        },
        on_failure: OnFailure::Silence,
    }
}

/// Sends one request through an authorizer with these slots, `waited` after its arrival.
struct Trial {
    telemetry: Arc<Telemetry>,
    answer: Option<Vec<u8>>,
}

impl Trial {
    fn run(slots: Vec<Slot>, waited: Duration) -> Self {
        Self::limited(slots, waited, 1 << 20)
    }

    fn limited(slots: Vec<Slot>, waited: Duration, answer_bytes_max: usize) -> Self {
        Self::full(slots, waited, answer_bytes_max, "AUTH")
    }

    fn full(
        slots: Vec<Slot>,
        waited: Duration,
        answer_bytes_max: usize,
        callout_account: &str,
    ) -> Self {
        let (catalog, telemetry) = (Arc::new(Catalog::new()), Arc::new(Telemetry::new()));
        let conditions = slots.iter().map(|_| Condition::default()).collect();
        catalog.replace(Generation {
            number: 1,
            keys: Arc::new(
                Keyring::parse(&[generate(NewKey::Issuer, [1; 32]).unwrap().0], &[]).unwrap(),
            ),
            routes: Routes::new(conditions),
            slots,
        });
        let arrived = Instant::now();
        let callout = Callout::new(CalloutLimits::default());
        let throttle = Throttle::new(throttle::ThrottleLimits::default());
        let authorizer = Authorizer::new(catalog, callout, throttle, telemetry.clone());
        authorizer.set_callout_account(callout_account.into());
        authorizer.set_answer_bytes_max(answer_bytes_max);
        let server = Server::new(1);
        let message = server.plain(&server.claims(1));
        let received = Received {
            inbound: Inbound {
                payload: message.payload.into(),
                server_xkey: message.server_xkey,
            },
            arrived,
            received_at: NOW,
        };
        let opened = authorizer.open(&received, &FixedClock(arrived)).unwrap();
        let answer = authorizer.answer(opened, &FixedClock(arrived + waited), NONCE);
        Self { telemetry, answer }
    }

    /// Whether the client was admitted, denied, or left without an answer, according to the metrics.
    fn outcome(&self) -> &'static str {
        let metrics = self.telemetry.render();
        let counted = |outcome: &str| {
            let label = format!("outcome=\"{outcome}\"");
            metrics
                .lines()
                .any(|line| line.contains(&label) && line.ends_with(" 1"))
        };
        let outcomes = ["allow", "deny", "ignore", "fail"];
        let outcome = outcomes
            .into_iter()
            .find(|outcome| counted(outcome))
            .unwrap_or("none");
        let replies = matches!(outcome, "allow" | "deny");
        assert_eq!(self.answer.is_some(), replies, "{outcome}");
        outcome
    }
}

fn outcome(answers: Vec<Result<Answered, Failure>>) -> &'static str {
    let slots = answers.into_iter().map(|answer| slot(Ok(fixed(answer))));
    Trial::run(slots.collect(), Duration::ZERO).outcome()
}

#[test]
fn the_first_answer_other_than_pass_counts() {
    let deny = || Ok(Answered::Deny("no".into()));
    assert_eq!(
        outcome(vec![Ok(Answered::Pass), grant("APP"), deny()]),
        "allow"
    );
    assert_eq!(
        outcome(vec![Ok(Answered::Pass), deny(), grant("APP")]),
        "deny"
    );
}

#[test]
fn the_end_of_the_chain_is_a_denial() {
    assert_eq!(
        outcome(vec![Ok(Answered::Pass), Ok(Answered::Pass)]),
        "deny"
    );
}

#[test]
fn a_policy_that_fails_ends_the_chain_without_an_answer() {
    let next = fixed(grant("APP"));
    let failing = fixed(Err(Failure::Stack));
    let trial = Trial::run(
        vec![slot(Ok(failing)), slot(Ok(next.clone()))],
        Duration::ZERO,
    );
    assert_eq!(trial.outcome(), "fail");
    assert_eq!(asked(&next), 0);
}

#[test]
fn a_policy_that_was_never_loaded_ends_the_chain_as_well() {
    let next = fixed(grant("APP"));
    let missing = slot(Err("its file is broken".into()));
    let trial = Trial::run(vec![missing, slot(Ok(next.clone()))], Duration::ZERO);
    assert_eq!(trial.outcome(), "fail");
    assert_eq!(asked(&next), 0);
}

#[test]
fn the_operator_may_choose_a_denial_for_failures() {
    let on_failure = OnFailure::Deny;
    let failing = slot(Ok(fixed(Err(Failure::Stack))));
    let trial = Trial::run(
        vec![Slot {
            on_failure,
            ..failing
        }],
        Duration::ZERO,
    );
    assert_eq!(trial.outcome(), "deny");
}

#[test]
fn a_policy_may_ask_for_silence() {
    assert_eq!(
        outcome(vec![Ok(Answered::Ignore("guessing".into()))]),
        "ignore"
    );
}

#[test]
fn a_grant_outside_the_bounds_is_a_denial() {
    assert_eq!(outcome(vec![grant("OTHER")]), "deny");
}

#[test]
fn an_answer_of_megabytes_is_a_denial() {
    let failure = Failure::TooLarge("32 MiB".into());
    assert_eq!(outcome(vec![Err(failure), grant("APP")]), "deny");
}

#[test]
fn an_answer_that_the_server_could_not_take_is_a_denial() {
    let slots = || vec![slot(Ok(fixed(grant("APP"))))];
    let trial = |limit| Trial::limited(slots(), Duration::ZERO, limit).outcome();
    assert_eq!(trial(1 << 20), "allow");
    assert_eq!(trial(1_000), "deny");
}

#[test]
fn a_policy_gets_the_time_that_the_server_still_waits() {
    let policy = fixed(grant("APP"));
    let waited = Duration::from_millis(1_500);
    let trial = Trial::run(vec![slot(Ok(policy.clone()))], waited);
    assert_eq!(trial.outcome(), "allow");
    assert_eq!(
        *policy.budgets.lock().unwrap(),
        [Duration::from_millis(500)]
    );
}

#[test]
fn a_request_whose_server_has_stopped_waiting_is_not_decided() {
    let policy = fixed(grant("APP"));
    let trial = Trial::run(vec![slot(Ok(policy.clone()))], Duration::from_secs(2));
    assert_eq!(trial.outcome(), "none");
    assert_eq!(asked(&policy), 0);
}

/// The server expects the key of the callout's account as the issuer, and would place each client in that account.
#[test]
fn a_server_in_operator_mode_gets_no_answer() {
    let policy = fixed(grant("APP"));
    let slots = vec![slot(Ok(policy.clone()))];
    let trial = Trial::full(slots, Duration::ZERO, 1 << 20, &account_key(1));
    assert_eq!(trial.outcome(), "none");
    assert_eq!(asked(&policy), 0);
    let metrics = trial.telemetry.render();
    assert!(
        metrics.contains("portcullis_rejected_total{kind=\"operator_mode\"} 1"),
        "{metrics}"
    );
}

/// Its decision takes as long as the server still waits.
#[derive(Debug)]
struct Slow(Arc<Mutex<Instant>>);

impl Decide for Slow {
    fn decide(&self, _request: &Request, budget: Duration) -> CallOutput {
        *self.0.lock().unwrap() += budget;
        CallOutput {
            decision: grant("APP"),
            log: Vec::new(),
        }
    }
}

struct SharedClock(Arc<Mutex<Instant>>);

impl Clock for SharedClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

#[test]
fn our_own_lateness_is_no_failure_of_a_policy_and_no_answer() {
    let start = Instant::now();
    let time = Arc::new(Mutex::new(start));
    let slot = Slot {
        on_failure: OnFailure::Deny,
        ..slot(Ok(Arc::new(Slow(time.clone()))))
    };
    let (request, slots) = (Request::default(), [slot]);
    let chain = Chain {
        routes: &Routes::new(vec![Condition::default()]),
        slots: &slots,
        context: RulingContext {
            request: &request,
            issued_at: NOW,
            callout_account: None,
            spread_by: None,
        },
        ends: start + Duration::from_secs(1),
    };
    for round in ["it answers too late", "nothing was left"] {
        let ruled = chain.ask(&SharedClock(time.clone()), |_, _| {});
        assert!(
            matches!(&ruled.ruling, Ruling::Silence(Silence::Fail, cause) if cause.kind == "late"),
            "{round}: {ruled:?}"
        );
        assert_eq!(ruled.failure, None, "{round}");
    }
}
