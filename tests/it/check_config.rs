//! `check --config`: the dry run of a deployment. Every fault in one run, with its place; exit code 1; nothing is started.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use portcullis_tests::artifacts::{self, guest};
use portcullis_tests::portcullis::Finished;
use portcullis_tests::{Keys, Portcullis};
use serde_json::Value;

/// The top of a settings file, with the keys beside it and data for the policy of `examples/directory`.
fn deployment(home: &Path) -> String {
    let keys = Keys::generate();
    for (name, text) in [
        ("issuer.seed", keys.issuer_seed.as_str()),
        ("xkey.seed", keys.xkey_seed.as_str()),
        (
            "users.json",
            "{\"alice\": {\"pass\": \"alice\", \"account\": \"APP\"}}",
        ),
    ] {
        std::fs::write(home.join(name), text).expect("written");
    }
    "accounts = [\"APP\"]\nissuer-seed = \"@issuer.seed\"\nxkey-seed = \"@xkey.seed\"\n".to_owned()
}

fn policy(name: &str, module: &str, lines: &str) -> String {
    let module = guest(module).display();
    format!("[[policies]]\nname = \"{name}\"\nmodule = \"{module}\"\n{lines}\n")
}

async fn check(home: &Path, text: &str, more: &[&str]) -> Finished {
    std::fs::write(home.join("portcullis.toml"), text).expect("written");
    let arguments = [&["check", "--config", "portcullis.toml"], more].concat();
    Portcullis::run(home, &arguments).await
}

/// The line (from 1) on which the text has that.
fn line_of(text: &str, part: &str) -> usize {
    let line = text.lines().position(|line| line.contains(part));
    line.expect("a line with it") + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_deployment_is_good() {
    let home = tempfile::tempdir().expect("a directory");
    let text = deployment(home.path())
        + &policy(
            "directory",
            "directory",
            "data = [\"users.json\"]\nwhen.users = [\"a*\"]",
        )
        + &policy("rest", "remembers", "");
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let shown = finished.stdout.join("\n");
    for word in [
        "policy \"directory\": ",
        "policy \"rest\": ",
        "portcullis.toml: good",
    ] {
        assert!(shown.contains(word), "{word:?} is not in {shown}");
    }
    let finished = check(home.path(), &text, &["--json"]).await;
    let json: Value = serde_json::from_str(&finished.stdout.join("\n")).expect("JSON");
    assert_eq!(json["good"], true, "{json}");
    assert_eq!(json["config"], "portcullis.toml", "{json}");
    assert_eq!(json["policies"][1]["name"], "rest", "{json}");
    assert_eq!(json["policies"][1]["good"], true, "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_reported_with_its_place() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(home.path().join("endless")).expect("a directory");
    std::os::unix::fs::symlink(".", home.path().join("endless/again")).expect("a link");
    std::fs::create_dir(home.path().join("broken")).expect("a directory");
    std::os::unix::fs::symlink("gone", home.path().join("broken/link")).expect("a link");
    let text = deployment(home.path()).replace("@xkey.seed", "@nowhere.seed")
        + "acounts = [\"APP\"]\nhttp = \"127.0.0.1:0\"\n[limits]\nmemory = \"1 gig\"\n"
        + &policy("foreign", "other-world", "")
        + &policy("unready", "configure-error", "accounts = [\"OTHER\"]")
        + &policy(
            "endless",
            "remembers",
            "data = [\"users.json\", \"endless\"]",
        )
        + &policy("endless", "hello", "when.users = []")
        + &policy("broken", "hello", "data = [\"broken\"]")
        + "[[policies]]\nmodule = \"nowhere.wasm\"\n";
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    let expected = [
        ("@nowhere.seed", "xkey-seed: cannot read nowhere.seed: "),
        (
            "acounts",
            "unknown key \"acounts\"; did you mean \"accounts\"?",
        ),
        (
            "http",
            "\"http\" belongs to the table [service]; move it there",
        ),
        (
            "1 gig",
            "limits.memory: \"1 gig\" is not a size above zero; ",
        ),
        ("/other", "policies (\"foreign\").module: "),
        ("/configure", "policies (\"unready\").module: "),
        (
            "OTHER",
            "policies (\"unready\").accounts: account \"OTHER\" is not among ",
        ),
        ("users.json", "policies (\"endless\").data: directories in "),
        (
            "when.users",
            "policies (\"endless\").when.users: no client can meet an empty list; ",
        ),
        (
            "data = [\"broken\"]",
            "policies (\"broken\").data: cannot read broken/link: ",
        ),
        (
            "nowhere.wasm",
            "policies (\"nowhere\").module: cannot read nowhere.wasm: ",
        ),
    ];
    let shown = finished.stdout.join("\n");
    for (part, fault) in expected {
        let place = format!("portcullis.toml:{}:", line_of(&text, part));
        let told = finished.stdout.iter().any(|line| {
            line.starts_with(&place) && line.contains(": fault: ") && line.contains(fault)
        });
        assert!(told, "{place} {fault:?} is not in\n{shown}");
    }
    let second = line_of(&text, "when.users") - 2;
    let twice = format!(
        "portcullis.toml:{second}:8: fault: policies (\"endless\").name: two policies are called \"endless\"; "
    );
    assert!(shown.contains(&twice), "{twice} is not in\n{shown}");
    assert!(shown.ends_with("portcullis.toml: 12 faults"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_a_policy_refuses_is_the_place_of_the_fault() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("wrong.json"), "{\"bob\": 1}").expect("written");
    let data = "data = [\"users.json=wrong.json\"]";
    let text = deployment(home.path()) + &policy("misled", "directory", data);
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    let expected = format!(
        "portcullis.toml:{}:9: fault: policies (\"misled\").data: the policy refused its configuration: users.json, line 1: bob: ",
        line_of(&text, data)
    );
    let shown = finished.stdout.join("\n");
    assert!(shown.starts_with(&expected), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_said_in_json() {
    let home = tempfile::tempdir().expect("a directory");
    let text = deployment(home.path()).replace("\"APP\"", "\"*\"")
        + &policy(
            "foreign",
            "other-world",
            "on-failure = 'allow'\naccounts = ['S*']",
        )
        + &policy("unmet", "hello", "when.users = []");
    let finished = check(home.path(), &text, &["--json", "--log-format", "xml"]).await;
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    let json: Value = serde_json::from_str(&finished.stdout.join("\n")).expect("JSON");
    assert_eq!(json["good"], false, "{json}");
    let faults = json["faults"].as_array().expect("faults");
    let places: Vec<_> = faults
        .iter()
        .map(|fault| {
            (
                fault["line"].as_u64(),
                fault["column"].as_u64(),
                fault["flag"].as_str(),
            )
        })
        .collect();
    let module = line_of(&text, "/other") as u64;
    assert_eq!(
        places,
        [
            (Some(module), Some(10), None),
            (Some(module + 1), Some(14), None),
            (Some(line_of(&text, "when.users") as u64), Some(14), None),
            (None, None, Some("--log-format"))
        ],
        "{json}"
    );
    assert_eq!(
        faults[1]["key"], "policies (\"foreign\").on-failure",
        "{json}"
    );
    let warnings = json["warnings"].as_array().expect("warnings");
    let warned: Vec<_> = warnings
        .iter()
        .map(|fault| (fault["line"].as_u64(), fault["column"].as_u64()))
        .collect();
    let pattern = line_of(&text, "S*") as u64;
    assert_eq!(
        warned,
        [(Some(1), Some(13)), (Some(pattern), Some(13))],
        "{json}"
    );
    // The second one loads, but `serve` refuses its condition.
    for index in [0, 1] {
        assert_eq!(json["policies"][index]["good"], false, "{json}");
    }
}

/// What `serve` would refuse only after its settings were read, or only when it connects.
#[tokio::test(flavor = "multi_thread")]
async fn the_cache_and_the_files_of_tls_are_looked_at() {
    let home = tempfile::tempdir().expect("a directory");
    let cache = home.path().join("cache");
    std::fs::create_dir(&cache).expect("a directory");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&cache, open).expect("open to others");
    let cut = "-----BEGIN CERTIFICATE-----\nMAAw\n";
    std::fs::write(home.path().join("ca.pem"), cut).expect("written");
    let text = deployment(home.path())
        + "[nats]\ntlsca = \"ca.pem\"\n[service]\ncache = \"cache\"\n"
        + &policy("rest", "remembers", "");
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    let shown = finished.stdout.join("\n");
    for word in [
        "portcullis.toml:5:9: fault: nats.tlsca: ca.pem is not a PEM file of certificates ",
        "portcullis.toml:7:9: fault: service.cache: cache must be closed to other users, but its mode is 755; run `chmod 700` ",
        "portcullis.toml: 2 faults",
    ] {
        assert!(shown.contains(word), "{word:?} is not in {shown}");
    }

    std::fs::remove_dir(&cache).expect("removed");
    let text = text.replace("tlsca = \"ca.pem\"\n", "");
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    assert!(!cache.exists(), "check wrote the folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_do_not_change_the_exit_code() {
    let home = tempfile::tempdir().expect("a directory");
    let text = deployment(home.path()).replace("\"APP\"", "\"APP\", \"SYS\"")
        + &policy("one", "remembers", "")
        + &policy("two", "remembers", "");
    let finished = check(home.path(), &text, &[]).await;
    assert_eq!(finished.status.code(), Some(0), "{finished:?}");
    let shown = finished.stdout.join("\n");
    for word in [
        "portcullis.toml:1:20: warning: accounts: \"SYS\" is a system account, ",
        "warning: policies (\"two\").module: \"two\" has the module, data and settings of \"one\", ",
        "portcullis.toml: good, 2 warnings",
    ] {
        assert!(shown.contains(word), "{word:?} is not in {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_and_variables_are_those_of_serve() {
    let home = tempfile::tempdir().expect("a directory");
    deployment(home.path());
    std::fs::rename(home.path().join("users.json"), home.path().join("a,b.json")).expect("renamed");
    let output = Command::new(artifacts::portcullis())
        .args([
            "check",
            "--issuer-seed",
            "@issuer.seed",
            "--account",
            "APP",
            "--policy",
        ])
        .arg(guest("directory"))
        .env("PORTCULLIS_DATA", "[\"users.json=a,b.json\"]")
        .current_dir(home.path())
        .output()
        .expect("portcullis runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("no xkey seed"), "{shown}");
    assert!(shown.ends_with("settings: good, 1 warning\n"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_are_not_a_deployment_are_wrong_usage() {
    let home = tempfile::tempdir().expect("a directory");
    for (arguments, word) in [
        (
            ["check", "--config", "nowhere.toml"].as_slice(),
            "nowhere.toml",
        ),
        (
            &["check", "a.wasm", "--config", "portcullis.toml"],
            "--config",
        ),
        (&["check", "--server", "nats://host"], "--server"),
    ] {
        let finished = Portcullis::run(home.path(), arguments).await;
        assert_eq!(finished.status.code(), Some(2), "{finished:?}");
        assert!(
            finished.text().contains(word),
            "{word:?} is not in {finished:?}"
        );
    }
}

/// Its owner may see the folder, but the user who runs the program may not list it. root may always, so the test becomes
/// another user then.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_listed_is_a_fault() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path().join("data");
    std::fs::create_dir(&data).expect("a directory");
    let (program, module) = (home.path().join("portcullis"), home.path().join("p.wasm"));
    std::fs::copy(artifacts::portcullis(), &program).expect("copied");
    std::fs::copy(guest("hello"), &module).expect("copied");
    let text = deployment(home.path()) + "[[policies]]\nmodule = \"p.wasm\"\ndata = [\"data\"]\n";
    std::fs::write(home.path().join("portcullis.toml"), text).expect("written");
    for entry in std::fs::read_dir(home.path())
        .expect("the folder")
        .flatten()
    {
        set_mode(&entry.path(), 0o755);
    }
    set_mode(home.path(), 0o755);
    set_mode(&data, 0o000);
    let user = rustix::process::geteuid();
    let user = if user.is_root() {
        NOBODY
    } else {
        user.as_raw()
    };
    for (verb, code) in [("check", 1), ("serve", 2)] {
        let output = Command::new(&program)
            .args([verb, "--config", "portcullis.toml"])
            .current_dir(home.path())
            .uid(user)
            .output()
            .expect("portcullis runs");
        let shown = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.code(), Some(code), "{shown}");
        assert!(
            shown.contains(": cannot read data: Permission denied"),
            "{shown}"
        );
    }
    set_mode(&data, 0o700);
}

const NOBODY: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}
