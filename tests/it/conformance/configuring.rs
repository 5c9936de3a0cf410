//! What `configure` may do besides its work: refuse, fail, print.

use std::time::Duration;

use portcullis_sandbox::{Level, LoadError, SandboxLimits};

use super::asking::{self, Language, STRATEGIES, with_data};

pub(super) fn refuses(language: &Language) {
    let long = "long ".repeat(100);
    for text in [
        "users.json, entry \"bob\": no account; give it one of APP, SYS",
        "größe.json: 日本 \u{1f980}\nsecond line",
        long.trim_end(),
    ] {
        for strategy in STRATEGIES {
            let data = with_data(vec![
                ("a-file-before", b"\xff"),
                ("refuse", text.as_bytes()),
            ]);
            let refused = language.load(strategy, data, asking::generous());
            let told = match refused {
                Err(LoadError::Refused(told)) => told,
                other => panic!(
                    "{}, {}: not refused: {other:?}",
                    language.name,
                    strategy.word()
                ),
            };
            assert_eq!(told, text, "{}, {}", language.name, strategy.word());
        }
    }
}

pub(super) fn fails(language: &Language) {
    for (file, kind) in [("trap", "trap"), ("loop", "deadline"), ("hoard", "memory")] {
        for strategy in STRATEGIES {
            let case = format!("{}, {}, configure {file}", language.name, strategy.word());
            let mut limits = asking::generous();
            if file == "loop" {
                limits.configure_deadline = Duration::from_secs(1);
            }
            let data = with_data(vec![(file, b"")]);
            match language.load(strategy, data, limits) {
                Err(LoadError::Configure { failure, said }) => {
                    assert_eq!(failure.kind(), kind, "{case}: {failure}");
                    let told = file != "trap" || said.to_lowercase().contains("trap");
                    assert!(told, "{case}: no reason is given: {said:?}");
                }
                // Some SDKs turn every thrown value into a refusal.
                Err(LoadError::Refused(text)) if file != "loop" => {
                    assert!(text.to_lowercase().contains(kind), "{case}: {text:?}");
                }
                other => panic!("{case}: {other:?}"),
            }
        }
    }
}

/// Whatever a runtime keeps of its output after configure, decisions work afterwards, and can print as well.
pub(super) fn prints(language: &Language) {
    for strategy in STRATEGIES {
        let data = with_data(vec![("a", b"1"), ("print", b""), ("z", b"2")]);
        let policy = language.configured(strategy, data);
        let log = &policy.policy.about().log;
        let lines: Vec<_> = log.iter().map(|it| (it.level, it.text.as_str())).collect();
        let counted = (Level::Info, "configured with 3 files");
        let printed = [
            (Level::Info, "printed while configured"),
            (Level::Warn, "warned while configured"),
            counted,
        ];
        let expected = if language.facts.prints {
            &printed[..]
        } else {
            &[counted]
        };
        assert_eq!(lines, expected, "{}", policy.title);
        let warnings = &policy.policy.about().warnings;
        assert!(warnings.is_empty(), "{}: {warnings:?}", policy.title);
        for _ in 0..3 {
            policy.assert_well("it printed while it was configured");
            super::output::assert_prints(language, &policy);
        }
    }
}

#[test]
fn the_limits_of_the_suite_leave_the_memory_as_it_is() {
    assert_eq!(
        asking::generous().memory_bytes,
        SandboxLimits::default().memory_bytes
    );
}
