//! A policy's answer is only a request. A grant that is beyond the operator's bounds, or that nats-server would reject or
//! silently misread, is denied as a whole, and the record of the decision names the field and what is wrong with it.

use std::collections::BTreeSet;

use portcullis_tests::bed::Setup;
use portcullis_tests::events::Event;
use portcullis_tests::{Bed, raw};
use rstest::rstest;
use serde_json::json;

const CALLOUT: &str = "$SYS.REQ.USER.AUTH";
const ANSWERS: &str = "$SYS._INBOX";

/// The guest answers what the user name says.
async fn bed_with(accounts: &[&'static str]) -> Bed {
    let setup = Setup::guest("answers-nonsense");
    Bed::start(Setup {
        accounts: accounts.to_vec(),
        ..setup
    })
    .await
}

async fn log_in(bed: &Bed, user: &str) -> Result<raw::Connection, String> {
    let opened = raw::Connection::open(&bed.server.address()).await;
    let mut connection = opened.expect("a server");
    connection.log_in(user, "a secret word").await?;
    Ok(connection)
}

async fn admitted(bed: &Bed, user: &str) -> raw::Connection {
    match log_in(bed, user).await {
        Ok(connection) => connection,
        Err(error) => {
            let record = bed.portcullis.wait_for_decision(0, user).await;
            panic!("{user} was not admitted: {error}; {record:?}")
        }
    }
}

/// Expects a signed denial at once, whose cause contains those words and names that blame.
async fn assert_denied(bed: &Bed, user: &str, blame: &str, words: &[&str]) -> Event {
    let complaint = log_in(bed, user).await.err();
    let record = bed.portcullis.wait_for_decision(0, user).await;
    assert_eq!(
        complaint.as_deref(),
        Some("Authorization Violation"),
        "{record:?}"
    );
    assert_eq!(record.text("outcome"), "deny", "{record:?}");
    assert_eq!(record.text("blame"), blame, "{record:?}");
    for word in words {
        assert!(
            record.text("cause").contains(word),
            "{word:?} is not in {record:?}"
        );
    }
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_listed_is_denied() {
    let bed = bed_with(&["APP", "TENANT-*"]).await;
    for account in ["NOWHERE", "SYS", "AUTH", "$SYS", "app", "APP2"] {
        let words = [account, "APP, TENANT-*"];
        let record = assert_denied(&bed, &format!("account={account}"), "policy", &words).await;
        assert_eq!(record.text("kind"), "account_not_allowed");
    }
    for malformed in ["", " APP", "A\nB"] {
        assert_denied(
            &bed,
            &format!("account={malformed}"),
            "policy",
            &["account"],
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_opens_neither_the_callouts_account_nor_a_system_account() {
    let bed = bed_with(&["*"]).await;
    admitted(&bed, "account=APP").await;
    assert_denied(&bed, "account=AUTH", "policy", &["AUTH", "callout's own"]).await;
    assert_denied(&bed, "account=SYS", "policy", &["SYS", "system account"]).await;
    assert_denied(&bed, "account=$SYS", "policy", &["$SYS", "system account"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callouts_account_is_open_by_name_except_for_the_callouts_subject() {
    let bed = bed_with(&["APP", "AUTH"]).await;
    let mut eve = admitted(&bed, "account=AUTH").await;
    assert_eq!(eve.subscribe("other.things").await, Ok(()));
    for subject in [CALLOUT, "$SYS.REQ.USER.AUTH portcullis"] {
        let complaint = eve.subscribe(subject).await;
        assert!(complaint.is_err(), "she may subscribe to {subject}");
    }
}

/// The server accepts a subscription that is wider than the denial, and then withholds the denied messages from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_wide_subscription_in_the_callouts_account_sees_no_request_and_no_answer_and_swallows_none()
 {
    let bed = bed_with(&["APP", "AUTH"]).await;
    let mut eve = admitted(&bed, "account=AUTH").await;
    for subject in [">", "$SYS.REQ.USER.*", "$SYS.> everybody"] {
        eve.subscribe(subject).await.expect("the server takes it");
    }
    for number in 0..10 {
        admitted(&bed, &format!("client {number}")).await;
    }
    let seen = eve.messages().await;
    let of_callout = |line: &&String| [CALLOUT, ANSWERS].iter().any(|it| line.contains(it));
    let seen: Vec<_> = seen.iter().filter(of_callout).collect();
    assert!(seen.is_empty(), "she saw {seen:?}");
    assert!(eve.subscribe(&format!("{ANSWERS}.>")).await.is_err());
}

/// Servers before 2.14.3 deliver some messages to MQTT clients in spite of a denial.
#[tokio::test(flavor = "multi_thread")]
async fn a_denial_that_the_clients_server_does_not_keep_is_refused() {
    let plant = json!({ "pass": "lamp", "account": "APP", "permissions": {
        "sub": { "allow": ["plant.>"], "deny": ["plant.secret.>"] },
    } });
    let setup = Setup {
        users: Some(json!({ "lamp": plant })),
        ..Setup::directory()
    };
    let bed = Bed::start(setup.without_callout()).await;
    let forger = bed.forger().await;
    for (transport, version, admitted) in [
        ("mqtt", "2.12.8", false),
        ("mqtt", "2.14.3", true),
        ("nats", "2.12.8", true),
    ] {
        let mut request = forger.request("lamp", "lamp");
        request.claims["nats"]["client_info"]["type"] = transport.into();
        request.claims["nats"]["server_id"]["version"] = version.into();
        let mark = bed.portcullis.mark();
        let answer = forger.ask(&request).await;
        assert_eq!(
            answer.allows(),
            admitted,
            "{transport}, {version}: {answer:?}"
        );
        let record = bed.portcullis.wait_for_decision(mark, "lamp").await;
        let kind = record.text("kind");
        assert_eq!(kind == "mqtt_denial", !admitted, "{record:?}");
    }
}

/// nats-server applies them to its own users alone.
#[rstest]
#[case::oldest("2.10.25")]
#[case::before("2.12.8")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn default_permissions_of_an_account_do_not_reach_clients_of_the_callout(
    #[case] version: &str,
) {
    let mut setup = Setup::guest("answers-nonsense");
    setup.server.version = version.to_owned();
    setup.server.accounts =
        "  OPEN { default_permissions: { publish: \"only.this\", subscribe: \"only.this\" } }\n";
    let accounts = vec!["OPEN"];
    let bed = Bed::start(Setup { accounts, ..setup }).await;
    let mut client = admitted(&bed, "defaults=OPEN").await;
    assert_eq!(client.subscribe("anything.else").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn account_defaults_are_denied_where_the_operator_forbids_them() {
    let folder = tempfile::tempdir().expect("a directory");
    let config = folder.path().join("portcullis.toml");
    std::fs::write(&config, "account-defaults = false\n").expect("written");
    let setup = Setup::guest("answers-nonsense").flag("--config", config.display().to_string());
    let bed = Bed::start(setup).await;
    let words = ["account-defaults = false", "give permissions instead"];
    assert_denied(&bed, "defaults=APP", "policy", &words).await;
    admitted(&bed, "subscribe=a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn account_defaults_are_denied_in_the_callouts_account() {
    let bed = bed_with(&["APP", "AUTH"]).await;
    admitted(&bed, "defaults=APP").await;
    assert_denied(
        &bed,
        "defaults=AUTH",
        "policy",
        &["AUTH", "account-defaults"],
    )
    .await;
}

#[rstest]
#[case::publish("publish", "publish.allow")]
#[case::publish_deny("publish-deny", "publish.deny")]
#[case::subscribe("subscribe", "subscribe.allow")]
#[case::subscribe_deny("subscribe-deny", "subscribe.deny")]
#[tokio::test(flavor = "multi_thread")]
async fn subjects_that_a_server_would_misread_are_denied(#[case] list: &str, #[case] field: &str) {
    let bed = bed_with(&["APP"]).await;
    for (subject, fault) in [
        ("a b c", "space"),
        (
            " a",
            if list.starts_with("sub") {
                "empty"
            } else {
                "space"
            },
        ),
        ("a..b", "empty token"),
        (".a", "empty token"),
        ("a.", "empty token"),
        ("a.>.b", "before its end"),
        ("a.b*", "inside a token"),
        ("a.>b", "inside a token"),
        ("a\tb", "white space"),
        ("a\u{a0}b", "white space"),
    ] {
        let user = format!("{list}={subject}");
        let record = assert_denied(&bed, &user, "policy", &[field, fault]).await;
        assert_eq!(record.text("kind"), "subject");
    }
    let long = format!("{list}={}", "a.".repeat(40) + "a");
    assert_denied(&bed, &long, "policy", &[field, "32 tokens"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn meaningless_lifetimes_are_denied() {
    let bed = bed_with(&["APP"]).await;
    let month = 30 * 24 * 60 * 60;
    admitted(&bed, &format!("expires-in={month}")).await;
    for (seconds, words) in [
        (0, ["0", "forever"]),
        (month + 1, ["2592001", "2592000"]),
        (u32::MAX, ["4294967295", "2592000"]),
    ] {
        let record = assert_denied(&bed, &format!("expires-in={seconds}"), "policy", &words).await;
        assert_eq!(record.text("kind"), "lifetime");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_come_together_expire_one_after_the_other() {
    let setup = Setup::guest("answers-nonsense").without_callout();
    let bed = Bed::start(setup).await;
    let forger = bed.forger().await;
    let mut lifetimes = BTreeSet::new();
    for _ in 0..40 {
        let answer = forger.ask(&forger.request("expires-in=36000", "")).await;
        let user = answer.user.expect("admitted");
        let seconds = |claim: &str| user[claim].as_u64().expect("seconds");
        lifetimes.insert(seconds("exp") - seconds("iat"));
    }
    assert!(lifetimes.len() > 30, "{lifetimes:?}");
    let all_are_within = lifetimes.iter().all(|it| (32_400..=36_000).contains(it));
    assert!(all_are_within, "{lifetimes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_outside_its_grant_is_denied() {
    let bed = bed_with(&["APP"]).await;
    admitted(&bed, "source-network=127.0.0.0/8").await;
    admitted(&bed, "transport=nats").await;
    for malformed in ["10.0.0.0/33", "10.0.0", "everywhere", "127.0.0.1", ""] {
        let user = format!("source-network={malformed}");
        assert_denied(&bed, &user, "policy", &[malformed, "not a CIDR block"]).await;
    }
    let elsewhere = ["203.0.113.0/24", "127.0.0.1"];
    assert_denied(&bed, "source-network=203.0.113.0/24", "peer", &elsewhere).await;
    assert_denied(&bed, "transport=websocket", "peer", &["websocket", "nats"]).await;
}

#[rstest]
#[case::option("option=mfa", "option", &["mfa"])]
#[case::ability("ability=kv raed config", "ability", &["\"kv raed config\"", "kv read|write"])]
#[case::inbox("inbox=_MINE.*", "ability", &["_MINE.*", "wildcard"])]
#[case::jetstream("jetstream-api=$JS.*.API", "ability", &["$JS.*.API", "wildcard"])]
#[case::role("role=reader", "role", &["reader", "operator mode"])]
#[case::tag("tag=", "tag", &["empty"])]
#[case::name("name=a\u{7}", "name", &["control characters"])]
#[tokio::test(flavor = "multi_thread")]
async fn unknown_options_are_denied_by_name(
    #[case] user: &str,
    #[case] kind: &str,
    #[case] words: &[&str],
) {
    let bed = bed_with(&["APP"]).await;
    let record = assert_denied(&bed, user, "policy", words).await;
    assert_eq!(record.text("kind"), kind);
}

#[rstest]
#[case::empty("only-deny=")]
#[case::beside_a_deny_list("only-deny=secret")]
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_allow_list_gives_nothing(#[case] user: &str) {
    let bed = bed_with(&["APP"]).await;
    let mut client = admitted(&bed, user).await;
    for subject in ["anything", "secret", ">", "_INBOX.x"] {
        let complaint = client.subscribe(subject).await.unwrap_err();
        assert!(
            complaint.starts_with("Permissions Violation"),
            "{complaint}"
        );
    }
    for subject in ["anything", "secret", "$SYS.REQ.USER.INFO"] {
        let complaint = client.publish(subject).await.unwrap_err();
        assert!(
            complaint.starts_with("Permissions Violation"),
            "{complaint}"
        );
    }
}

/// Only one of the two lists is empty: the other keeps its meaning.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_closes_only_its_own_direction() {
    let bed = bed_with(&["APP"]).await;
    let mut listener = admitted(&bed, "publish=").await;
    assert_eq!(listener.subscribe("anything").await, Ok(()));
    assert!(listener.publish("anything").await.is_err());
    let mut speaker = admitted(&bed, "subscribe=").await;
    assert_eq!(speaker.publish("anything").await, Ok(()));
    assert!(speaker.subscribe("anything").await.is_err());
}
