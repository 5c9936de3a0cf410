//! Settings and data files arrive unchanged and in order.

use portcullis_sandbox::ConfigureInput;

use super::asking::{self, Language, STRATEGIES, assert_same};

pub(super) fn arrive(language: &Language) {
    let configuration = configuration();
    let expected = expected(&configuration);
    for strategy in STRATEGIES {
        let policy = language.configured(strategy, configuration.clone());
        let case = format!("{}, settings and data", policy.title);
        let lines = policy.lines(&case, &asking::command("settings"));
        assert_same(&case, &lines, &expected);
        // A second decision sees the same.
        let lines = policy.lines(&case, &asking::command("settings"));
        assert_same(&case, &lines, &expected);
        let log: Vec<_> = policy.policy.about().log.iter().collect();
        let counted = format!("configured with {} files", configuration.data.len());
        assert!(
            log.iter().any(|line| line.text == counted),
            "{case}: {log:?}"
        );
    }
    let policy = language.policy(STRATEGIES[0]);
    let lines = policy.lines("no settings", &asking::command("settings"));
    assert_eq!(lines, ["json={}"], "{}", policy.title);
}

fn configuration() -> ConfigureInput {
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let mut data: Vec<(String, Vec<u8>)> = vec![
        ("empty".into(), vec![]),
        ("every-byte.bin".into(), every_byte.repeat(400)),
        (
            "folder/in a folder/users.json".into(),
            b"{\"a\": 1}".to_vec(),
        ),
        ("not-utf-8.txt".into(), b"ab\xff\xc3(\xed\xa0\x80".to_vec()),
        ("zeros".into(), vec![0; 3]),
        ("größe-日本-\u{1f980}.txt".into(), "ü\r\n".into()),
        ("__proto__".into(), b"x".to_vec()),
    ];
    for number in 0..200 {
        data.push((format!("many/{number:03}.txt"), format!("{number}").into()));
    }
    data.sort();
    ConfigureInput {
        settings_json:
            r#"{"größe":"日本\u0000","list":[1,2.5,null,true],"table":{"a=b":"c\\d\n"},"n":18446744073709551615}"#
                .into(),
        data,
    }
}

fn expected(configuration: &ConfigureInput) -> Vec<String> {
    let digits =
        |contents: &[u8]| -> String { contents.iter().map(|byte| format!("{byte:02x}")).collect() };
    let data = configuration.data.iter();
    let data = data.map(|(name, contents)| format!("data.{name}={}", digits(contents)));
    [format!("json={}", configuration.settings_json.expose())]
        .into_iter()
        .chain(data)
        .collect()
}
