//! The configuration file is replaced while the service runs: all of it goes into force, or none of it.

use std::path::Path;

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Setup, write_renamed};
use portcullis_tests::client::Client;
use portcullis_tests::events::Event;
use portcullis_tests::nats_server::Options;
use portcullis_tests::portcullis::Serve;
use portcullis_tests::{Bed, Keys, NatsServer, Portcullis, raw};
use rstest::rstest;
use rustix::process::Signal;
use serde_json::json;

/// A `[[policies]]` table for that guest.
pub(super) fn policy(name: &str, lines: &str) -> String {
    let module = guest(name).display();
    format!("[[policies]]\nname = \"{name}\"\nmodule = \"{module}\"\n{lines}\n")
}

/// A configuration with the accounts in the file instead of in flags.
async fn bed_of(text: impl Into<String>) -> Bed {
    let setup = Setup::config(text);
    Bed::start(Setup {
        accounts: vec![],
        ..setup
    })
    .await
}

async fn log_in(bed: &Bed, user: &str) -> Result<(), String> {
    let opened = raw::Connection::open(&bed.server.address()).await;
    opened
        .expect("a server")
        .log_in(user, "a secret word")
        .await
}

/// Replaces the file and waits until its generation is in force.
async fn reconfigure(bed: &Bed, text: &str) {
    let mark = bed.portcullis.mark();
    write_renamed(&bed.config_path(), text.as_bytes());
    reloaded(&bed.portcullis, mark).await;
}

pub(super) async fn reloaded(portcullis: &Portcullis, mark: usize) {
    let wanted = |event: &Event| event.is_reload() && event.text("what") == "configuration";
    portcullis.wait_for(mark, "the reload", wanted).await;
}

async fn refusal(bed: &Bed, mark: usize) -> Event {
    let failure = bed
        .portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure);
    failure.await
}

pub(super) const APP: &str = "accounts = [\"APP\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_added_decides() {
    let first = APP.to_owned() + &policy("hello", "");
    let bed = bed_of(first.clone()).await;
    assert_eq!(log_in(&bed, "guest").await, Ok(()));
    assert!(log_in(&bed, "bob").await.is_err());
    let narrowed = APP.to_owned() + &policy("hello", "when = { users = [\"guest\"] }");
    reconfigure(&bed, &(narrowed + &policy("remembers", ""))).await;
    assert_eq!(log_in(&bed, "guest").await, Ok(()));
    assert_eq!(log_in(&bed, "bob").await, Ok(()));
    for (user, name) in [("guest", "hello"), ("bob", "remembers")] {
        let decided = |event: &Event| {
            event.is_decision_on(user)
                && event.text("policy") == name
                && event.text("outcome") == "allow"
        };
        bed.portcullis.wait_for(0, "its decision", decided).await;
    }
    reconfigure(&bed, &first).await;
    assert!(log_in(&bed, "bob").await.is_err(), "its policy was removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_open_and_close() {
    let policy = policy("answers-nonsense", "");
    let wide = "accounts = [\"APP\", \"SYS\"]\n".to_owned() + &policy;
    let narrow = APP.to_owned() + &policy;
    let bed = bed_of(narrow.clone()).await;
    assert!(log_in(&bed, "account=SYS").await.is_err());
    reconfigure(&bed, &wide).await;
    assert_eq!(log_in(&bed, "account=SYS").await, Ok(()));
    reconfigure(&bed, &narrow).await;
    assert!(log_in(&bed, "account=SYS").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_of_lifetimes_change() {
    let policy = policy("answers-nonsense", "");
    let bed = bed_of(APP.to_owned() + &policy).await;
    assert_eq!(log_in(&bed, "expires-in=7200").await, Ok(()));
    reconfigure(&bed, &format!("{APP}lifetime-max = \"1h\"\n{policy}")).await;
    let mark = bed.portcullis.mark();
    assert!(log_in(&bed, "expires-in=7200").await.is_err());
    let record = bed
        .portcullis
        .wait_for_decision(mark, "expires-in=7200")
        .await;
    assert!(record.text("cause").contains("3600"), "{record:?}");
    assert_eq!(log_in(&bed, "expires-in=3600").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_changes_nothing_and_is_reported_until_it_is_fixed() {
    let good = APP.to_owned() + &policy("remembers", "");
    let bed = bed_of(good.clone()).await;
    let mark = bed.portcullis.mark();
    write_renamed(
        &bed.config_path(),
        good.replace("accounts", "acounts").as_bytes(),
    );
    let failure = refusal(&bed, mark).await;
    for word in [
        "portcullis.toml:1:1",
        "\"acounts\"",
        "did you mean \"accounts\"?",
    ] {
        assert!(
            failure.text("cause").contains(word),
            "{word:?} is not in {failure:?}"
        );
    }
    assert_eq!(log_in(&bed, "bob").await, Ok(()));
    let (status, text) = bed.portcullis.get("/ready").await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("\"degraded\":true"), "{text}");
    reconfigure(&bed, &good).await;
    let (_, text) = bed.portcullis.get("/ready").await;
    assert!(text.contains("\"degraded\":false"), "{text}");
}

/// The first policy of the file is valid and changed, the second is invalid: neither goes into force.
#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_with_one_bad_policy_changes_none_of_them() {
    let good = APP.to_owned() + &policy("hello", "");
    let bed = bed_of(good.clone()).await;
    let mark = bed.portcullis.mark();
    let text = APP.to_owned() + &policy("remembers", "") + &policy("other-world", "");
    write_renamed(&bed.config_path(), text.as_bytes());
    let failure = refusal(&bed, mark).await;
    assert_eq!(failure.text("policy"), "other-world", "{failure:?}");
    assert!(log_in(&bed, "bob").await.is_err());
    assert_eq!(log_in(&bed, "guest").await, Ok(()));

    let mark = bed.portcullis.mark();
    write_renamed(&bed.config_path(), good.as_bytes());
    bed.portcullis
        .wait_for(mark, "the reload", Event::is_reload)
        .await;
    let (_, ready) = bed.portcullis.get("/ready").await;
    assert!(
        ready.contains("\"degraded\":false"),
        "the fault is gone: {ready}"
    );
}

/// While the configuration is faulty, the policies in force still follow their files.
#[tokio::test(flavor = "multi_thread")]
async fn data_reload_while_the_file_is_broken() {
    let data = "accounts = [\"APP\", \"SYS\"]\n[[policies]]\nmodule = \"policies/policy.wasm\"\n\
                data = [\"policies/users.json\"]\n";
    let setup = Setup::directory();
    let users = setup.users.clone().expect("users");
    let home = tempfile::tempdir().expect("a directory");
    let (server, portcullis) = serve_directory(home.path(), data, &users).await;
    let mark = portcullis.mark();
    write_renamed(&home.path().join("portcullis.toml"), b"acounts = []\n");
    portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    let mut users = users;
    users["carol"] = json!({ "pass": "carol", "account": "APP" });
    let mark = portcullis.mark();
    write_renamed(
        &home.path().join("policies/users.json"),
        users.to_string().as_bytes(),
    );
    portcullis
        .wait_for(mark, "the reload", Event::is_reload)
        .await;
    Client::admitted(&server.url(), "carol", "carol").await;
    let (_, text) = portcullis.get("/ready").await;
    assert!(
        text.contains("\"degraded\":true"),
        "the file is still broken: {text}"
    );
}

async fn serve_directory(
    home: &Path,
    text: &str,
    users: &serde_json::Value,
) -> (NatsServer, Portcullis) {
    let keys = Keys::generate();
    let server = NatsServer::start(&Options::sealed(&keys)).await;
    let folder = home.join("policies");
    std::fs::create_dir(&folder).expect("a directory");
    std::fs::copy(guest("directory"), folder.join("policy.wasm")).expect("copied");
    std::fs::write(folder.join("users.json"), users.to_string()).expect("written");
    let config = home.join("portcullis.toml");
    std::fs::write(&config, text).expect("written");
    let serve = Serve::new(home, &server.url()).issuer(&keys).xkey(&keys);
    let portcullis = serve.flag("--config", config).spawn();
    portcullis.wait_for_message(0, "ready").await;
    (server, portcullis)
}

#[tokio::test(flavor = "multi_thread")]
async fn sighup_reads_the_file_again() {
    let bed = bed_of(APP.to_owned() + &policy("remembers", "")).await;
    let mark = bed.portcullis.mark();
    bed.portcullis.signal(Signal::HUP);
    reloaded(&bed.portcullis, mark).await;
    assert_eq!(log_in(&bed, "bob").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_policy_decides_what_the_first_passes() {
    let text = APP.to_owned() + &policy("answers-nonsense", "") + &policy("remembers", "");
    let bed = bed_of(text).await;
    for (user, name) in [("pass", "remembers"), ("bob", "answers-nonsense")] {
        assert_eq!(log_in(&bed, user).await, Ok(()));
        let record = bed.portcullis.wait_for_decision(0, user).await;
        assert_eq!(record.text("policy"), name, "{record:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_every_policy_passes_is_denied() {
    let bed = bed_of(APP.to_owned() + &policy("answers-nonsense", "")).await;
    assert_eq!(
        log_in(&bed, "pass").await,
        Err("Authorization Violation".to_owned())
    );
    let record = bed.portcullis.wait_for_decision(0, "pass").await;
    assert_eq!(
        (record.text("outcome"), record.text("kind")),
        ("deny", "unrouted")
    );
}

#[rstest]
#[case::users("when = { users = [\"service-*\", \"guest\"] }", "hello")]
#[case::transports("when = { transports = [\"mqtt\", \"websocket\"] }", "remembers")]
#[case::tls("when = { tls = true }", "remembers")]
#[case::all_of_it("when = { users = [\"guest\"], tls = true }", "remembers")]
#[case::holds(
    "when = { users = [\"guest\"], transports = [\"nats\"], tls = false }",
    "hello"
)]
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_asked_only_when_its_conditions_hold(#[case] when: &str, #[case] name: &str) {
    let bed = bed_of(APP.to_owned() + &policy("hello", when) + &policy("remembers", "")).await;
    assert_eq!(log_in(&bed, "guest").await, Ok(()));
    let record = bed.portcullis.wait_for_decision(0, "guest").await;
    assert_eq!(record.text("policy"), name, "{record:?}");
}

/// A policy that fails ends its chain, whatever answer the client gets.
#[rstest]
#[case::silence("silence", "fail", "Authorization Violation")]
#[case::deny("deny", "deny", "Authorization Violation")]
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_chooses_the_answer_to_a_failure(
    #[case] word: &str,
    #[case] outcome: &str,
    #[case] complaint: &str,
) {
    let lines = format!("on-failure = \"{word}\"");
    let text = APP.to_owned() + &policy("traps-in-decide", &lines) + &policy("remembers", "");
    let bed = bed_of(text).await;
    assert_eq!(log_in(&bed, "mallory").await, Err(complaint.to_owned()));
    let record = bed.portcullis.wait_for_decision(0, "mallory").await;
    assert_eq!(record.text("outcome"), outcome, "{record:?}");
    assert_eq!(record.text("failure"), "trap", "{record:?}");
}
