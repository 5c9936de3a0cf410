use portcullis_componentize::ModuleError;

use super::lines::{Level, LogLine};

/// Why a module could not be loaded as a policy. Each text tells the author of the module what is wrong and how to fix it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Module(#[from] ModuleError),
    #[error(
        "the module's functions do not match the contract: {0}; build it against the WIT of this version"
    )]
    Signature(String),
    #[error("failed to compile the module: {0}")]
    Compile(String),
    #[error("the policy refused its configuration: {0}")]
    Refused(String),
    #[error("the policy failed while it was configured: {failure}{said}")]
    Configure { failure: Failure, said: String },
    #[error(
        "the policy cannot run from a snapshot: {reason}; set `instances = \"warm\"` (instances are reused) or \"fresh\" \
         (an instance is configured for each decision)"
    )]
    Snapshot { reason: String },
}

/// Runtimes write the reason in a line with one of these words before they end; a stack trace follows. Go uses the first two,
/// JavaScript the others.
const REASONS: [&str; 4] = ["panic: ", "fatal error: ", "Error", "Exception"];

impl LoadError {
    /// Adds the line in which the guest wrote the reason before it trapped: the text of a panic or the end of a traceback.
    pub(super) fn configure(failure: Failure, log: &[LogLine]) -> Self {
        let lines = || log.iter().rev().filter(|line| !line.text.trim().is_empty());
        let last = |is_reason: fn(&LogLine) -> bool| lines().find(|line| is_reason(line));
        let said = last(|line| line.level == Level::Error)
            .or_else(|| last(|line| REASONS.iter().any(|words| line.text.contains(words))))
            .or_else(|| last(|line| line.level == Level::Warn))
            .map(|line| format!("; its last words: {}", line.text));
        Self::Configure {
            failure,
            said: said.unwrap_or_default(),
        }
    }

    /// One word to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Module(error) => error.kind(),
            Self::Signature(_) => "signature",
            Self::Compile(_) => "compile",
            Self::Refused(_) => "refused",
            Self::Configure { .. } => "configure",
            Self::Snapshot { .. } => "snapshot",
        }
    }
}

/// Why a call of a policy gave no decision. The client is not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("it trapped: {0}")]
    Trap(String),
    #[error("it exceeded its deadline of {0} ms")]
    Deadline(u128),
    /// Not the policy's fault: it had less time than its own deadline.
    #[error("the server stopped waiting before it answered, because the request had waited before")]
    Late,
    #[error("it needs more than the allowed {0} bytes of memory")]
    Memory(usize),
    #[error("it overflowed its stack")]
    Stack,
    #[error("its answer is malformed: {0}")]
    Answer(String),
    #[error("its answer is too large: {0}; a wildcard can replace many entries")]
    TooLarge(String),
    #[error("no instance could be made for it: {0}")]
    Sandbox(String),
}

impl Failure {
    /// One word to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trap(_) => "trap",
            Self::Deadline(_) => "deadline",
            Self::Late => "late",
            Self::Memory(_) => "memory",
            Self::Stack => "stack",
            Self::Answer(_) => "answer",
            Self::TooLarge(_) => "too_large",
            Self::Sandbox(_) => "sandbox",
        }
    }
}
