use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::slice;

use portcullis_service::config::{Fault, Faults};

/// Why a verb did not do what it was asked to.
#[derive(Debug)]
pub(super) enum Failure {
    /// `check` found a fault and has said so.
    Fault,
    /// `check` could not read what it was given and has said so.
    Unreadable,
    /// The project does not build.
    Build(String),
    /// The operator has to fix it; nothing was started.
    Settings(String),
    /// The same, every fault in a line of its own.
    Faults(Vec<String>),
    /// The machine is in the way.
    Run(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Settings(fault.to_string())
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults.iter().map(Fault::to_string).collect())
    }
}

impl Failure {
    /// The text for the operator; empty if it was printed before.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Fault | Self::Unreadable | Self::Faults(_) => "",
            Self::Build(text) | Self::Settings(text) | Self::Run(text) => text,
        }
    }

    /// Prints a line for each fault, and returns the exit code.
    pub(super) fn exit(&self) -> ExitCode {
        let (code, texts) = match self {
            Self::Fault => return ExitCode::from(1),
            Self::Unreadable => return ExitCode::from(2),
            Self::Build(text) => (1, slice::from_ref(text)),
            Self::Settings(text) => (2, slice::from_ref(text)),
            Self::Faults(texts) => (2, texts.as_slice()),
            Self::Run(text) => (3, slice::from_ref(text)),
        };
        for text in texts {
            say("error", "31", text);
        }
        ExitCode::from(code)
    }
}

/// Help and version go to stdout with success; wrong usage goes to stderr with the exit code of settings.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    // If the pipe is closed, nobody reads it.
    let _ = error.print();
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

pub(super) fn warn(text: &str) {
    say("warning", "33", text);
}

fn say(level: &str, color: &str, text: &str) {
    let mut stderr = io::stderr().lock();
    let bare = !stderr.is_terminal() || std::env::var_os("NO_COLOR").is_some();
    // If stderr is closed, there is no other place for a report.
    let _ = match bare {
        true => writeln!(stderr, "portcullis: {level}: {text}"),
        false => writeln!(stderr, "portcullis: \x1b[1;{color}m{level}\x1b[0m: {text}"),
    };
}
