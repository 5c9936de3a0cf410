use super::files::ReadError;
use portcullis_model::Blame;

/// A fault in a file or setting of the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoadFault {
    /// The policy that has it; none if it is in the configuration.
    pub(super) policy: Option<String>,
    pub(super) blame: Blame,
    pub(super) text: String,
    /// The load is tried again without any change by the operator.
    pub(super) transient: bool,
}

impl LoadFault {
    /// The configuration cannot be used.
    pub(super) fn of_configuration(text: String) -> Self {
        Self {
            policy: None,
            blame: Blame::Operator,
            text,
            transient: false,
        }
    }

    pub(super) fn of_policy(name: &str, blame: Blame, text: String) -> Self {
        Self {
            policy: Some(name.to_owned()),
            blame,
            text,
            transient: false,
        }
    }

    pub(super) fn unreadable(name: &str, error: &ReadError) -> Self {
        Self {
            transient: error.is_transient(),
            ..Self::of_policy(name, Blame::Operator, error.to_string())
        }
    }
}
