//! `--config`: what a settings file decides, with a server and without.

use std::collections::BTreeMap;
use std::path::Path;

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Setup, install, users};
use portcullis_tests::forger::Forger;
use portcullis_tests::portcullis::Finished;
use portcullis_tests::{Bed, Keys, Portcullis};
use rstest::rstest;
use serde_json::{Value, json};

use super::{assert_says, object};

/// Three policies that differ in everything that the file can say about a policy. The first two do what the user name says.
fn chain(users: &Path) -> String {
    let (answers, directory) = (guest("answers-nonsense"), guest("directory"));
    let (answers, directory, users) = (answers.display(), directory.display(), users.display());
    format!(
        r#"
accounts = ["*"]
denied-subjects = ["audit.>"]
lifetime = "2h"
lifetime-max = "4h"
issuer-seed = "@issuer.seed"
xkey-seed = "@xkey.seed"

[service]
callout-account = "AUTH"

[[policies]]
name = "devices"
module = "{answers}"
accounts = ["APP"]
lifetime = "10m"
lifetime-max = "1h"
when = {{ transports = ["mqtt"] }}

[[policies]]
name = "commands"
module = "{answers}"
denied-subjects = ["ops.>"]
when = {{ users = ["*=*", "pass", "system"] }}

[[policies]]
name = "people"
module = "{directory}"
data = ["users.json={users}"]
accounts = ["APP", "SYS"]
"#
    )
}

/// A client, and who decides about it.
struct ClientCase {
    transport: &'static str,
    user: &'static str,
    password: &'static str,
    /// The outcome, the policy that decided, and the kind of the cause.
    expected: (&'static str, &'static str, &'static str),
}

const fn case(
    transport: &'static str,
    user: &'static str,
    expected: (&'static str, &'static str, &'static str),
) -> ClientCase {
    ClientCase {
        transport,
        user,
        password: user,
        expected,
    }
}

const CASES: &[ClientCase] = &[
    case("mqtt", "lamp", ("allow", "devices", "")),
    case("mqtt", "expires-in=3600", ("allow", "devices", "")),
    case("mqtt", "expires-in=3601", ("deny", "devices", "lifetime")),
    case(
        "mqtt",
        "account=OPS",
        ("deny", "devices", "account_not_allowed"),
    ),
    case("mqtt", "subscribe=ops.x", ("allow", "devices", "")),
    case("mqtt", "pass", ("deny", "people", "denied")),
    case("nats", "account=OPS", ("allow", "commands", "")),
    case(
        "nats",
        "account=AUTH",
        ("deny", "commands", "account_not_allowed"),
    ),
    case(
        "nats",
        "account=SYS",
        ("deny", "commands", "account_not_allowed"),
    ),
    case("nats", "system", ("allow", "commands", "")),
    case("nats", "subscribe=>", ("allow", "commands", "")),
    case(
        "nats",
        "subscribe=audit.x",
        ("deny", "commands", "denied_subject"),
    ),
    case(
        "nats",
        "publish=ops.x",
        ("deny", "commands", "denied_subject"),
    ),
    case("nats", "expires-in=14400", ("allow", "commands", "")),
    case("nats", "expires-in=14401", ("deny", "commands", "lifetime")),
    case(
        "nats",
        "defaults=APP",
        ("deny", "commands", "account_defaults"),
    ),
    case(
        "nats",
        "transport=websocket",
        ("deny", "commands", "transport"),
    ),
    case(
        "websocket",
        "transport=websocket",
        ("allow", "commands", ""),
    ),
    case(
        "nats",
        "source-network=10.0.0.0/8",
        ("deny", "commands", "source_network"),
    ),
    case("nats", "role=admin", ("deny", "commands", "role")),
    case("nats", "bob", ("allow", "people", "")),
    case("nats", "alice", ("deny", "people", "account_defaults")),
    case("nats", "mallory", ("deny", "people", "denied")),
    // Without a user name the client meets no list of users, and the last policy passes.
    case("nats", "", ("deny", "", "unrouted")),
];

/// What the service answers and logs about this client, asked through a real server, in the words of `eval --json`.
async fn live(bed: &Bed, forger: &Forger, case: &ClientCase) -> Value {
    let mut request = forger.request(case.user, case.password);
    request.claims["nats"]["client_info"]["type"] = case.transport.into();
    let mark = bed.portcullis.mark();
    let answer = forger.ask(&request).await;
    assert!(answer.signed, "{answer:?}");
    let record = bed.portcullis.wait_for_decision(mark, case.user).await;
    let text = |name: &str| Some(record.text(name)).filter(|text| !text.is_empty());
    let user = answer.user.map(|user| {
        let seconds = |claim: &str| user[claim].as_u64().expect("seconds");
        let mut permissions = json!({ "pub": user["nats"]["pub"], "sub": user["nats"]["sub"] });
        if !user["nats"]["resp"].is_null() {
            permissions["resp"] = user["nats"]["resp"].clone();
        }
        json!({
            "account": user["aud"], "name": user["name"], "permissions": permissions,
            "lifetime": seconds("exp") - seconds("iat"),
        })
    });
    json!({
        "outcome": text("outcome"), "policy": text("policy"), "kind": text("kind"), "cause": text("cause"),
        "user": user,
    })
}

async fn evaluate(folder: &Path, arguments: &[&str]) -> Finished {
    let arguments = [&["eval", "--config", "portcullis.toml"], arguments].concat();
    Portcullis::run(folder, &arguments).await
}

/// The same from `eval --config` with the file of the service.
async fn evaluated(folder: &Path, case: &ClientCase) -> Value {
    std::fs::write(folder.join("password"), case.password).expect("written");
    let client = match case.user {
        "" => vec![],
        user => vec!["--user", user, "--password", "@password"],
    };
    let arguments = [&["--json", "--transport", case.transport], &client[..]].concat();
    let found = object(&evaluate(folder, &arguments).await);
    let seconds = |field: &str| found[field].as_u64().expect("seconds");
    let user = (found["outcome"] == "allow").then(|| {
        json!({
            "account": found["account"], "name": found["name"], "permissions": found["permissions"],
            "lifetime": seconds("expires_at") - seconds("at"),
        })
    });
    json!({
        "outcome": found["outcome"], "policy": found["policy"],
        "kind": found["cause"]["kind"], "cause": found["cause"]["text"],
        "user": user,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn eval_decides_as_the_live_service_does_with_the_same_file() {
    let folder = tempfile::tempdir().expect("a directory");
    let users_file = folder.path().join("users.json");
    std::fs::write(&users_file, users().to_string()).expect("written");
    let setup = Setup::config(chain(&users_file)).without_callout();
    let bed = Bed::start(Setup {
        accounts: vec![],
        ..setup
    })
    .await;
    let forger = bed.forger().await;
    let mut seen = BTreeMap::new();
    for case in CASES {
        let live = live(&bed, &forger, case).await;
        let evaluated = evaluated(bed.folder(), case).await;
        let case_title = format!("{}: {}", case.transport, case.user);
        super::assert_agrees(&case_title, &evaluated, &live);
        let text = |name: &str| live[name].as_str().unwrap_or_default().to_owned();
        let decided = (text("outcome"), text("policy"), text("kind"));
        let (outcome, policy, kind) = case.expected;
        let expected = (outcome.to_owned(), policy.to_owned(), kind.to_owned());
        assert_eq!(decided, expected, "{}: {}", case.transport, case.user);
        *seen.entry(decided.0).or_insert(0) += 1;
    }
    assert!(
        seen.len() == 2 && seen.values().all(|count| *count >= 8),
        "{seen:?}"
    );
}

/// A folder with the settings file and what it names.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a directory");
    let keys = Keys::generate();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    write("users.json", &users().to_string()).expect("written");
    write("issuer.seed", &keys.issuer_seed).expect("written");
    write("xkey.seed", &keys.xkey_seed).expect("written");
    write("portcullis.toml", text).expect("written");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_is_listed_with_its_part_in_the_decision() {
    let folder = folder(&chain(Path::new("users.json")));
    let bob = ["--user", "bob", "--password", "bob"];
    let expected = [
        "portcullis.toml: allow",
        "  policy     people",
        "  policies   devices   not asked: the client does not meet when.transports",
        "             commands  not asked: the client does not meet when.users",
        "             people    allow",
    ];
    assert_says(&evaluate(folder.path(), &bob).await, 0, &expected);
    let lamp = [
        "--user",
        "lamp",
        "--transport",
        "mqtt",
        "--can",
        "publish x",
    ];
    let expected = [
        "  policy     devices",
        "  policies   devices   allow",
        "             commands  not asked: the client does not meet when.users",
        "             people    not asked: a policy before it decided",
        "  can publish x: yes",
    ];
    assert_says(&evaluate(folder.path(), &lamp).await, 0, &expected);
    let pass = ["--user", "pass", "--transport", "mqtt"];
    let expected = [
        "portcullis.toml: deny",
        "  policies   devices   pass",
        "             commands  pass",
        "             people    deny",
    ];
    assert_says(&evaluate(folder.path(), &pass).await, 1, &expected);
    let expected = [
        "portcullis.toml: deny",
        "(unrouted, operator)",
        "people    pass",
    ];
    assert_says(&evaluate(folder.path(), &[]).await, 1, &expected);
}

/// Each of the policies is asked only about clients with TLS or without.
#[rstest]
#[case::tls(&["--tls"], "open    not asked: the client does not meet when.tls")]
#[case::no_tls(&[], "sealed  not asked: the client does not meet when.tls")]
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_may_have_tls_without_a_certificate(
    #[case] flags: &[&str],
    #[case] unmet: &str,
) {
    let text = chain(Path::new("users.json"));
    let (top, _) = text.split_once("[[policies]]").expect("policies");
    let module = guest("answers-nonsense").display();
    let policy = |name: &str, tls: bool| {
        format!(
            "[[policies]]\nname = \"{name}\"\nmodule = \"{module}\"\nwhen = {{ tls = {tls} }}\n"
        )
    };
    let folder = folder(&format!(
        "{top}{}{}",
        policy("sealed", true),
        policy("open", false)
    ));
    let finished = evaluate(folder.path(), &[&["--user", "bob"], flags].concat()).await;
    assert_says(&finished, 0, &["portcullis.toml: allow", unmet]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_that_init_writes_can_be_asked() {
    let folder = tempfile::tempdir().expect("a directory");
    let made = Portcullis::run(folder.path(), &["init"]).await;
    assert!(made.status.success(), "{made:#?}");
    install(guest("directory"), &folder.path().join("policy.wasm"));
    let users = std::fs::read(folder.path().join("users.json")).expect("users");
    let users: Value = serde_json::from_slice(&users).expect("JSON");
    let password = users["alice"]["pass"].as_str().expect("a password");
    let alice = ["--user", "alice", "--password", password];
    let expected = ["portcullis.toml: allow", "  account    APP"];
    assert_says(&evaluate(folder.path(), &alice).await, 0, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_unless_every_policy_loads() {
    let broken = guest("configure-error");
    let text = format!(
        "{}\n[[policies]]\nname = \"broken\"\nmodule = \"{}\"\n",
        chain(Path::new("users.json")),
        broken.display()
    );
    let folder = folder(&text);
    let finished = evaluate(folder.path(), &["--user", "bob", "--password", "bob"]).await;
    let expected = [
        "portcullis.toml: fail",
        "policy `broken`: ",
        "refused its configuration",
        "people    not asked",
        "broken    not loaded",
    ];
    assert_says(&finished, 2, &expected);
}

#[rstest]
#[case::module(&["policy.wasm"], &["--config", "MODULE"])]
#[case::data(&["--data", "users.json"], &["--config", "--data"])]
#[case::settings(&["--settings", "{}"], &["--config", "--settings"])]
#[case::account(&["--account", "APP"], &["--config", "--account"])]
#[tokio::test(flavor = "multi_thread")]
async fn flags_of_a_single_module_contradict_a_settings_file(
    #[case] arguments: &[&str],
    #[case] words: &[&str],
) {
    let folder = folder(&chain(Path::new("users.json")));
    assert_refused(&evaluate(folder.path(), arguments).await, words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_with_faults_is_refused_with_all_of_them() {
    let text = chain(Path::new("users.json"));
    let faulty = text
        .replace("lifetime = \"2h\"", "lifetme = \"2h\"")
        .replace("\"mqtt\"", "\"mqqt\"");
    let faulty = folder(&faulty);
    let words = ["portcullis.toml:4:", "lifetme", "mqqt"];
    assert_refused(&evaluate(faulty.path(), &[]).await, &words);

    let unknown_account = folder(&text.replace("callout-account = \"AUTH\"", ""));
    let words = ["--callout-account", "[service]"];
    assert_refused(&evaluate(unknown_account.path(), &[]).await, &words);
    let told = [
        "--callout-account",
        "AUTH",
        "--user",
        "bob",
        "--password",
        "bob",
    ];
    assert_says(
        &evaluate(unknown_account.path(), &told).await,
        0,
        &["allow"],
    );

    let empty = tempfile::tempdir().expect("a directory");
    assert_refused(&evaluate(empty.path(), &[]).await, &["portcullis.toml"]);
    let nothing = Portcullis::run(empty.path(), &["eval"]).await;
    assert_refused(&nothing, &["MODULE", "--config"]);
}

fn assert_refused(finished: &Finished, words: &[&str]) {
    assert_eq!(finished.status.code(), Some(2), "{finished:#?}");
    assert!(
        finished.stdout.iter().all(String::is_empty),
        "{finished:#?}"
    );
    let text = finished.stderr.join("\n");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {finished:#?}");
    }
}
