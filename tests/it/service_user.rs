//! The permissions of the service's own NATS user: exactly those of `docs/src/operating/service-user.md` are enough, and
//! without any of them the log says what is missing.

use std::ffi::OsString;
use std::path::Path;

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Bed, Setup, write_renamed};
use portcullis_tests::client::Client;
use portcullis_tests::events::Event;
use portcullis_tests::nats_server::{DEFAULT_VERSION, NatsServer, Options};
use portcullis_tests::{Keys, Portcullis};
use rstest::rstest;

const PAGE: &str = include_str!("../../docs/src/operating/service-user.md");

/// The block of the page, as nats-server reads it.
fn documented() -> String {
    let start = PAGE.find("permissions {").expect("the page has the block");
    let block = &PAGE[start..];
    let end = block.find("\n    }").expect("the block ends") + "\n    }".len();
    block[..end].to_owned()
}

fn setup(permissions: String) -> Setup {
    let setup = Setup::directory();
    let server = Options {
        service_permissions: permissions,
        observer: true,
        ..setup.server.clone()
    };
    Setup { server, ..setup }
}

fn is_about_the_account(event: &Event) -> bool {
    event
        .message()
        .starts_with("the server does not say which account the service is in")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_permissions_are_enough() {
    let bed = Bed::start(setup(documented())).await;
    bed.admitted("alice").await;
    bed.refused("pam").await;
    let learnt = bed
        .portcullis
        .wait_for_message(0, "account of the callout")
        .await;
    assert_eq!(learnt.text("account"), "AUTH");
    let observer = Client::admitted(&bed.server.url(), "observer", "observer").await;
    for subject in ["$SRV.PING", "$SRV.INFO.portcullis", "$SRV.STATS.portcullis"] {
        let answer = observer.request(subject, "").await;
        assert!(String::from_utf8_lossy(&answer.payload).contains("\"name\":\"portcullis\""));
    }
    let events = bed.portcullis.events();
    let troubles = events
        .iter()
        .filter(|event| event.message() == "connection trouble");
    assert_eq!(troubles.count(), 0, "{events:?}");
}

/// A service whose settings name this account as the callout's.
fn naming(folder: &Path, account: &str) -> Setup {
    let path = folder.join("portcullis.toml");
    let text = format!("service.callout-account = \"{account}\"\n");
    std::fs::write(&path, text).expect("written");
    Setup::directory().flag("--config", path.display().to_string())
}

const OTHER_ACCOUNT: &str = "the service is in another account than `callout-account` names";

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_named_wrongly_is_warned_of_and_not_believed() {
    let folder = tempfile::tempdir().expect("a directory");
    let bed = Bed::start(naming(folder.path(), "OTHER")).await;
    let warning = bed.portcullis.wait_for(0, "the warning", |event| {
        event.message().starts_with(OTHER_ACCOUNT)
    });
    let warning = warning.await;
    assert_eq!(warning.text("level"), "WARN", "{warning:?}");
    assert_eq!(warning.text("account"), "AUTH", "{warning:?}");
    assert_eq!(warning.text("named"), "OTHER", "{warning:?}");
    bed.admitted("alice").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_named_rightly_is_not_warned_of() {
    let folder = tempfile::tempdir().expect("a directory");
    let bed = Bed::start(naming(folder.path(), "AUTH")).await;
    let events = bed.portcullis.events();
    let learnt = |event: &Event| event.message() == "account of the callout";
    assert!(events.iter().any(learnt), "{events:?}");
    let warned = |event: &Event| event.message().starts_with(OTHER_ACCOUNT);
    assert!(!events.iter().any(warned), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_password_logs_in_with_an_empty_one() {
    let folder = tempfile::tempdir().expect("a directory");
    let keys = Keys::generate();
    std::fs::write(folder.path().join("issuer.seed"), &keys.issuer_seed).expect("written");
    let options = Options {
        accounts: "  OPEN { users: [{ user: plain, password: \"\" }] }\n",
        ..Options::without_callout()
    };
    let server = NatsServer::start(&options).await;
    let (url, module) = (server.url(), guest("remembers").display());
    let arguments = [
        "serve --log-format json --account APP --user plain --issuer-seed @issuer.seed",
        &format!("--server {url} --policy {module}"),
    ];
    let arguments = arguments.join(" ");
    let arguments: Vec<_> = arguments.split(' ').map(OsString::from).collect();
    let portcullis = Portcullis::spawn(folder.path(), &arguments);
    let learnt = portcullis.wait_for_message(0, "account of the callout");
    assert_eq!(learnt.await.text("account"), "OPEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subjects_of_answers_may_be_named_instead() {
    let instead = documented().replace("allow_responses: true", "").replace(
        "\"$SYS.REQ.USER.INFO\" ]",
        "\"$SYS.REQ.USER.INFO\", \"$SYS._INBOX.>\", \"_INBOX.>\" ]",
    );
    let bed = Bed::start(setup(instead)).await;
    bed.admitted("alice").await;
    let observer = Client::admitted(&bed.server.url(), "observer", "observer").await;
    observer.request("$SRV.PING", "").await;
}

#[rstest]
#[case::requests("\"$SYS.REQ.USER.AUTH\"", "Subscription to \"$SYS.REQ.USER.AUTH\"")]
#[case::answers("allow_responses: true", "Publish to \"$SYS._INBOX.")]
#[tokio::test(flavor = "multi_thread")]
async fn without_it_no_client_is_admitted_and_the_log_says_why(
    #[case] entry: &str,
    #[case] words: &str,
) {
    let mut setup = setup(without(entry));
    // After two seconds, nats-server sends clients a first PING, and async-nats takes any answer for an admission.
    setup.server.timeout_seconds = 1;
    let bed = Bed::start(setup).await;
    bed.refused("alice").await;
    bed.portcullis.wait_for_trouble(words).await;
}

#[rstest]
#[case::question("\"$SYS.REQ.USER.INFO\"", "Publish to \"$SYS.REQ.USER.INFO\"")]
#[case::inbox("\"_INBOX.>\"", "Subscription to \"_INBOX.")]
#[tokio::test(flavor = "multi_thread")]
async fn without_it_the_account_is_not_known(#[case] entry: &str, #[case] words: &str) {
    let bed = Bed::start(setup(without(entry))).await;
    bed.portcullis
        .wait_for(0, "the warning", is_about_the_account)
        .await;
    bed.portcullis.wait_for_trouble(words).await;
    // alice has the defaults of her account, bob has permissions of his own.
    bed.refused("alice").await;
    bed.admitted("bob").await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn without_it_the_service_is_not_found_but_decides(
    #[values("PING", "INFO", "STATS")] verb: &str,
    #[values("", ".portcullis", ".portcullis.*")] rest: &str,
) {
    let subject = format!("$SRV.{verb}{rest}");
    let bed = Bed::start(setup(without(&format!("\"{subject}\"")))).await;
    let refused = format!("Subscription to \"{}", subject.trim_end_matches('*'));
    bed.portcullis.wait_for_trouble(&refused).await;
    bed.admitted("alice").await;
}

/// The block without this entry.
fn without(entry: &str) -> String {
    let block = documented();
    assert!(block.contains(entry), "{entry} is not in {block}");
    block.replace(&format!("{entry},"), "").replace(entry, "")
}

/// A rotation: the file and the server have a new password, and the service is not restarted.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_file_is_read_again_before_each_login() {
    let (home, keys) = (tempfile::tempdir().expect("a directory"), Keys::generate());
    let (password, configuration) = (home.path().join("password"), home.path().join("conf"));
    std::fs::write(&password, "auth\n").expect("written");
    let mut server = NatsServer::start(&Options::sealed(&keys)).await;
    let secret = format!("@{}", password.display());
    let portcullis = with_user(home.path(), &server.url(), &keys, "auth", &secret);
    portcullis.wait_for_message(0, "ready").await;

    let text = std::fs::read_to_string(server.configuration()).expect("its configuration");
    let text = text.replace("127.0.0.1:-1", &server.address());
    let text = text.replace("password: auth", "password: renewed");
    std::fs::write(&configuration, text).expect("written");
    server.stop();
    write_renamed(&password, b"renewed\n");
    let mark = portcullis.mark();
    let server = NatsServer::start_configured(&configuration, DEFAULT_VERSION).await;
    portcullis.wait_for_message(mark, "connected").await;
    Client::admitted(&server.url(), "guest", "").await;
}

/// The server knows the public key of the service's user, and nothing secret.
#[tokio::test(flavor = "multi_thread")]
async fn the_service_logs_in_with_a_user_nkey() {
    let (home, keys) = (tempfile::tempdir().expect("a directory"), Keys::generate());
    let user = nkeys::KeyPair::new_user();
    let (seed, configuration) = (home.path().join("user.nk"), home.path().join("conf"));
    std::fs::write(&seed, format!("{}\n", user.seed().expect("a seed"))).expect("written");
    let mut server = NatsServer::start(&Options::sealed(&keys)).await;
    let text = std::fs::read_to_string(server.configuration()).expect("its configuration");
    server.stop();
    let text = text.replace(
        "user: auth, password: auth,",
        &format!("nkey: {},", user.public_key()),
    );
    let text = text.replace(
        "auth_users: [auth]",
        &format!("auth_users: [{}]", user.public_key()),
    );
    std::fs::write(&configuration, text).expect("written");
    let server = NatsServer::start_configured(&configuration, DEFAULT_VERSION).await;
    let login = ["--nkey", &seed.display().to_string()].map(str::to_owned);
    let portcullis = logging_in(home.path(), &server.url(), &keys, &login);
    portcullis.wait_for_message(0, "ready").await;
    Client::admitted(&server.url(), "guest", "").await;
}

/// A service that logs in as this user.
fn with_user(home: &Path, url: &str, keys: &Keys, user: &str, password: &str) -> Portcullis {
    let login = ["--user", user, "--password", password].map(str::to_owned);
    logging_in(home, url, keys, &login)
}

fn logging_in(home: &Path, url: &str, keys: &Keys, login: &[String]) -> Portcullis {
    let (issuer, xkey) = (home.join("issuer.seed"), home.join("xkey.seed"));
    std::fs::write(&issuer, &keys.issuer_seed).expect("written");
    std::fs::write(&xkey, &keys.xkey_seed).expect("written");
    let mut arguments = vec![OsString::from("serve")];
    arguments.extend(login.iter().map(OsString::from));
    for (flag, value) in [
        ("--server", url.to_owned()),
        ("--issuer-seed", format!("@{}", issuer.display())),
        ("--xkey-seed", format!("@{}", xkey.display())),
        ("--account", "APP".to_owned()),
        ("--policy", guest("hello").display().to_string()),
        ("--http", "127.0.0.1:0".to_owned()),
        ("--log-format", "json".to_owned()),
    ] {
        arguments.extend([flag.into(), value.into()]);
    }
    Portcullis::spawn(home, &arguments)
}

/// The server asks the callout about a user that it does not know, and waits for seconds. Meanwhile the connection is there, but
/// nothing that the service does has an effect.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_user_the_server_does_not_know_is_never_ready() {
    let (home, keys) = (tempfile::tempdir().expect("a directory"), Keys::generate());
    let server = NatsServer::start(&Options {
        timeout_seconds: 4,
        ..Options::sealed(&keys)
    })
    .await;
    let portcullis = with_user(home.path(), &server.url(), &keys, "stranger", "wrong");
    let refused = "the server ended the connection before it accepted our user";
    portcullis.wait_for_message(0, refused).await;
    let (status, ready) = portcullis.get("/ready").await;
    assert_eq!(status, 503, "{ready}");
    let mark = portcullis.mark();
    portcullis.wait_for_message(mark, refused).await;
    let (_, ready) = portcullis.get("/ready").await;
    assert!(
        ready.contains("as user \\\"stranger\\\""),
        "the report says who: {ready}"
    );
    let events = portcullis.events();
    let is_premature = |event: &&Event| ["connected", "ready"].contains(&event.message());
    assert_eq!(events.iter().find(is_premature).map(Event::message), None);
}
