//! What a policy writes: to the log, and to the outputs that its language has.

use portcullis_model::{Decision, Request};
use portcullis_sandbox::{CallOutput, Level, SandboxLimits};

use super::asking::{self, Language, PolicyUnderTest, STRATEGIES};

const NAMES: [&str; 3] = ["an app", "grüße 日本語 \u{1f980} 100 %s", "=\"\\"];

pub(super) fn logs(language: &Language) {
    let too_long = "日".repeat(2_000);
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for name in NAMES.into_iter().chain(["", too_long.as_str()]) {
            let kept = match name.len() {
                // A line is cut between two characters.
                2_000.. => format!(
                    "{}…",
                    "日".repeat(SandboxLimits::default().log_line_bytes / 3)
                ),
                _ => name.to_owned(),
            };
            let levels = [Level::Debug, Level::Info, Level::Warn, Level::Error];
            let expected = levels.map(|level| (level, kept.as_str()));
            let verdict = policy.ask(&named("log", name));
            assert_passes(&policy, "log", &verdict, &expected);
        }
    }
}

pub(super) fn prints(language: &Language) {
    for strategy in STRATEGIES {
        assert_prints(language, &language.policy(strategy));
    }
}

/// Lines on stdout have the level info, lines on stderr the level warn.
#[track_caller]
pub(super) fn assert_prints(language: &Language, policy: &PolicyUnderTest) {
    for name in NAMES {
        let both = [(Level::Info, name), (Level::Warn, name)];
        let expected = if language.facts.prints {
            &both[..]
        } else {
            &[]
        };
        let verdict = policy.ask(&named("print", name));
        assert_passes(policy, "print", &verdict, expected);
    }
}

pub(super) fn floods(language: &Language) {
    let line = "x".repeat(100);
    let kept = SandboxLimits::default().log_lines;
    let dropped = format!("{} more lines of this call were dropped", 1_000 - kept);
    let mut expected = vec![(Level::Info, line.as_str()); kept];
    expected.push((Level::Warn, &dropped));
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        let verdict = policy.ask(&asking::command("flood"));
        assert_passes(&policy, "flood", &verdict, &expected);
    }
}

#[track_caller]
fn assert_passes(
    policy: &PolicyUnderTest,
    case: &str,
    verdict: &CallOutput,
    expected: &[(Level, &str)],
) {
    let (title, log) = (&policy.title, &verdict.log);
    assert_eq!(
        verdict.decision,
        Ok(Decision::Pass),
        "{title}, {case}: {log:?}"
    );
    let lines: Vec<_> = log.iter().map(|it| (it.level, it.text.as_str())).collect();
    assert_eq!(lines, expected, "{title}, {case}");
}

fn named(command: &str, name: &str) -> Request {
    let mut request = asking::command(command);
    request.client.name = Some(name.to_owned());
    request
}
