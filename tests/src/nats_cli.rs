//! The `nats` command line tool.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::lines::Lines;
use crate::{PATIENCE, artifacts};

/// A user of the tool.
pub struct NatsCli<'a> {
    pub url: String,
    pub user: &'a str,
    pub password: &'a str,
    pub inbox: Option<String>,
    /// A folder without settings of the tool.
    pub home: &'a Path,
}

impl NatsCli<'_> {
    /// Runs one command to its end, or to the first line that reports a permissions violation, after which the tool would
    /// wait in vain. Returns that line, or everything that the tool wrote.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(artifacts::nats_cli());
        command.args(["--server", &self.url, "--timeout", "30s"]);
        command.args(["--user", self.user, "--password", self.password]);
        if let Some(inbox) = &self.inbox {
            command.args(["--inbox-prefix", inbox]);
        }
        command.args(arguments).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
            .env("HOME", self.home)
            .env("XDG_CONFIG_HOME", self.home);
        let mut child = command.spawn().expect("nats starts");
        let output = Lines::capture(child.stdout.take().expect("stdout"));
        let errors = Lines::capture(child.stderr.take().expect("stderr"));
        let violation = errors.wait_for(0, PATIENCE, |line| {
            let told = line.to_lowercase().contains("permissions violation");
            told.then(|| line.to_owned())
        });
        let violation = violation.await;
        if violation.is_some() || !output.wait_for_end(PATIENCE).await {
            let _ = child.kill();
        }
        let _ = child.wait();
        violation.unwrap_or_else(|| [output.since(0), errors.since(0)].concat().join("\n"))
    }
}
