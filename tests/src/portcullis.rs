//! The `portcullis` binary as a process, with its log.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::PATIENCE;
use crate::artifacts;
use crate::events::Event;
use crate::http::{self, Metrics};
use crate::keys::Keys;
use crate::lines::Lines;

/// The arguments of `portcullis serve`: a JSON log, an HTTP address that the system chooses, and further arguments.
pub struct Serve {
    home: PathBuf,
    arguments: Vec<OsString>,
}

impl Serve {
    /// The files with the seeds are written into `home`.
    pub fn new(home: &Path, server_url: &str) -> Self {
        let serve = Self {
            home: home.to_owned(),
            arguments: vec!["serve".into()],
        };
        let serve = serve.flag("--server", server_url).flag("--user", "auth");
        let serve = serve
            .flag("--password", "auth")
            .flag("--log-format", "json");
        serve.flag("--http", "127.0.0.1:0")
    }

    pub fn flag(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.arguments.push(name.into());
        self.arguments.push(value.into());
        self
    }

    pub fn issuer(self, keys: &Keys) -> Self {
        let file = self.seed_file("issuer.seed", &keys.issuer_seed);
        self.flag("--issuer-seed", file)
    }

    pub fn xkey(self, keys: &Keys) -> Self {
        let file = self.seed_file("xkey.seed", &keys.xkey_seed);
        self.flag("--xkey-seed", file)
    }

    pub fn accounts(self, names: &[&str]) -> Self {
        names
            .iter()
            .fold(self, |serve, name| serve.flag("--account", *name))
    }

    pub fn spawn(&self) -> Portcullis {
        Portcullis::spawn(&self.home, &self.arguments)
    }

    fn seed_file(&self, name: &str, seed: &str) -> String {
        let path = self.home.join(name);
        std::fs::write(&path, seed).expect("the seed");
        format!("@{}", path.display())
    }
}

/// A running process. It is killed when dropped.
pub struct Portcullis {
    child: Child,
    log: Lines,
    output: Lines,
    started_at: Instant,
}

impl Portcullis {
    /// Starts the binary in `home`. Compiled policies go to a cache that all tests share.
    pub fn spawn(home: &Path, arguments: &[OsString]) -> Self {
        let (binary, cache) = (artifacts::portcullis(), artifacts::cache_home());
        let started_at = Instant::now();
        let mut child = Command::new(binary)
            .args(arguments)
            .current_dir(home)
            .env("XDG_CACHE_HOME", cache)
            .env_remove("PORTCULLIS_BIN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("portcullis starts");
        let log = Lines::capture(child.stderr.take().expect("stderr"));
        let output = Lines::capture(child.stdout.take().expect("stdout"));
        Self {
            child,
            log,
            output,
            started_at,
        }
    }

    /// Runs the binary to its end.
    pub async fn run(home: &Path, arguments: &[&str]) -> Finished {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        Self::spawn(home, &arguments).finish().await
    }

    pub fn started_at(&self) -> Instant {
        self.started_at
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The number of log lines so far, to wait for later events.
    pub fn mark(&self) -> usize {
        self.log.mark()
    }

    pub fn log(&self) -> &Lines {
        &self.log
    }

    /// The first event since `mark` that is `wanted`. If it does not come, the failure shows the log.
    pub async fn wait_for(
        &self,
        mark: usize,
        what: &str,
        wanted: impl Fn(&Event) -> bool,
    ) -> Event {
        let seen = self
            .log
            .wait_for(mark, PATIENCE, |line| Event::parse(line).filter(&wanted));
        let Some(event) = seen.await else {
            panic!(
                "{what} did not come; the log since:\n{}",
                self.log.since(mark).join("\n")
            );
        };
        event
    }

    /// The first event since `mark` with that message.
    pub async fn wait_for_message(&self, mark: usize, message: &str) -> Event {
        self.wait_for(mark, message, |event| event.message() == message)
            .await
    }

    /// Trouble with the connection to NATS, as the log has it.
    pub async fn wait_for_trouble(&self, words: &str) -> Event {
        let wanted = |event: &Event| {
            event.message() == "connection trouble" && event.text("cause").contains(words)
        };
        self.wait_for(0, words, wanted).await
    }

    /// The record of the decision about that user, since `mark`.
    pub async fn wait_for_decision(&self, mark: usize, user: &str) -> Event {
        let wanted = |event: &Event| event.message() == "decision" && event.text("user") == user;
        self.wait_for(mark, &format!("the decision on {user}"), wanted)
            .await
    }

    /// Every event so far.
    pub fn events(&self) -> Vec<Event> {
        self.log
            .since(0)
            .iter()
            .filter_map(|line| Event::parse(line))
            .collect()
    }

    /// The address of `/live`, `/ready` and `/metrics`, from the first event with a field `http`.
    pub async fn http(&self) -> String {
        let event = self
            .wait_for(0, "the HTTP address", |event| {
                !event.text("http").is_empty()
            })
            .await;
        event.text("http").to_owned()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        http::get(&self.http().await, path).await
    }

    pub async fn metrics(&self) -> Metrics {
        let (status, body) = self.get("/metrics").await;
        assert_eq!(status, 200, "/metrics answered {body}");
        Metrics::parse(&body)
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process id");
        kill_process(pid, signal).expect("the process is there");
    }

    /// Sends SIGTERM and waits for the end of the process.
    pub async fn terminate(self) -> Finished {
        self.signal(Signal::TERM);
        self.finish().await
    }

    /// Waits for the end of the process.
    pub async fn finish(mut self) -> Finished {
        let ended =
            self.log.wait_for_end(PATIENCE).await && self.output.wait_for_end(PATIENCE).await;
        assert!(
            ended,
            "portcullis did not end; its log:\n{}",
            self.log.since(0).join("\n")
        );
        let status = self.child.wait().expect("its status");
        Finished {
            status,
            stdout: self.output.since(0),
            stderr: self.log.since(0),
        }
    }

    /// CPU time used so far, user and system.
    pub fn cpu(&self) -> Duration {
        cpu_of(self.pid())
    }
}

impl Drop for Portcullis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that has ended.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

impl Finished {
    /// Everything it has written.
    pub fn text(&self) -> String {
        [self.stdout.join("\n"), self.stderr.join("\n")].join("\n")
    }
}

/// CPU time of a process, from `/proc/PID/stat`: fields 14 and 15, in hundredths of a second.
pub fn cpu_of(pid: u32) -> Duration {
    let text =
        std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("/proc tells the CPU time");
    let after_name = text.rsplit_once(')').expect("a name in parentheses").1;
    let ticks = after_name.split_whitespace().skip(11).take(2);
    Duration::from_millis(
        10 * ticks
            .map(|field| field.parse::<u64>().expect("ticks"))
            .sum::<u64>(),
    )
}

/// Resident memory of a process in MiB, from `/proc/PID/status`.
pub fn rss_of(pid: u32) -> u64 {
    let text =
        std::fs::read_to_string(format!("/proc/{pid}/status")).expect("/proc tells the memory");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("VmRSS");
    line.trim()
        .trim_end_matches(" kB")
        .parse::<u64>()
        .expect("kilobytes")
        / 1024
}
