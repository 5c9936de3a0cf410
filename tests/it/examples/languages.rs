//! The examples in other languages, built as their readers build them and asked through a real server, and the tests of
//! their authors. A language whose toolchain is not installed is skipped with the reason, unless
//! `PORTCULLIS_LANGUAGES=all`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use portcullis_tests::artifacts::{cache_home, portcullis, root};
use portcullis_tests::bed::Setup;
use portcullis_tests::client::Client;
use portcullis_tests::events::Event;
use portcullis_tests::{Bed, languages};
use rstest::rstest;

/// A large module has to be compiled before the service is ready, on a machine that runs other tests meanwhile.
const COMPILING: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn networks_c() {
    let Some(module) = module("c", "networks-c") else {
        return;
    };
    let data = root().join("examples/networks-c/networks.csv");
    let bed = start(&module, &format!("data = [{data:?}]")).await;
    // The file admits this machine, whatever its user name.
    bed.admitted("anybody").await;
    let data = data.display().to_string();
    let control = ["--data", &data, "--host", "10.20.1.7", "--can"];
    assert_eval(
        &module,
        &[&control[..], &["subscribe sensors.a"]].concat(),
        0,
        "PLANT",
    );
    assert_eval(
        &module,
        &[&control[..], &["publish sensors.a"]].concat(),
        1,
        "publish sensors.a: no",
    );
    let guest = ["--data", &data, "--host", "10.20.99.1"];
    assert_eval(&module, &guest, 1, "deny");
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn rules_python() {
    let Some(module) = module("python", "rules-python") else {
        return;
    };
    let data = root().join("examples/rules-python/rules.toml");
    let data = data.display().to_string();
    let press = ["--data", &data, "--user", "press-1", "--password", "s3cr3t"];
    let plant = ["--host", "10.20.3.4", "--at", "2026-01-01T08:00:00Z"];
    let can = [
        "--can",
        "publish plant.press-1.a",
        "--can",
        "kv read settings press-1.speed",
    ];
    assert_eval(&module, &[&press[..], &plant, &can].concat(), 0, "PLANT");
    let sunday = ["--host", "10.20.3.4", "--at", "2026-01-04T08:00:00Z"];
    assert_eval(&module, &[&press[..], &sunday].concat(), 1, "pass");
    let guests = ["--host", "192.0.2.7", "--at", "2026-01-01T22:00:00Z"];
    assert_eval(
        &module,
        &[&press[..], &guests].concat(),
        1,
        "closed at night",
    );
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn schema_typescript() {
    let Some(module) = module("typescript", "schema-typescript") else {
        return;
    };
    let settings = |can| {
        format!(r#"{{"account":"APP","services":{{"billing.example.org":{{"can":[{can}]}}}}}}"#)
    };
    let good = settings(r#""request orders.*""#);
    assert_eval(
        &module,
        &["--settings", &good, "--user", "nobody"],
        1,
        "pass",
    );
    let certificate = root().join("host/cli/src/eval/request_file/billing.pem");
    let certificate = certificate.display().to_string();
    let billing = [
        "--settings",
        &good,
        "--tls-cert",
        &certificate,
        "--can",
        "request orders.new",
    ];
    assert_eval(&module, &billing, 0, "APP");
    let fault = r#"services."billing.example.org".can[0]"#;
    assert_eval(
        &module,
        &["--settings", &settings("7"), "--user", "nobody"],
        2,
        fault,
    );
}

#[tokio::test(flavor = "multi_thread")]
pub(super) async fn templates_go() {
    let Some(module) = module("go", "templates-go") else {
        return;
    };
    let data = root().join("examples/templates-go/data");
    let bed = start(&module, &format!("data = [{data:?}]")).await;
    bed.admitted("alice").await;
    Client::refused(&bed.server.url(), "alice", "wrong").await;
    let data = data.display().to_string();
    let alice = ["--data", &data, "--user", "alice", "--password", "alice"];
    let can = ["--can", "kv read notes alice.todo"];
    assert_eval(&module, &[&alice[..], &can].concat(), 0, "_INBOX_alice");
}

/// The rule of `examples/directory`: same users, same answers; after an edit, the new file decides.
macro_rules! directory {
    ($test:ident, $language:literal) => {
        #[tokio::test(flavor = "multi_thread")]
        pub(super) async fn $test() {
            if let Some(module) = module($language, concat!("directory-", $language)) {
                super::answers::assert_those_of_the_directory(&module);
                users_of_a_changed_file_are_admitted(&module).await;
            }
        }
    };
}

directory!(directory_c, "c");
directory!(directory_go, "go");
directory!(directory_python, "python");
directory!(directory_typescript, "typescript");

async fn users_of_a_changed_file_are_admitted(module: &Path) {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("users.json");
    std::fs::copy(root().join("examples/directory/users.json"), &file).expect("copied");
    let bed = start(module, &format!("data = [{file:?}]")).await;
    for user in ["alice", "bob", "sys"] {
        bed.admitted(user).await;
    }
    bed.refused("pam").await;
    let mark = bed.portcullis.mark();
    let users = r#"{ "pam": { "pass": "pam", "account": "APP" } }"#;
    portcullis_tests::bed::write_renamed(&file, users.as_bytes());
    wait(&bed, mark, Event::is_reload).await;
    bed.admitted("pam").await;
    bed.refused("alice").await;
}

/// What authors of the language run before they publish. It prints a line for each folder.
#[rstest]
#[case::sdk_in_c("c", "guest-sdk/c", "make test")]
#[case::sdk_in_go("go", "guest-sdk/go", GO)]
#[case::sdk_in_javascript("javascript", "guest-sdk/javascript", NPM)]
#[case::sdk_in_python("python", "guest-sdk/python", PYTHON)]
#[case::directory_c("c", "examples/directory-c", "make test")]
#[case::directory_go("go", "examples/directory-go", GO)]
#[case::directory_python("python", "examples/directory-python", PYTHON)]
#[case::directory_typescript("typescript", "examples/directory-typescript", NPM)]
#[case::networks_c("c", "examples/networks-c", "make test")]
#[case::rules_python("python", "examples/rules-python", PYTHON)]
#[case::schema_typescript("typescript", "examples/schema-typescript", NPM)]
#[case::templates_go("go", "examples/templates-go", GO)]
fn the_tests_of_its_own_language_pass(
    #[case] language: &str,
    #[case] folder: &str,
    #[case] line: &str,
) {
    if is_missing(language) {
        return;
    }
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(root().join(folder))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("sh runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success(),
        "{folder}: {line}\n{said}{complained}"
    );
}

const GO: &str = "test -z \"$(gofmt -l .)\" && go vet ./... && go test ./...";
const NPM: &str = "npm install --no-package-lock --no-audit --no-fund --loglevel=error && npm test";
const PYTHON: &str = "python3 -m unittest";

fn is_missing(language: &str) -> bool {
    let missing = languages::available(language).err();
    if let Some(unavailable) = &missing {
        // Past the output capture of the test harness: a reader of passed tests has to learn which were skipped.
        let line = format!("examples: {language} is skipped: {}\n", unavailable.reason);
        std::io::stderr()
            .write_all(line.as_bytes())
            .expect("written");
    }
    missing.is_some()
}

fn module(language: &str, example: &str) -> Option<PathBuf> {
    if is_missing(language) {
        return None;
    }
    Some(languages::example(language, example).expect("it is there"))
}

async fn start(module: &Path, lines: &str) -> Bed {
    let policy = format!("[[policies]]\nname = \"example\"\nmodule = {module:?}\n{lines}\n");
    start_compiling(Setup::config(policy)).await
}

/// A service whose policy takes long to compile, and to decide on a busy machine.
pub(super) async fn start_compiling(setup: Setup) -> Bed {
    let setup = setup.flag("--limit", "decide-deadline=1s");
    let bed = Bed::start_unready(setup).await;
    wait(&bed, 0, |event| event.message() == "ready").await;
    bed
}

async fn wait(bed: &Bed, mark: usize, wanted: fn(&Event) -> bool) {
    let log = bed.portcullis.log();
    let parse = |line: &str| Event::parse(line).filter(wanted);
    let seen = log.wait_for(mark, COMPILING, parse).await;
    assert!(seen.is_some(), "{:?}", log.since(mark));
}

fn assert_eval(module: &Path, arguments: &[&str], code: i32, words: &str) {
    let output = Command::new(portcullis())
        .arg("eval")
        .arg(module)
        .args(arguments)
        .env("XDG_CACHE_HOME", cache_home())
        .output()
        .expect("portcullis runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}:\n{text}");
    assert!(text.contains(words), "{words:?} is not in:\n{text}");
}
