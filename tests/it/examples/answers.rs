//! The answers of `examples/directory`, compared with those of the same rule in another language.

use std::path::Path;
use std::time::Duration;

use portcullis_model::{Credentials, Request, Secret};
use portcullis_sandbox::{
    ConfigureInput, Decide, Effort, Instances, LoadError, LoadedPolicy, PolicySource, SandboxLimits,
};
use portcullis_tests::artifacts::guest;

const NOW: u64 = 1_790_000_000;
/// Long, because a busy machine must not fail a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// Every field that a user can have, and every way to leave one out.
const USERS: &str = r#"{
    "sys": { "pass": "sys", "account": "SYS" },
    "bob": { "pass": "bob", "account": "APP", "permissions": {
        "pub": { "allow": ["bob.>"], "deny": ["bob.secret"] }, "sub": { "allow": ["bob.>"] }, "resp": { "max": 1 }
    } },
    "eve": { "pass": "eve", "account": "APP", "permissions": { "pub": { "deny": ["a"] } } },
    "ann": { "pass": "ann", "account": "APP", "permissions": { "resp": { "max": -1, "ttl": 5000000000 } } },
    "ina": { "pass": "ina", "account": "APP", "permissions": { "resp": { "max": 0, "ttl": 1 } } },
    "joe": { "pass": "joe", "account": "APP", "can": ["kv read test_kv dev.001.>", "request orders.*"],
        "inbox": "_INBOX_joe", "jetstream_api": "$JS.hub.API" },
    "kim": { "pass": "kim", "account": "APP", "can": ["publish news"],
        "permissions": { "sub": { "allow": ["kim.>"] } } },
    "lee": { "pass": "lee", "account": "APP", "can": [] },
    "мария 🔑": { "pass": "пароль\u0000\"\\", "account": "APP", "permissions": {} }
}"#;

/// Documents that no version accepts, and what the refusal has to name.
const FAULTS: [(&str, &str); 9] = [
    ("", "users.json"),
    ("{ \"bob\": 7 }", "bob"),
    ("{ \"bob\": { \"pass\": \"b\" } }", "account"),
    (
        "{ \"bob\": { \"pass\": \"\", \"account\": \"APP\" } }",
        "bob",
    ),
    (
        "{ \"bob\": { \"pass\": \"b\", \"account\": \"APP\", \"perms\": {} } }",
        "perms",
    ),
    (
        "{ \"bob\": { \"pass\": \"b\", \"account\": \"APP\", \"permissions\": { \"pub\": { \"allow\": [\"a..b\"] } } } }",
        "\"a..b\" has an empty token",
    ),
    ("{ \"bob\": [\"b\", \"APP\"] }", "found a list"),
    (
        "{ \"bob\": { \"pass\": \"$2a$11$uXwYdBoaFA\", \"account\": \"APP\" } }",
        "this is a hash ($2a$...)",
    ),
    (
        "{ \"bob\": { \"pass\": \"b\", \"account\": \"APP\" }, \"bob\": { \"pass\": \"c\", \"account\": \"APP\" } }",
        "bob",
    ),
];

pub(super) fn assert_those_of_the_directory(module: &Path) {
    let load = |module: &Path, users: &str| {
        let source = source(module, users);
        portcullis_tests::sandbox().load(&source, Effort::Whole, NOW)
    };
    let model = load(guest("directory"), USERS).expect("the model");
    let other = load(module, USERS).expect("the same in another language");
    for request in requests() {
        let expected = answer(&model, &request);
        assert_eq!(
            answer(&other, &request),
            expected,
            "{:?}",
            request.credentials
        );
    }
    for (users, named) in FAULTS {
        for module in [guest("directory"), module] {
            match load(module, users) {
                Err(LoadError::Refused(text)) => assert!(
                    text.contains("users.json") && text.contains(named),
                    "{}: {users}: {text}",
                    module.display()
                ),
                other => panic!("{}: {users}: {other:?}", module.display()),
            }
        }
    }
}

fn source(module: &Path, users: &str) -> PolicySource {
    PolicySource {
        module: std::fs::read(module).expect("the module"),
        configuration: ConfigureInput {
            settings_json: "{}".into(),
            data: vec![("users.json".into(), users.as_bytes().to_vec())],
        },
        instances: Instances::Snapshot,
        limits: SandboxLimits {
            decide_deadline: PATIENCE,
            configure_deadline: PATIENCE,
            ..SandboxLimits::default()
        },
    }
}

fn answer(policy: &LoadedPolicy, request: &Request) -> String {
    format!("{:?}", policy.decide(request, PATIENCE).decision)
}

fn requests() -> Vec<Request> {
    let users = [
        "sys",
        "bob",
        "eve",
        "ann",
        "ina",
        "joe",
        "kim",
        "lee",
        "мария 🔑",
        "",
        "pam",
        "Bob",
    ];
    let passwords = [
        "пароль\0\"\\",
        "nobody's",
        "",
        "not the password of anybody",
    ];
    let mut requests = vec![request(None, None), request(None, Some("bob"))];
    for user in users {
        let own = passwords.iter().copied().chain([user]);
        requests.extend(own.map(|password| request(Some(user), Some(password))));
        requests.push(request(Some(user), None));
    }
    requests
}

fn request(user: Option<&str>, password: Option<&str>) -> Request {
    Request {
        received_at: NOW,
        credentials: Credentials {
            user: user.map(str::to_owned),
            password: password.map(Secret::from),
            ..Credentials::default()
        },
        ..Request::default()
    }
}
