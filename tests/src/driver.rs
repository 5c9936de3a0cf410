//! Drivers of client libraries: programs that carry out one operation of a library for each line that they read; see
//! `tests/clients` and `src/bin/client`. Each operation is written as in the library's documentation.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::PATIENCE;
use crate::artifacts;

/// An official client library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Library {
    Go,
    JavaScript,
    Python,
    Rust,
}

impl Library {
    pub const ALL: [Self; 4] = [Self::Go, Self::JavaScript, Self::Python, Self::Rust];

    pub fn name(self) -> &'static str {
        match self {
            Self::Go => "nats.go",
            Self::JavaScript => "nats.js",
            Self::Python => "nats-py",
            Self::Rust => "async-nats",
        }
    }

    fn command(self) -> Vec<String> {
        match self {
            Self::Go => installed("go"),
            Self::JavaScript => installed("javascript"),
            Self::Python => installed("python"),
            Self::Rust => vec![artifacts::binary("client").display().to_string()],
        }
    }
}

/// The outcome of an operation.
#[derive(Clone, Debug)]
pub enum Outcome {
    Done(Value),
    /// The library reported an error, or the server a violation, or both.
    Failed(String),
    /// The library has no such operation, with the reason.
    Unsupported(String),
}

/// How to connect.
#[derive(Clone, Debug)]
pub struct Login<'a> {
    pub url: &'a str,
    pub user: &'a str,
    pub inbox: Option<&'a str>,
    /// JetStream's domain, as it is passed to the library.
    pub domain: Option<&'a str>,
    /// The timeout of each request of an operation.
    pub timeout_ms: u64,
}

/// How to connect for good.
#[derive(Clone, Copy, Debug)]
pub struct Lasting<'a> {
    pub url: &'a str,
    pub user: &'a str,
    pub password_file: &'a Path,
    /// Leaves the library's rule in force by which it closes after two authorization errors in a row.
    pub auth_abort: bool,
}

/// A running driver. It is killed when dropped.
pub struct Driver {
    library: Library,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Driver {
    pub fn start(library: Library) -> Self {
        let command = library.command();
        let (program, arguments) = command.split_first().expect("a command");
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let stdin = child.stdin.take().expect("stdin");
        let stdout = child.stdout.take().expect("stdout");
        Self {
            library,
            stdin,
            lines: BufReader::new(stdout).lines(),
            _child: child,
        }
    }

    pub fn library(&self) -> Library {
        self.library
    }

    /// The library's name and version, as the driver reports them.
    pub async fn version(&mut self) -> String {
        let answer = self.ask(&json!({ "op": "version" })).await;
        let (library, version) = (&answer["ok"]["library"], &answer["ok"]["version"]);
        format!(
            "{} {}",
            library.as_str().expect("a name"),
            version.as_str().expect("a version")
        )
    }

    /// Closes the previous connection and opens another. The password is the user's name.
    pub async fn connect(&mut self, login: &Login<'_>) {
        let request = json!({
            "op": "connect", "url": login.url, "user": login.user, "password": login.user,
            "inbox": login.inbox, "domain": login.domain, "timeout_ms": login.timeout_ms,
        });
        let answer = self.ask(&request).await;
        assert!(
            answer.get("ok").is_some(),
            "{} could not connect as {}: {answer}",
            self.library.name(),
            login.user
        );
    }

    /// Ends the connection before, and makes one that comes back by itself as `docs/src/clients.md` tells its users:
    /// the password is in a file, which is read for each connect.
    pub async fn connect_lasting(&mut self, lasting: &Lasting<'_>) {
        let request = json!({
            "op": "connect", "url": lasting.url, "user": lasting.user, "password_file": lasting.password_file,
            "auth_abort": lasting.auth_abort, "timeout_ms": 2_000,
        });
        let answer = self.ask(&request).await;
        let name = self.library.name();
        assert!(
            answer.get("ok").is_some(),
            "{name} could not connect: {answer}"
        );
    }

    /// Waits until the connection is `connected` or `closed`, as the library sees it.
    pub async fn wait_for_state(&mut self, wanted: &str) {
        let answer = self.ask(&json!({ "op": "state", "wanted": wanted })).await;
        assert_eq!(answer["ok"], wanted, "{}", self.library.name());
    }

    /// Carries out an operation that does not wait for others.
    pub async fn perform(&mut self, request: &Value) -> Outcome {
        outcome(&self.ask(request).await)
    }

    /// Starts an operation that waits for others. `Err` is its outcome if it ended before it waited.
    pub async fn begin(&mut self, request: &Value) -> Result<(), Outcome> {
        let answer = self.ask(request).await;
        match answer.get("ready") {
            Some(_) => Ok(()),
            None => Err(outcome(&answer)),
        }
    }

    /// Ends the operation that was started.
    pub async fn finish(&mut self) -> Outcome {
        self.perform(&json!({ "op": "continue" })).await
    }

    async fn ask(&mut self, request: &Value) -> Value {
        let line = format!("{request}\n");
        let exchange = async {
            self.stdin.write_all(line.as_bytes()).await?;
            self.stdin.flush().await?;
            self.lines.next_line().await
        };
        let answer = tokio::time::timeout(PATIENCE, exchange).await;
        let answer =
            answer.unwrap_or_else(|_| panic!("no answer from {:?} to {request}", self.library));
        let answer = answer
            .expect("the driver answers")
            .expect("the driver runs");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{answer}: {error}"))
    }
}

fn outcome(answer: &Value) -> Outcome {
    if let Some(why) = answer["unsupported"].as_str() {
        return Outcome::Unsupported(why.to_owned());
    }
    let violations = answer["violations"].as_array().expect("violations");
    let error = answer["error"].as_str().map(str::to_owned);
    let said = violations
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned);
    let trouble: Vec<String> = error.into_iter().chain(said).collect();
    if trouble.is_empty() {
        Outcome::Done(answer["ok"].clone())
    } else {
        Outcome::Failed(trouble.join("; "))
    }
}

/// The command that starts a driver, from the script that installs it.
fn installed(driver: &str) -> Vec<String> {
    static FOUND: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);
    let mut found = FOUND.lock().expect("the commands");
    let commands = found.get_or_insert_with(install);
    let command = commands.get(driver);
    command
        .unwrap_or_else(|| panic!("tests/tools/clients names no {driver}"))
        .clone()
}

fn install() -> HashMap<String, Vec<String>> {
    let output = std::process::Command::new(artifacts::root().join("tests/tools/clients"))
        .stderr(Stdio::inherit())
        .output()
        .expect("tests/tools/clients runs");
    assert!(output.status.success(), "see the lines above");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().map(|line| {
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().unwrap_or_default(), words.collect())
    });
    lines.collect()
}
