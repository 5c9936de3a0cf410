use std::fmt;
use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::install::{self, Installable};
use super::state::State;
use super::version::Version;

/// A program that is asked for its version.
pub(super) struct Tool<'a> {
    /// Its usual name.
    pub(super) name: &'static str,
    /// The command that makes it print its version.
    pub(super) line: &'a [&'a str],
    pub(super) needed: Version,
    pub(super) thing: Installable,
}

/// What was found of a tool that a build needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its usual name.
    pub tool: &'static str,
    pub state: State,
    /// The oldest version that is accepted; none if every version is.
    pub needed: Option<Version>,
    /// The command that installs it, or the web page to get it from.
    pub install: String,
}

impl Finding {
    pub fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// For something without a version: it is installed or not.
    pub(super) fn presence(tool: &'static str, thing: Installable, is_there: bool) -> Self {
        let state = if is_there {
            State::Ready(None)
        } else {
            State::Missing
        };
        Self::of(tool, thing, state, None)
    }

    fn of(tool: &'static str, thing: Installable, state: State, needed: Option<Version>) -> Self {
        let install = install::advice(thing, &state);
        Self {
            tool,
            state,
            needed,
            install,
        }
    }
}

/// If something is wrong, one sentence: what was found, what is needed, and how to install it.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tool,
            needed,
            install,
            ..
        } = self;
        let needed = needed.map_or_else(String::new, |version| format!(" ({version} or newer)"));
        match &self.state {
            State::Ready(None) => write!(formatter, "{tool}"),
            State::Ready(Some(version)) => write!(formatter, "{tool} {version}"),
            State::TooOld(found) => {
                write!(
                    formatter,
                    "{tool} {found} is too old{needed}; get it: {install}"
                )
            }
            State::Missing => write!(formatter, "{tool}{needed} is missing; get it: {install}"),
            State::Broken(said) => {
                write!(
                    formatter,
                    "{tool}{needed} does not run (\"{said}\"); get it: {install}"
                )
            }
        }
    }
}

impl Tool<'_> {
    /// Runs it in that folder, where a file of the project may choose its version.
    pub(super) async fn look(&self, folder: &Path) -> Finding {
        let state = match output(self.line, folder).await {
            Ok(text) => match Version::parse(&text) {
                Some(found) if found < self.needed => State::TooOld(found),
                found => State::Ready(found),
            },
            Err(NoOutput::Missing) => State::Missing,
            Err(NoOutput::Broken(said)) => State::Broken(said),
        };
        Finding::of(self.name, self.thing, state, Some(self.needed))
    }
}

/// Why a program printed nothing.
pub(super) enum NoOutput {
    Missing,
    Broken(String),
}

/// What a program prints, on stdout or else on stderr.
pub(super) async fn output(line: &[&str], folder: &Path) -> Result<String, NoOutput> {
    let (program, arguments) = line.split_first().ok_or(NoOutput::Missing)?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let output = output.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NoOutput::Missing,
        _ => NoOutput::Broken(error.to_string()),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let said = text(&output.stderr);
    let first = said.lines().next().map(str::to_owned);
    Err(NoOutput::Broken(
        first.unwrap_or_else(|| output.status.to_string()),
    ))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    async fn look(line: &[&str]) -> Finding {
        let tool = Tool {
            name: "go",
            line,
            needed: Version::new(1, 24),
            thing: Installable::Go,
        };
        tool.look(Path::new(".")).await
    }

    #[rstest]
    #[case::ready(&["echo", "go version go1.26.8"], "go 1.26.8")]
    #[case::unreadable(&["echo", "a version of my own"], "go")]
    #[case::too_old(&["echo", "go1.19"], "go 1.19 is too old (1.24 or newer); get it: ")]
    #[case::missing(&["no-such-program-anywhere"], "go (1.24 or newer) is missing; get it: ")]
    #[case::broken(&["sh", "-c", "echo no toolchain >&2; exit 1"], "go (1.24 or newer) does not run (\"no toolchain\")")]
    #[tokio::test]
    async fn a_finding_is_described(#[case] line: &[&str], #[case] words: &str) {
        let text = look(line).await.to_string();
        assert!(text.starts_with(words), "{text}");
    }

    #[tokio::test]
    async fn only_what_runs_and_is_new_enough_is_ready() {
        assert!(look(&["echo", "go1.24"]).await.is_ready());
        assert!(!look(&["echo", "go1.23"]).await.is_ready());
        assert!(!look(&["no-such-program-anywhere"]).await.is_ready());
    }
}
