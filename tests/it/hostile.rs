//! Guests that try to harm the host. A decision that goes wrong affects only the client it is about. An invalid module is
//! refused, and the operator reads why. `foreach_guest!` makes sure that each guest has a test here.

use portcullis_tests::artifacts::guest;
use portcullis_tests::bed::{Setup, write_renamed};
use portcullis_tests::events::Event;
use portcullis_tests::portcullis::Serve;
use portcullis_tests::{Bed, raw};
use rstest::rstest;

macro_rules! assert_test_exists {
    ($name:ident) => {
        #[expect(unused_imports, reason = "it has to be there")]
        use self::$name as _;
    };
}
foreach_guest!(assert_test_exists);

async fn connect(bed: &Bed, user: &str) -> Result<(), String> {
    let mut connection = raw::Connection::open(&bed.server.address())
        .await
        .expect("a server");
    connection.log_in(user, "a secret word").await
}

/// mallory gets no answer, for one of these reasons; bob is admitted before, meanwhile and after.
async fn assert_only_mallory_is_affected(name: &'static str, failures: &[&str]) -> Bed {
    // Enough time for a guest to reach its other limits on a busy machine.
    let setup = Setup::guest(name)
        .flag("--limit", "memory=128MiB")
        .flag("--limit", "decide-deadline=500ms");
    let bed = Bed::start(setup).await;
    assert_eq!(connect(&bed, "bob").await, Ok(()));
    let (mallory, bob) = tokio::join!(connect(&bed, "mallory"), connect(&bed, "bob"));
    assert!(mallory.is_err(), "mallory was admitted");
    assert_eq!(bob, Ok(()));
    let record = bed.portcullis.wait_for_decision(0, "mallory").await;
    assert_eq!(record.text("outcome"), "fail", "{record:?}");
    assert!(failures.contains(&record.text("failure")), "{record:?}");
    assert_eq!(connect(&bed, "bob").await, Ok(()));
    let metrics = bed.portcullis.metrics().await;
    let kind = format!("kind=\"{}\"", record.text("failure"));
    assert_eq!(
        metrics.sum("portcullis_policy_failures_total", &[&kind]),
        1.0
    );
    bed
}

/// The module is refused at the start: the service is alive, not ready, and admits no client; the log contains those words.
/// A valid module in its place is loaded without a restart.
async fn assert_refused(bytes: Option<&[u8]>, name: &'static str, words: &[&str]) {
    let bed = Bed::start_unready(Setup::guest(name)).await;
    if let Some(bytes) = bytes {
        write_renamed(&bed.policy_path(), bytes);
    }
    let told = |event: &Event| words.iter().all(|word| event.text("cause").contains(word));
    bed.portcullis
        .wait_for(0, &format!("a cause with {words:?}"), told)
        .await;
    assert_eq!(bed.portcullis.get("/live").await.0, 200);
    assert_eq!(bed.portcullis.get("/ready").await.0, 503);
    bed.portcullis.wait_for_message(0, "connected").await;
    assert!(
        connect(&bed, "bob").await.is_err(),
        "bob was admitted by no policy"
    );
    let mark = bed.portcullis.mark();
    bed.install_policy("remembers");
    bed.portcullis.wait_for_message(mark, "ready").await;
    assert_eq!(connect(&bed, "bob").await, Ok(()));
    assert_eq!(bed.portcullis.get("/ready").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_decide() {
    assert_only_mallory_is_affected("endless-decide", &["deadline"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recurses() {
    assert_only_mallory_is_affected("recurses", &["stack"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_bomb() {
    assert_only_mallory_is_affected("memory-bomb", &["memory"]).await;
}

/// The answer is well-formed and meaningful: it is out of bounds, and denied like others that are.
#[tokio::test(flavor = "multi_thread")]
async fn answers_megabytes() {
    let bed = Bed::start(Setup::guest("answers-megabytes")).await;
    assert!(connect(&bed, "mallory").await.is_err());
    let record = bed.portcullis.wait_for_decision(0, "mallory").await;
    assert_eq!(record.text("outcome"), "deny", "{record:?}");
    assert_eq!(record.text("kind"), "answer_too_large", "{record:?}");
    assert_eq!(record.text("failure"), "too_large", "{record:?}");
    assert_eq!(connect(&bed, "bob").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_nonsense() {
    let bed = Bed::start(Setup::guest("answers-nonsense")).await;
    assert!(connect(&bed, "publish=a..b").await.is_err());
    assert_eq!(connect(&bed, "bob").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn traps_in_decide() {
    assert_only_mallory_is_affected("traps-in-decide", &["trap"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traps_in_configure() {
    assert_refused(None, "traps-in-configure", &["configure"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_configure() {
    assert_refused(None, "endless-configure", &["configure"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hoards_in_configure() {
    assert_refused(None, "hoards-in-configure", &["configured", "memory"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn configure_error() {
    assert_refused(
        None,
        "configure-error",
        &["the entry \"mallory\" has no account"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_world() {
    assert_refused(None, "other-world", &["portcullis:policy"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_contract() {
    let words = ["authorizer@0.0.9", "portcullis:policy@0.1.0"];
    assert_refused(None, "older-contract", &words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_import() {
    assert_refused(None, "forbidden-import", &["outside:network/sockets@0.2.0"]).await;
}

#[rstest]
#[case::nothing(b"")]
#[case::text(b"this is not WebAssembly")]
#[case::a_header_alone(b"\0asm\x01\0\0\0")]
#[case::a_header_cut_short(b"\0asm")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_a_policy_is_refused(#[case] bytes: &[u8]) {
    let bed = Bed::start(Setup::guest("remembers")).await;
    let mark = bed.portcullis.mark();
    write_renamed(&bed.policy_path(), bytes);
    let failure = bed
        .portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    assert!(!failure.text("cause").is_empty(), "{failure:?}");
    assert_eq!(connect(&bed, "bob").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_module_is_refused() {
    let bed = Bed::start(Setup::guest("remembers")).await;
    let mark = bed.portcullis.mark();
    let whole = std::fs::read(guest("remembers")).expect("the guest");
    let half = whole.get(..whole.len() / 2).expect("half");
    write_renamed(&bed.policy_path(), half);
    bed.portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    assert_eq!(connect(&bed, "bob").await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_log() {
    let bed = Bed::start(Setup::guest("floods-log")).await;
    assert_eq!(connect(&bed, "bob").await, Ok(()));
    assert!(connect(&bed, "mallory").await.is_err());
    bed.portcullis.wait_for_decision(0, "mallory").await;
    let lines = bed.portcullis.log().since(0);
    assert!(lines.len() < 1_000, "{} lines in the log", lines.len());
    let metrics = bed.portcullis.get("/metrics").await.1;
    let written = lines.iter().map(String::as_str).chain([metrics.as_str()]);
    let leaks: Vec<_> = written
        .filter(|line| line.contains("a secret word"))
        .collect();
    assert!(leaks.is_empty(), "the password was written: {leaks:?}");
}

/// An invalid ability that contains the client's secret grants nothing, and the record does not repeat the secret.
#[tokio::test(flavor = "multi_thread")]
async fn grants_wishes() {
    let bed = Bed::start(Setup::guest("grants-wishes")).await;
    assert!(connect(&bed, "mallory").await.is_err());
    let record = bed.portcullis.wait_for_decision(0, "mallory").await;
    assert_eq!(record.text("outcome"), "deny", "{record:?}");
    assert_eq!(record.text("kind"), "ability", "{record:?}");
    assert!(
        !record.text("cause").contains("a secret word"),
        "{record:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn remembers() {
    let bed = Bed::start(Setup::guest("remembers")).await;
    for _ in 0..20 {
        assert_eq!(
            connect(&bed, "bob").await,
            Ok(()),
            "a decision saw what another left behind"
        );
    }
}

/// A snapshot of a guest that keeps something that a new instance lacks cannot decide. The host finds that before any request.
#[tokio::test(flavor = "multi_thread")]
async fn keeps_a_wait() {
    let words = ["does not have (2 of them)", "instances = \"warm\""];
    assert_refused(None, "keeps-a-wait", &words).await;
}

/// A guest that printed in `configure` keeps its streams; an instance of its snapshot gets them again.
#[tokio::test(flavor = "multi_thread")]
async fn prints() {
    its_output_in_a_decision_is_logged(&printing("").await).await;
}

/// `[[policies]]` for the guest `prints`, with these further lines.
async fn printing(lines: &str) -> Bed {
    let module = guest("prints").display();
    let text = format!("[[policies]]\nname = \"prints\"\nmodule = \"{module}\"\n{lines}\n");
    Bed::start(Setup::config(text)).await
}

#[rstest]
#[case::snapshot("settings = { quiet = true }")]
#[case::fresh("instances = \"fresh\"")]
#[case::warm("instances = \"warm\"")]
#[tokio::test(flavor = "multi_thread")]
async fn output_of_a_wasi_guest_in_a_decision_is_logged(#[case] lines: &str) {
    its_output_in_a_decision_is_logged(&printing(lines).await).await;
}

async fn its_output_in_a_decision_is_logged(bed: &Bed) {
    for user in ["bob", "carol"] {
        let mark = bed.portcullis.mark();
        assert_eq!(connect(bed, user).await, Ok(()));
        for text in ["printed in a decision", "complained in a decision"] {
            let printed = |event: &Event| event.is_policy_line() && event.text("text") == text;
            bed.portcullis.wait_for(mark, text, printed).await;
        }
    }
}

/// The guest `remembers` counts its calls, and admits only the first client of each instance.
#[rstest]
#[case::fresh("instances = \"fresh\"", true)]
#[case::warm("instances = \"warm\"", false)]
#[case::warm_once("instances = \"warm\"\nwarm-uses = 1", true)]
#[tokio::test(flavor = "multi_thread")]
async fn only_warm_instances_see_what_a_decision_left_behind(
    #[case] lines: &str,
    #[case] isolated: bool,
) {
    let module = guest("remembers").display();
    let text = format!("[[policies]]\nmodule = \"{module}\"\n{lines}\n");
    let bed = Bed::start(Setup::config(text)).await;
    let mut admitted = 0;
    for _ in 0..8 {
        admitted += usize::from(connect(&bed, "bob").await.is_ok());
    }
    assert_eq!(admitted == 8, isolated, "{admitted} of 8 admitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_with_a_policy_that_never_loaded_leaves_requests_to_others() {
    let (bad, good) = (guest("other-world").display(), guest("remembers").display());
    let text = format!("[[policies]]\nmodule = \"{bad}\"\n[[policies]]\nmodule = \"{good}\"\n");
    let bed = Bed::start_unready(Setup::config(text)).await;
    let home = tempfile::tempdir().expect("a directory");
    let other = Serve::new(home.path(), &bed.server.url());
    let other = other.issuer(&bed.keys).xkey(&bed.keys).accounts(&["APP"]);
    let other = other.flag("--policy", guest("remembers")).spawn();
    other.wait_for_message(0, "ready").await;
    bed.portcullis.wait_for_message(0, "connected").await;
    bed.portcullis.wait_for_message(0, "reloaded").await;
    for _ in 0..10 {
        assert_eq!(connect(&bed, "bob").await, Ok(()));
    }
    assert_eq!(bed.portcullis.get("/ready").await.0, 503);
}
