use std::fmt;

/// What the client gets. Only `Reply::Allow` lets anybody in; a fault of ours is `Silence`, because clients give up for
/// good after two denials in a row but come back after a timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Reply(Reply),
    Silence(Silence),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Allow,
    Deny,
}

/// Why a request that was decided is not answered. What never came to a decision is rejected, and has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The policy asked for it.
    Ignore,
    /// Something of ours failed.
    Fail,
}

impl Outcome {
    /// One word for logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reply(Reply::Allow) => "allow",
            Self::Reply(Reply::Deny) => "deny",
            Self::Silence(Silence::Ignore) => "ignore",
            Self::Silence(Silence::Fail) => "fail",
        }
    }
}

/// Who has to act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    Peer,
    Policy,
    Operator,
    Bug,
}

impl Blame {
    pub fn word(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Policy => "policy",
            Self::Operator => "operator",
            Self::Bug => "bug",
        }
    }
}

/// Why it came out as it did: a fixed word to count by, a sentence for the operator, and whose fault it is. The client
/// sees none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub blame: Blame,
    pub kind: &'static str,
    pub text: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
