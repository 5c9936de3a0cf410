//! A decision that goes wrong is a failure of that decision, of the right kind, and the next decision is right.

use std::time::Duration;

use portcullis_model::Decision;
use portcullis_sandbox::{Decide, Level};

use super::asking::{self, Language, PATIENCE, STRATEGIES};

struct Harm {
    command: &'static str,
    kinds: &'static [&'static str],
    budget: Duration,
}

const HARMS: [Harm; 4] = [
    Harm {
        command: "trap",
        kinds: &["trap"],
        budget: PATIENCE,
    },
    // These policies have longer than this budget, so it is the server that stops waiting.
    Harm {
        command: "loop",
        kinds: &["late"],
        budget: Duration::from_secs(1),
    },
    Harm {
        command: "hoard",
        kinds: &["memory"],
        budget: PATIENCE,
    },
    // Languages with their own stack in linear memory exhaust that one, or notice the recursion themselves.
    Harm {
        command: "recurse",
        kinds: &["stack", "trap", "memory"],
        budget: PATIENCE,
    },
];

pub(super) fn fails(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for harm in &HARMS {
            let case = format!("{}, {}", policy.title, harm.command);
            let verdict = policy
                .policy
                .decide(&asking::command(harm.command), harm.budget);
            let Err(failure) = &verdict.decision else {
                panic!("{case}: it decided: {verdict:?}");
            };
            assert!(harm.kinds.contains(&failure.kind()), "{case}: {verdict:?}");
            if harm.command == "trap" {
                let told = verdict.log.iter().any(|line| {
                    matches!(line.level, Level::Warn | Level::Error)
                        && line.text.to_lowercase().contains("trap")
                });
                assert!(told, "{case}: the log has no reason: {:?}", verdict.log);
            }
            policy.assert_well(harm.command);
        }
    }
}

pub(super) fn denies(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        let mut nobody = asking::command("");
        nobody.credentials.user = None;
        for request in [asking::command("open sesame"), asking::command(""), nobody] {
            let verdict = policy.ask(&request);
            let denial = Decision::Deny("unknown command".into());
            assert_eq!(verdict.decision, Ok(denial), "{}", policy.title);
        }
    }
}
