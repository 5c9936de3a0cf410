use std::fmt;

/// What the client gets. Only `Reply::Allow` admits a client. A fault of ours is `Silence`, because client libraries stop
/// reconnecting after two denials in a row but try again after a timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Reply(Reply),
    Silence(Silence),
}

/// The answer that is sent to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Allow,
    Deny,
}

/// Why a decided request gets no answer. A request that is not decided is rejected and has no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The policy asked for it.
    Ignore,
    /// A part of the service or of a policy failed.
    Fail,
}

impl Outcome {
    /// The word for logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reply(Reply::Allow) => "allow",
            Self::Reply(Reply::Deny) => "deny",
            Self::Silence(Silence::Ignore) => "ignore",
            Self::Silence(Silence::Fail) => "fail",
        }
    }
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The client, or the server that sent the request.
    Peer,
    /// The author of the policy.
    Policy,
    /// The operator of the service.
    Operator,
    /// The developers of Portcullis.
    Bug,
}

impl Blame {
    /// The word for logs and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Policy => "policy",
            Self::Operator => "operator",
            Self::Bug => "bug",
        }
    }
}

/// Why a request got its outcome. The client sees none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Who has to act.
    pub blame: Blame,
    /// A word from a fixed list, to count by.
    pub kind: &'static str,
    /// A sentence for the operator.
    pub text: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
