//! `portcullis eval`: one decision without a server, as text and as JSON, and the same as with a server.

use std::path::Path;

use portcullis_tests::Portcullis;
use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::users;
use portcullis_tests::portcullis::Finished;
use rstest::rstest;
use serde_json::{Value, json};

mod bad_input;
mod clients;
mod config;
mod live;

/// Runs `portcullis eval` with a guest, in a folder with the users of the documentation.
async fn eval(policy: &str, arguments: &[&str]) -> Finished {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("users.json"), users().to_string()).expect("written");
    eval_in(home.path(), policy, arguments).await
}

async fn eval_in(home: &Path, policy: &str, arguments: &[&str]) -> Finished {
    let module = guest(policy).display().to_string();
    let data: &[&str] = match policy {
        "directory" => &["--data", "users.json"],
        _ => &[],
    };
    let arguments: Vec<_> = ["eval", &module]
        .into_iter()
        .chain(data.iter().copied())
        .chain(arguments.iter().copied())
        .collect();
    Portcullis::run(home, &arguments).await
}

fn assert_says(finished: &Finished, code: i32, lines: &[&str]) {
    assert_eq!(finished.status.code(), Some(code), "{finished:#?}");
    for line in lines {
        let said = finished.stdout.iter().any(|said| said.contains(line));
        assert!(said, "{line:?} is not in {finished:#?}");
    }
}

/// Checks that `eval` says what the service signed. The service shortens lifetimes by up to a tenth, and `eval` names the longest.
#[track_caller]
fn assert_agrees(case: &str, evaluated: &Value, live: &Value) {
    let mut signed = live.clone();
    for place in ["/lifetime", "/user/lifetime"] {
        let seconds = |of: &Value| of.pointer(place).and_then(Value::as_u64);
        let (Some(longest), Some(lifetime)) = (seconds(evaluated), seconds(live)) else {
            continue;
        };
        let shortest = longest - longest / 10;
        assert!(
            (shortest..=longest).contains(&lifetime),
            "{case}: {lifetime} is not in {shortest}..={longest}"
        );
        *signed.pointer_mut(place).expect("it is there") = longest.into();
    }
    assert_eq!(*evaluated, signed, "{case}");
}

fn object(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout.join("\n")).expect("one JSON object")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admitted_client_is_shown_with_all_its_permissions() {
    let finished = eval(
        "directory",
        &[
            "--user",
            "bob",
            "--password",
            "bob",
            "--at",
            "2026-03-01T08:00:00Z",
        ],
    )
    .await;
    let expected = [
        ": allow",
        "  account    APP",
        "  as         bob",
        "  until      2026-03-31T08:00:00Z (30days)",
        "  publish.allow    bob.>                            subject rules",
        "  subscribe.allow  bob.>                            subject rules",
        "  responses        1 reply to a message, within 2m  subject rules",
    ];
    assert_says(&finished, 0, &expected);
    assert!(
        !finished.text().contains('\x1b'),
        "no colours but on a terminal"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_name_their_abilities_and_what_the_host_added() {
    let wishes = "publish orders.new; kv read test_kv dev.001.>";
    let finished = eval("grants-wishes", &["--user", "u", "--password", wishes]).await;
    assert_says(
        &finished,
        0,
        &["publish orders.new", "kv read test_kv dev.001.>"],
    );
    let finished = eval(
        "grants-wishes",
        &["--user", "u", "--password", "publish orders.new"],
    )
    .await;
    assert_says(
        &finished,
        0,
        &["  subscribe.deny  >           the host: nothing is allowed"],
    );
}

#[rstest]
#[case::wrong_password("directory", &["--user", "bob", "--password", "x"], "deny", &["unknown user or wrong password", "denied"])]
#[case::passed("directory", &["--token", "x"], "pass", &["the next one"])]
#[case::out_of_bounds("directory", &["--user", "bob", "--password", "bob", "--account", "OTHER"], "deny", &["\"APP\"", "OTHER", "account_not_allowed"])]
#[case::system_account("directory", &["--user", "sys", "--password", "sys"], "deny", &["account_not_allowed"])]
#[case::failed("traps-in-decide", &["--user", "mallory"], "fail", &["it trapped", "trap, policy"])]
#[case::no_ability("grants-wishes", &["--user", "u", "--password", "fly away"], "deny", &["no such ability", "ability, policy"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_not_admitted_ends_with_one_and_the_cause(
    #[case] policy: &str,
    #[case] arguments: &[&str],
    #[case] outcome: &str,
    #[case] words: &[&str],
) {
    let finished = eval(policy, arguments).await;
    assert_says(&finished, 1, &[&format!(": {outcome}")]);
    assert_says(&finished, 1, words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_loaded_gives_no_answer() {
    let finished = eval("configure-error", &[]).await;
    let words = ["refused its configuration", "not_loaded, operator"];
    assert_says(&finished, 2, &words);
    assert!(
        finished.stderr.concat().contains("nothing was asked"),
        "{finished:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_with_the_deciding_entry() {
    let bob = ["--user", "bob", "--password", "bob"];
    let yes = [
        "--can",
        "publish bob.x",
        "--can",
        "subscribe bob.* workers",
        "--can",
        "reply bob.y",
    ];
    let finished = eval("directory", &[&bob[..], &yes[..]].concat()).await;
    let expected = [
        "  can publish bob.x: yes",
        "    publish bob.x: allowed by publish.allow bob.> (subject rules)",
        "  can subscribe bob.* workers: yes",
        "    replies: allowed by responses",
    ];
    assert_says(&finished, 0, &expected);
    let no = ["--can", "publish bob.x", "--can", "publish alice.x"];
    let finished = eval("directory", &[&bob[..], &no[..]].concat()).await;
    assert_says(
        &finished,
        1,
        &[
            "can publish alice.x: no",
            "    publish alice.x: no entry allows it",
        ],
    );
    let finished = eval("directory", &["--user", "x", "--can", "publish bob.x"]).await;
    assert_says(
        &finished,
        1,
        &["can publish bob.x: no", "    the client is not admitted"],
    );
    let alice = [
        "--user",
        "alice",
        "--password",
        "alice",
        "--can",
        "publish bob.x",
    ];
    assert_says(
        &eval("directory", &alice).await,
        0,
        &["by the defaults of the account, which are everything in it"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn abilities_are_asked_about_with_the_prefixes_of_the_grant() {
    let wishes = "inbox=_INBOX_router001; kv read test_kv dev.001.>; kv write test_kv dev.001.>";
    let router = ["--user", "router001", "--password", wishes];
    let own = [
        "--can",
        "kv read test_kv dev.001.temp",
        "--can",
        "kv write test_kv dev.001.temp",
    ];
    let finished = eval("grants-wishes", &[&router[..], &own[..]].concat()).await;
    assert_says(
        &finished,
        0,
        &[
            "can kv read test_kv dev.001.temp: yes",
            "_INBOX_router001",
            "(kv write test_kv dev.001.>",
        ],
    );
    for other in [
        "kv read test_kv dev.002.temp",
        "kv write test_kv dev.002.temp",
        "subscribe _INBOX.>",
    ] {
        let finished = eval("grants-wishes", &[&router[..], &["--can", other]].concat()).await;
        assert_says(&finished, 1, &[&format!("can {other}: no")]);
    }
}

#[rstest]
#[case::allowed("directory", &["--user", "bob", "--password", "bob", "--can", "publish bob.x"], "allow")]
#[case::denied("directory", &["--user", "bob", "--can", "publish bob.x"], "deny")]
#[case::passed("directory", &[], "pass")]
#[case::not_loaded("configure-error", &[], "fail")]
#[tokio::test(flavor = "multi_thread")]
async fn json_has_every_field_whatever_the_outcome(
    #[case] policy: &str,
    #[case] arguments: &[&str],
    #[case] outcome: &str,
) {
    let finished = eval(policy, &[arguments, &["--json"]].concat()).await;
    let found = object(&finished);
    let fields: Vec<_> = found
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "account",
        "at",
        "can",
        "cause",
        "config",
        "digest",
        "expires_at",
        "lines",
        "log",
        "module",
        "name",
        "outcome",
        "permissions",
        "policies",
        "policy",
        "policy_failure",
        "tags",
        "warnings",
    ];
    assert_eq!(fields, expected);
    assert_eq!(found["outcome"], outcome, "{found}");
    assert_eq!(
        found["cause"].is_null(),
        matches!(outcome, "allow" | "pass"),
        "{found}"
    );
    let help = Portcullis::run(Path::new("."), &["eval", "--help"])
        .await
        .stdout
        .join(" ");
    for field in expected {
        assert!(help.contains(field), "{field} is not in the help");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_the_content_of_the_text() {
    let arguments = [
        "--user",
        "bob",
        "--password",
        "bob",
        "--at",
        "1790000000",
        "--json",
        "--can",
        "publish bob.x",
        "--can",
        "publish x",
    ];
    let finished = eval("directory", &arguments).await;
    assert_eq!(finished.status.code(), Some(1));
    let found = object(&finished);
    assert_eq!(
        (&found["account"], &found["name"]),
        (&json!("APP"), &json!("bob"))
    );
    assert_eq!(
        (&found["at"], &found["expires_at"]),
        (&json!(1_790_000_000), &json!(1_792_592_000))
    );
    let permissions = json!({
        "pub": { "allow": ["bob.>"] }, "sub": { "allow": ["bob.>"] }, "resp": { "max": 1, "ttl": 0 },
    });
    assert_eq!(found["permissions"], permissions);
    let line = json!({ "list": "publish.allow", "entry": "bob.>", "from": ["subject rules"], "host": null });
    assert_eq!(found["lines"][0], line);
    let answer = json!({
        "sentence": "publish bob.x", "allowed": true, "why": null,
        "needs": [{
            "list": "publish.allow", "subject": "bob.x", "allowed": true,
            "by": { "list": "publish.allow", "entry": "bob.>" }, "reason": "entry", "from": ["subject rules"],
            "withheld": [],
        }],
    });
    assert_eq!(found["can"][0], answer);
    assert_eq!(
        (
            &found["can"][1]["allowed"],
            &found["can"][1]["needs"][0]["by"]
        ),
        (&json!(false), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_are_shown_without_the_clients_secrets() {
    let finished = eval(
        "floods-log",
        &["--user", "mallory", "--password", "hunter2"],
    )
    .await;
    assert_says(
        &finished,
        1,
        &[
            "  warn       0: the password is [secret]",
            "[secret] is not a password",
            "more lines of this call were dropped",
        ],
    );
    assert!(!finished.text().contains("hunter2"), "{finished:#?}");
}
