use portcullis_model::{Admission, Cause, Outcome, Reply, Silence};
use portcullis_permits::bounds::Permit;

/// What the host does with a request. Admitting a client requires a permit.
#[derive(Debug)]
pub enum Ruling {
    Allow(Box<Permit>),
    Deny(Cause),
    Silence(Silence, Cause),
}

impl Ruling {
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Allow(_) => Outcome::Reply(Reply::Allow),
            Self::Deny(_) => Outcome::Reply(Reply::Deny),
            Self::Silence(silence, _) => Outcome::Silence(*silence),
        }
    }

    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Allow(_) => None,
            Self::Deny(cause) | Self::Silence(_, cause) => Some(cause),
        }
    }

    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Allow(permit) => Some(permit.account()),
            Self::Deny(_) | Self::Silence(..) => None,
        }
    }
}
