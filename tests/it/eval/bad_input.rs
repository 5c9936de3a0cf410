//! Wrong usage: exit code 2, nothing on stdout, and an error that says where and how to fix it.

use portcullis_tests::Portcullis;
use rstest::rstest;

use super::eval;

const SEED: &str = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";

#[rstest]
#[case::user_and_token(&["--user", "u", "--token", "t"], &["--user", "--token", "cannot be used with"])]
#[case::user_and_nkey(&["--user", "u", "--nkey", "U"], &["--user", "--nkey"])]
#[case::token_and_nkey(&["--token", "t", "--nkey", "U"], &["--token", "--nkey"])]
#[case::password_alone(&["--password", "p"], &["--user"])]
#[case::request_and_user(&["--request", "r.json", "--user", "u"], &["--request", "--user"])]
#[case::request_and_certificate(&["--request", "r.json", "--tls-cert", "c.pem"], &["--request", "--tls-cert"])]
#[case::request_and_tls(&["--request", "r.json", "--tls"], &["--request", "--tls"])]
#[case::request_and_time(&["--request", "r.json", "--at", "0"], &["--request", "--at"])]
#[case::no_request(&["--request", "nowhere.json"], &["--request", "nowhere.json"])]
#[case::no_json(&["--request", "users.json"], &["users.json: ", "there is no such field"])]
#[case::no_password_file(&["--user", "u", "--password", "@nowhere"], &["--password", "nowhere"])]
#[case::no_certificate(&["--tls-cert", "users.json"], &["--tls-cert users.json", "PEM"])]
#[case::no_certificate_file(&["--tls-cert", "nowhere.pem"], &["--tls-cert nowhere.pem"])]
#[case::no_nkey(&["--nkey", SEED], &["--nkey", "56 characters"])]
#[case::no_transport(&["--transport", "tcp"], &["tcp", "nats, websocket, mqtt or leafnode"])]
#[case::no_address(&["--host", "localhost:4222"], &["localhost:4222", "IP address"])]
#[case::no_time(&["--at", "noon"], &["noon", "2026-03-01T08:00:00Z"])]
#[case::no_account(&["--account", "A B"], &["--account", "A B"])]
#[case::no_sentence(&["--can", "fly away"], &["--can", "fly away", "no such ability", "publish SUBJECT"])]
#[case::no_bucket(&["--can", "kv read no/bucket"], &["--can", "no/bucket"])]
#[case::no_data_file(&["--data", "nowhere.json"], &["cannot read nowhere.json"])]
#[case::no_settings(&["--settings", "{"], &["--settings"])]
#[case::no_data(&["--data", "=x"], &["--data"])]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_ends_with_two(#[case] arguments: &[&str], #[case] words: &[&str]) {
    let finished = eval("remembers", arguments).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:#?}");
    assert!(
        finished.stdout.iter().all(String::is_empty),
        "{finished:#?}"
    );
    for word in words {
        assert!(
            finished.text().contains(word),
            "{word:?} is not in {finished:#?}"
        );
    }
    assert!(!finished.text().contains(SEED), "a seed was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_missing_or_no_module_ends_with_two() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("text.wasm"), "no module").expect("written");
    for (module, words) in [
        ("nowhere.wasm", "cannot read nowhere.wasm"),
        (
            "text.wasm",
            "text.wasm cannot be loaded, so nothing was asked",
        ),
    ] {
        let finished = Portcullis::run(home.path(), &["eval", module]).await;
        assert_eq!(finished.status.code(), Some(2), "{finished:#?}");
        assert!(finished.stderr.concat().contains(words), "{finished:#?}");
    }
}
