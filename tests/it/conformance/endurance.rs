//! Many decisions, one after the other.

use portcullis_model::Decision;
use portcullis_sandbox::Instances;

use super::asking::{self, Language, STRATEGIES, assert_same, plain};
use super::echo;

/// More decisions than the sandbox has slots: an instance that was not returned would be missed.
pub(super) fn lasts(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for number in 0..1_000 {
            let mut request = asking::command("echo");
            request.client.id = number;
            request.client.name = Some(format!("decision {number}"));
            let case = format!("{}, decision {number}", policy.title);
            let lines = policy.lines(&case, &request);
            assert_same(&case, &lines, &echo::lines(&request));
        }
    }
}

/// A gigabyte of garbage, within a quarter of that memory.
pub(super) fn collects_garbage(language: &Language) {
    let uses_max = 2_000;
    let policy = language.configured(Instances::Warm { uses_max }, plain());
    for number in 0..1_000 {
        let verdict = policy.ask(&asking::command("grow"));
        assert_eq!(
            verdict.decision,
            Ok(Decision::Pass),
            "{}, time {number}: {:?}",
            policy.title,
            verdict.log
        );
    }
    // It was the same instance all the time: none was discarded because of its memory.
    for number in 1..=2 {
        let lines = policy.lines("count", &asking::command("count"));
        assert_eq!(lines, [format!("count={number}")], "{}", policy.title);
    }
}
