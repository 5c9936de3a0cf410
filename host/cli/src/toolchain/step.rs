use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::error::BuildError;

/// A program that runs in the project's folder. Its output goes to stderr unchanged; stdout is for our own output.
pub(super) struct Step {
    command: Command,
    line: String,
}

impl Step {
    pub(super) fn new(program: impl AsRef<OsStr>, folder: &Path) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(io::stderr())
            .kill_on_drop(true);
        let line = program.to_string_lossy().into_owned();
        Self { command, line }
    }

    /// A command of several words, such as `python3 -m ziglang`.
    pub(super) fn of_words(words: &[String], folder: &Path) -> Self {
        let (program, arguments) = words
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        Self::new(program, folder).args(arguments)
    }

    pub(super) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.line.push(' ');
        self.line.push_str(&argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    pub(super) fn args(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable. It is shown before the command, as in a shell.
    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.line = format!("{name}={value} {}", self.line);
        self.command.env(name, value);
        self
    }

    /// Runs the program to its end.
    pub(super) async fn run(mut self) -> Result<(), BuildError> {
        announce(&self.line);
        let status = self.command.status().await;
        let status = status.map_err(BuildError::io("run", Path::new(&self.line)))?;
        self.judge(status)
    }

    /// Runs the program to its end and returns what it printed on stdout.
    pub(super) async fn capture(mut self) -> Result<Vec<u8>, BuildError> {
        announce(&self.line);
        self.command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        let child = self
            .command
            .spawn()
            .map_err(BuildError::io("run", Path::new(&self.line)))?;
        let output = child.wait_with_output().await;
        let output = output.map_err(BuildError::io("run", Path::new(&self.line)))?;
        self.judge(output.status)?;
        Ok(output.stdout)
    }

    fn judge(self, status: std::process::ExitStatus) -> Result<(), BuildError> {
        if status.success() {
            return Ok(());
        }
        let line = self.line;
        Err(BuildError::Failed { line, status })
    }
}

fn announce(line: &str) {
    // A closed stderr does not end the build.
    let _ = writeln!(io::stderr().lock(), "portcullis: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_step_is_reported_with_its_line_and_status() {
        let step = Step::new("sh", Path::new("."))
            .args(["-c", "exit 7"])
            .env("GOOS", "wasip1");
        let error = step.run().await.unwrap_err().to_string();
        assert!(
            error.contains("`GOOS=wasip1 sh -c exit 7` failed (exit status: 7)"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn the_output_of_a_step_can_be_captured() {
        let words = ["sh", "-c"].map(str::to_owned);
        let step = Step::of_words(&words, Path::new("."))
            .arg("echo $GOOS")
            .env("GOOS", "wasip1");
        assert_eq!(step.capture().await.unwrap(), b"wasip1\n");
    }

    #[tokio::test]
    async fn a_missing_program_is_named() {
        let error = Step::new("no-such-program-anywhere", Path::new("."))
            .run()
            .await
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("cannot run no-such-program-anywhere"),
            "{error}"
        );
    }
}
