//! How to describe the client: by flags, with files for secret or long values, or as a complete request.

use std::io::Write;
use std::process::{Command, Stdio};

use portcullis_tests::artifacts::{self, guest};
use portcullis_tests::bed::users;
use serde_json::json;

use super::{assert_says, eval, eval_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_a_file_is_read_and_one_on_the_command_line_is_warned_of() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("users.json"), users().to_string()).expect("written");
    std::fs::write(home.path().join("bob.password"), "bob\n").expect("written");
    let finished = eval_in(
        home.path(),
        "directory",
        &["--user", "bob", "--password", "@bob.password"],
    )
    .await;
    assert_says(&finished, 0, &[": allow"]);
    assert!(
        finished.stderr.iter().all(String::is_empty),
        "{finished:#?}"
    );
    let finished = eval_in(
        home.path(),
        "directory",
        &["--user", "bob", "--password", "bob"],
    )
    .await;
    assert!(
        finished.stderr.concat().contains("--password @FILE"),
        "{finished:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_may_have_no_password_or_an_empty_one() {
    for (policy, code) in [("answers-nonsense", 0), ("directory", 1)] {
        for password in [&[][..], &["--password", ""]] {
            let arguments = [&["--user", "bob"], password].concat();
            let finished = eval(policy, &arguments).await;
            assert_eq!(finished.status.code(), Some(code), "{finished:#?}");
            assert!(
                finished.stderr.iter().all(String::is_empty),
                "{finished:#?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_decided_at_its_given_time() {
    let clerk = nkeys::KeyPair::new_user().public_key();
    let office = json!({ "opens": "08:00", "closes": "18:00", "days": ["thu"], "clerks": { &clerk: "APP" } });
    let settings = office.to_string();
    let at = |time| ["--nkey", &clerk, "--settings", &settings, "--at", time].map(str::to_owned);
    for (time, code, words) in [
        ("2026-01-01T10:00:00Z", 0, "2026-01-01T18:00:00Z (8h)"),
        ("2026-01-01T18:00:00Z", 1, "outside office hours"),
    ] {
        let arguments = at(time);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        assert_says(&eval("office-hours", &arguments).await, code, &[words]);
    }
}

/// Made by openssl for `CN=billing,O=Example`, with the name `billing.example.org`.
const CERTIFICATE: &str = include_str!("../../../host/cli/src/eval/request_file/billing.pem");

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_given_as_a_file_or_within_a_request() {
    let home = tempfile::tempdir().expect("a directory");
    let write =
        |name: &str, text: &str| std::fs::write(home.path().join(name), text).expect("written");
    write("client.pem", CERTIFICATE);
    write("tokens.json", "{}");
    let request = json!({ "credentials": {}, "tls": { "verified": [CERTIFICATE] } });
    write("request.json", &request.to_string());
    let table = json!({ "certificates": { "billing.example.org": "APP" } }).to_string();
    let settings = ["--data", "tokens.json", "--settings", table.as_str()];
    for client in [["--tls-cert", "client.pem"], ["--request", "request.json"]] {
        let finished = eval_in(
            home.path(),
            "token-accounts",
            &[&settings[..], &client[..]].concat(),
        )
        .await;
        assert_says(
            &finished,
            0,
            &[": allow", "the permissions are those of the account"],
        );
    }
}

#[test]
fn a_request_comes_from_stdin_too() {
    let mut child = Command::new(artifacts::portcullis())
        .args(["eval", "--request", "-"])
        .arg(guest("remembers"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("portcullis starts");
    let mut stdin = child.stdin.take().expect("stdin");
    stdin
        .write_all(br#"{ "credentials": { "usr": "x" } }"#)
        .expect("written");
    drop(stdin);
    let output = child.wait_with_output().expect("portcullis ends");
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("stdin: credentials.usr: there is no such field; did you mean \"user\"?"),
        "{stderr}"
    );
}
