//! What one decision sees of another: nothing, or for warm instances as much as the operator chose. Randomness and time.

use std::collections::HashSet;

use portcullis_sandbox::{Decide, Instances};

use super::asking::{self, Language, PolicyUnderTest, STRATEGIES, plain};
use super::languages::Ordinary;

/// The host asks each policy for two decisions when it loads it.
const PROBES: usize = 2;

fn count(policy: &PolicyUnderTest) -> String {
    let lines = policy.lines("count", &asking::command("count"));
    lines.join(", ")
}

pub(super) fn forgets(language: &Language) {
    for strategy in [Instances::Snapshot, Instances::Fresh] {
        let policy = language.policy(strategy);
        for _ in 0..20 {
            assert_eq!(count(&policy), "count=1", "{}", policy.title);
        }
    }
}

pub(super) fn reuses(language: &Language) {
    let uses_max = 4;
    let policy = language.configured(Instances::Warm { uses_max }, plain());
    let counts: Vec<_> = (0..10).map(|_| count(&policy)).collect();
    // The host's probes used the first instance.
    let expected = [1, 2, 1, 2, 3, 4, 1, 2, 3, 4].map(|number| format!("count={number}"));
    assert_eq!(uses_max as usize, PROBES + 2);
    assert_eq!(counts, expected, "{}", policy.title);
}

pub(super) fn discards(language: &Language) {
    let policy = language.configured(Instances::Warm { uses_max: 1_000 }, plain());
    for number in 1..=3 {
        assert_eq!(
            count(&policy),
            format!("count={number}"),
            "{}",
            policy.title
        );
    }
    let trapped = policy
        .policy
        .decide(&asking::command("trap"), asking::PATIENCE);
    assert!(trapped.decision.is_err(), "{}: {trapped:?}", policy.title);
    assert_eq!(count(&policy), "count=1", "{}", policy.title);
}

pub(super) fn draws_secrets(language: &Language) {
    for strategy in STRATEGIES {
        let mut drawn = HashSet::new();
        for policy in [
            language.configured(strategy, plain()),
            language.policy(strategy),
        ] {
            for _ in 0..100 {
                for secret in secrets(&policy) {
                    assert!(
                        drawn.insert(secret.clone()),
                        "{}: {secret} came twice",
                        policy.title
                    );
                }
            }
        }
    }
}

fn secrets(policy: &PolicyUnderTest) -> Vec<String> {
    let lines = policy.lines("random", &asking::command("random"));
    let secrets: Vec<_> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("secure="))
        .map(str::to_owned)
        .collect();
    let is_digit = |letter: char| matches!(letter, '0'..='9' | 'a'..='f');
    let well_formed = secrets
        .iter()
        .all(|it| it.len() == 16 && it.chars().all(is_digit));
    assert!(
        secrets.len() == 2 && well_formed,
        "{}: {lines:?}",
        policy.title
    );
    secrets
}

/// Only instances from a snapshot start from a state that is the same in each decision; for the other strategies the test
/// only checks that there are numbers.
pub(super) fn draws_numbers(language: &Language) {
    let expected = language.facts.ordinary_random;
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        let drawn: Vec<_> = (0..20).map(|_| number(&policy)).collect();
        let different: HashSet<_> = drawn.iter().flatten().collect();
        let found = match (drawn.iter().flatten().count(), different.len()) {
            (0, _) => Ordinary::None,
            (20, 1) => Ordinary::Frozen,
            (20, 2..) => Ordinary::Fresh,
            _ => panic!("{}: {drawn:?}", policy.title),
        };
        if strategy == Instances::Snapshot {
            assert_eq!(found, expected, "{}: {drawn:?}", policy.title);
        } else {
            let (none, no_one) = (found == Ordinary::None, expected == Ordinary::None);
            assert_eq!(none, no_one, "{}: {drawn:?}", policy.title);
        }
    }
}

fn number(policy: &PolicyUnderTest) -> Option<String> {
    let lines = policy.lines("random", &asking::command("random"));
    let number = lines.get(2)?.strip_prefix("default=");
    let number = number.unwrap_or_else(|| panic!("{}: {lines:?}", policy.title));
    Some(number.to_owned())
}

pub(super) fn tells_the_time(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for received_at in [asking::NOW, 1, asking::NOW + 86_400, 4_102_444_800] {
            let mut request = asking::command("clock");
            request.received_at = received_at;
            let lines = policy.lines("clock", &request);
            let wall = format!("wall={received_at}");
            let expected = if language.facts.clock {
                vec![wall]
            } else {
                vec![]
            };
            assert_eq!(lines, expected, "{}", policy.title);
        }
    }
}
