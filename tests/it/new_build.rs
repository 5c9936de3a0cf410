//! `portcullis new`, `build` and `doctor`, with the tools of the languages. A language whose tools are not installed is
//! skipped with the reason, unless `PORTCULLIS_LANGUAGES=all`, as in CI.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use portcullis_tests::artifacts;
use rstest::rstest;
use serde_json::Value;

mod bad_input;
mod faults;

/// A folder to work in, and the environment of the commands that run there.
struct WorkDir {
    folder: tempfile::TempDir,
    variables: BTreeMap<OsString, OsString>,
}

impl WorkDir {
    fn new() -> Self {
        let shared = artifacts::portcullis().with_file_name("test-projects");
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            variables: BTreeMap::new(),
        }
        // All Rust projects share the compiled dependencies of the SDK.
        .variable("CARGO_TARGET_DIR", shared.join("rust"))
    }

    fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.insert(name.into(), value.as_ref().into());
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, text).expect("written");
    }

    /// The files in the folder, including hidden ones.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }

    fn command(&self, program: impl AsRef<OsStr>, folder: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(folder))
            .env("XDG_CACHE_HOME", artifacts::cache_home())
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    fn portcullis(&self, folder: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(artifacts::portcullis(), folder);
        command.args(arguments).output().expect("portcullis runs")
    }

    fn shell(&self, folder: &str, line: &str) -> Output {
        let mut command = self.command("sh", folder);
        command.args(["-c", line]).output().expect("sh runs")
    }
}

fn text(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Checks the exit code, and that the output contains all of these words.
fn assert_says(output: &Output, code: i32, words: &[&str]) {
    let text = text(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in:\n{text}");
    }
}

fn object(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON object on stdout")
}

/// Whether the tools of the language are installed. If not, it prints the reason past the captured output.
fn is_ready(language: &str) -> bool {
    let found = WorkDir::new().portcullis(".", &["doctor", "--lang", language]);
    let is_demanded =
        std::env::var_os("PORTCULLIS_LANGUAGES").is_some_and(|wanted| wanted == "all");
    assert!(found.status.success() || !is_demanded, "{}", text(&found));
    if !found.status.success() {
        let reason = text(&found);
        let _ = writeln!(
            std::io::stderr(),
            "skipped: projects in {language}: {}",
            reason.trim()
        );
    }
    found.status.success()
}

/// The project that `new` writes, and then with the policy of the language's page in the book.
#[rstest]
#[case::rust("rust", "cargo test", Some(("rust", "src/lib.rs")))]
#[case::go("go", "go test ./...", Some(("go", "policy.go")))]
#[case::python("python", "python3 -m unittest", Some(("python", "app.py")))]
#[case::javascript("js", "npm install && npm test", None)]
#[case::typescript("ts", "npm install && npm test", Some(("javascript", "src/policy.ts")))]
#[case::c("c", "make test", Some(("c", "src/policy.c")))]
fn a_new_project_is_tested_built_and_checked(
    #[case] language: &str,
    #[case] tests: &str,
    #[case] page: Option<(&str, &str)>,
) {
    if !is_ready(language) {
        return;
    }
    let work_dir = WorkDir::new();
    let written = work_dir.portcullis(".", &["new", "gate-keeper", "--lang", language]);
    assert_says(
        &written,
        0,
        &[
            "cd gate-keeper",
            tests,
            "portcullis build",
            "portcullis check",
        ],
    );
    assert_says(&work_dir.shell("gate-keeper", tests), 0, &[]);

    let built = work_dir.portcullis("gate-keeper", &["build", "--json"]);
    assert_says(&built, 0, &[]);
    let report = object(&built);
    assert_eq!(report["language"], language);
    let bytes = fs::metadata(work_dir.path("gate-keeper/policy.wasm"))
        .expect("the module")
        .len();
    assert_eq!(report["bytes"], bytes);

    assert_says(
        &work_dir.portcullis("gate-keeper", &["check"]),
        0,
        &["policy.wasm: good"],
    );
    let asked = work_dir.portcullis(
        "gate-keeper",
        &["eval", "policy.wasm", "--user", "nobody-in-particular"],
    );
    assert_says(&asked, 1, &["policy.wasm: deny"]);

    if let Some((page, source)) = page {
        let policy = first_program(&format!("docs/src/policies/{page}.md"));
        work_dir.write(&format!("gate-keeper/{source}"), &policy);
    }
    // The second build uses what was installed for the first; FILE is where -o says.
    let again = work_dir.portcullis(".", &["build", "gate-keeper", "-o", "other.wasm"]);
    assert_says(&again, 0, &["other.wasm: a policy in", "bytes", "built in"]);
    assert_eq!(work_dir.names(), ["gate-keeper", "other.wasm"]);
    assert!(!text(&again).contains("install"), "{}", text(&again));
    if page.is_some() {
        assert_is_the_gate_of_the_book(&work_dir, "other.wasm");
    }
}

#[test]
fn the_policy_of_the_readme_is_a_policy() {
    let work_dir = WorkDir::new();
    let written = work_dir.portcullis(".", &["new", "gate", "--lang", "rust"]);
    assert_says(&written, 0, &[]);
    work_dir.write("gate/src/lib.rs", &first_program("README.md"));
    assert_says(&work_dir.portcullis("gate", &["build"]), 0, &[]);
    let ask = [
        "eval",
        "policy.wasm",
        "--user",
        "guest",
        "--can",
        "subscribe news.*",
    ];
    assert_says(
        &work_dir.portcullis("gate", &ask),
        0,
        &["subscribe news.*: yes"],
    );
}

/// The first block of a page in a programming language.
fn first_program(page: &str) -> String {
    let text = fs::read_to_string(artifacts::root().join(page)).expect("the page");
    let is_program = |word: &&str| ["rust", "go", "python", "ts", "c"].contains(word);
    let mut blocks = text
        .split("\n```")
        .filter_map(|block| block.split_once('\n'));
    let block = blocks.find(|(word, _)| is_program(word));
    format!("{}\n", block.expect("a program").1)
}

/// All languages show the same policy.
fn assert_is_the_gate_of_the_book(work_dir: &WorkDir, module: &str) {
    work_dir.write("password", "open sesame\n");
    let ask = ["eval", module, "--data", "password", "--user", "gate"];
    let client = ["--password", "open sesame"];
    let can = [
        "--can",
        "kv write doors gate.7",
        "--can",
        "request orders.new",
    ];
    let asked = work_dir.portcullis(".", &[&ask[..], &client, &can].concat());
    assert_says(&asked, 0, &["_INBOX_gate.>", "APP"]);
}
