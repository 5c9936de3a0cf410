//! Wrong settings: exit code 2, one line that says what is wrong, where, and how to fix it. Nothing is started, and no
//! seed is ever printed.

use std::path::Path;

use nkeys::{KeyPair, XKey};
use portcullis_tests::artifacts::guest;
use portcullis_tests::events::Event;
use portcullis_tests::portcullis::{Finished, Serve};
use portcullis_tests::{Keys, Portcullis};
use rstest::rstest;

/// Runs `portcullis serve` with valid settings, except for the replaced ones: `(flag, value)`, or without the flag if the
/// value is empty. The server does not exist: settings are checked before anything is started.
async fn serve_with(home: &Path, keys: &Keys, replaced: &[(&str, &str)]) -> Finished {
    let policy = guest("remembers").display().to_string();
    let good = [
        ("--server", "nats://127.0.0.1:1"),
        ("--user", "auth"),
        ("--password", "auth"),
        ("--issuer-seed", keys.issuer_seed.as_str()),
        ("--xkey-seed", keys.xkey_seed.as_str()),
        ("--account", "APP"),
        ("--policy", policy.as_str()),
        ("--http", "127.0.0.1:0"),
    ];
    let kept = good
        .iter()
        .filter(|(flag, _)| !replaced.iter().any(|(other, _)| other == flag));
    let flags = kept.chain(replaced).filter(|(_, value)| !value.is_empty());
    let arguments = flags.flat_map(|(flag, value)| [*flag, *value]);
    let arguments: Vec<_> = ["serve"].into_iter().chain(arguments).collect();
    Portcullis::run(home, &arguments).await
}

fn assert_one_line(finished: &Finished, words: &[&str], secrets: &[&str]) {
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    let lines: Vec<_> = finished
        .stderr
        .iter()
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines.len(), 1, "{finished:?}");
    for word in words {
        assert!(lines[0].contains(word), "{word:?} is not in {:?}", lines[0]);
    }
    for secret in secrets {
        assert!(!finished.text().contains(secret), "a secret was written");
    }
}

#[rstest]
#[case::no_issuer(&[("--issuer-seed", "")], &["issuer"])]
#[case::malformed_issuer(&[("--issuer-seed", "SAANONSENSE")], &["issuer"])]
#[case::malformed_xkey(&[("--xkey-seed", "SXANONSENSE")], &["xkey"])]
#[case::unreadable_seed(&[("--issuer-seed", "@nowhere.seed")], &["nowhere.seed"])]
#[case::no_account(&[("--account", "")], &["account"])]
#[case::malformed_account(&[("--account", "A B")], &["A B"])]
#[case::no_policy(&[("--policy", "")], &["policy"])]
#[case::missing_policy(&[("--policy", "nowhere.wasm")], &["nowhere.wasm"])]
#[case::missing_data(&[("--data", "nowhere.json")], &["nowhere.json"])]
#[case::missing_configuration(&[("--config", "nowhere.toml")], &["nowhere.toml"])]
#[case::missing_creds(&[("--user", ""), ("--password", ""), ("--creds", "nowhere.creds")], &["nowhere.creds"])]
#[case::http_without_port(&[("--http", "localhost")], &["http", "localhost"])]
#[case::unknown_log_format(&[("--log-format", "xml")], &["xml"])]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_end_with_two(#[case] replaced: &[(&str, &str)], #[case] words: &[&str]) {
    let home = tempfile::tempdir().expect("a directory");
    let keys = Keys::generate();
    let finished = serve_with(home.path(), &keys, replaced).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    for word in words {
        assert!(
            finished.text().contains(word),
            "{word:?} is not in {finished:?}"
        );
    }
    assert!(!finished.text().contains(&keys.issuer_seed));
    assert!(!finished.text().contains(&keys.xkey_seed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_seed_where_an_accounts_is_needed_is_named_and_not_shown() {
    let home = tempfile::tempdir().expect("a directory");
    let seed = KeyPair::new_user().seed().expect("a seed");
    let finished = serve_with(home.path(), &Keys::generate(), &[("--issuer-seed", &seed)]).await;
    assert_one_line(&finished, &["user", "account"], &[&seed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_xkey_where_an_account_is_needed_is_named_and_not_shown() {
    let home = tempfile::tempdir().expect("a directory");
    let seed = XKey::new().seed().expect("a seed");
    let finished = serve_with(home.path(), &Keys::generate(), &[("--issuer-seed", &seed)]).await;
    assert_one_line(&finished, &["account"], &[&seed]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_seed_where_an_xkey_is_needed_is_named_and_not_shown() {
    let home = tempfile::tempdir().expect("a directory");
    let seed = KeyPair::new_account().seed().expect("a seed");
    let finished = serve_with(home.path(), &Keys::generate(), &[("--xkey-seed", &seed)]).await;
    assert_one_line(&finished, &["xkey"], &[&seed]);
}

#[rstest]
#[case::nkey("--nkey", "")]
#[case::creds(
    "--creds",
    "-----BEGIN NATS USER JWT-----\neyJ0.e30.x\n------END NATS USER JWT------\n"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_login_with_a_mistyped_seed_is_refused_and_not_shown(
    #[case] flag: &str,
    #[case] before: &str,
) {
    let home = tempfile::tempdir().expect("a directory");
    let mut seed = KeyPair::new_user().seed().expect("a seed");
    let last = seed.pop();
    seed.push(if last == Some('A') { 'B' } else { 'A' });
    let file = home.path().join("login");
    std::fs::write(&file, format!("{before}{seed}\n")).expect("written");
    let path = file.display().to_string();
    let login = [("--user", ""), ("--password", ""), (flag, path.as_str())];
    let finished = serve_with(home.path(), &Keys::generate(), &login).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    assert!(finished.text().contains("user seed"), "{finished:?}");
    assert!(!finished.text().contains(&seed), "a secret was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_of_the_file_is_named_with_its_line_and_a_suggestion() {
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("portcullis.toml");
    std::fs::write(
        &file,
        "service.log-format = \"json\"\nacounts = [\"APP\"]\n",
    )
    .expect("written");
    let path = file.display().to_string();
    let finished = serve_with(home.path(), &Keys::generate(), &[("--config", &path)]).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    for word in ["acounts", "accounts", "2"] {
        assert!(
            finished.text().contains(word),
            "{word:?} is not in {finished:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_a_line_of_its_own() {
    let home = tempfile::tempdir().expect("a directory");
    let replaced = [
        ("--http", "localhost"),
        ("--policy", "nowhere.wasm"),
        ("--account", "A B"),
    ];
    let finished = serve_with(home.path(), &Keys::generate(), &replaced).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    for word in ["localhost", "nowhere.wasm", "A B"] {
        let lines = finished.stderr.iter().filter(|line| line.contains(word));
        assert_eq!(lines.count(), 1, "{word}: {finished:?}");
    }
}

/// One kind of fault has one exit code, whatever the verb: a file that is named and cannot be read is 2.
#[rstest]
#[case::check_module(&["check", "nowhere.wasm"])]
#[case::check_data(&["check", "hello", "--data", "nowhere.json"])]
#[case::check_settings(&["check", "hello", "--settings", "@nowhere.json"])]
#[case::check_config(&["check", "--config", "nowhere.toml"])]
#[case::serve_config(&["serve", "--config", "nowhere.toml"])]
#[case::serve_policy(&["serve", "--account", "APP", "--policy", "nowhere.wasm"])]
#[case::eval_module(&["eval", "nowhere.wasm"])]
#[case::eval_data(&["eval", "hello", "--data", "nowhere.json"])]
#[case::eval_request(&["eval", "hello", "--request", "nowhere.json"])]
#[case::build(&["build", "nowhere"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_ends_with_two(#[case] arguments: &[&str]) {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::copy(guest("hello"), home.path().join("hello")).expect("copied");
    let finished = Portcullis::run(home.path(), arguments).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
    assert!(finished.text().contains("nowhere"), "{finished:?}");
}

/// A warning is an event like any other, also before anything is connected.
#[tokio::test(flavor = "multi_thread")]
async fn warnings_at_the_start_are_written_as_the_log_is() {
    let home = tempfile::tempdir().expect("a directory");
    let keys = Keys::generate();
    let serve = Serve::new(home.path(), "nats://127.0.0.1:1")
        .issuer(&keys)
        .xkey(&keys);
    let policy = guest("remembers").display().to_string();
    let portcullis = serve.accounts(&["APP"]).flag("--policy", policy).spawn();
    let warned = |event: &Event| {
        event.text("level") == "WARN" && event.message().starts_with("--password: ")
    };
    portcullis.wait_for(0, "the warning", warned).await;
    let finished = portcullis.terminate().await;
    for line in &finished.stderr {
        assert!(Event::parse(line).is_some(), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_flag_ends_with_two() {
    let home = tempfile::tempdir().expect("a directory");
    let finished = Portcullis::run(home.path(), &["serve", "--sever", "x"]).await;
    assert_eq!(finished.status.code(), Some(2), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_describes_a_module() {
    let home = tempfile::tempdir().expect("a directory");
    let path = guest("remembers").display().to_string();
    let finished = Portcullis::run(home.path(), &["check", &path]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    assert!(!finished.stdout.is_empty(), "{finished:?}");
}

#[rstest]
#[case::other_world("other-world")]
#[case::forbidden_import("forbidden-import")]
#[case::configure_error("configure-error")]
#[case::traps_in_configure("traps-in-configure")]
#[tokio::test(flavor = "multi_thread")]
async fn check_finds_the_fault_of_a_module(#[case] name: &str) {
    let home = tempfile::tempdir().expect("a directory");
    let path = guest(name).display().to_string();
    let finished = Portcullis::run(home.path(), &["check", &path]).await;
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn init_writes_keys_that_only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a directory");
    let finished = Portcullis::run(home.path(), &["init", "gate"]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let mut seeds = 0;
    for entry in std::fs::read_dir(home.path().join("gate")).expect("a directory") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let seed = text
            .lines()
            .find(|line| line.starts_with("SA") || line.starts_with("SX"));
        if let Some(seed) = seed {
            let mode = std::fs::metadata(&path)
                .expect("its mode")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
            assert!(
                !finished.text().contains(seed),
                "a seed was written to the terminal"
            );
            seeds += 1;
        }
    }
    assert_eq!(seeds, 2, "an issuer and an xkey");
}
