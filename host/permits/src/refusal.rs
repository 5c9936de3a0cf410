use portcullis_model::{Blame, Cause};

/// The cause of a refused grant, which the author of the policy has to change.
pub(crate) fn refusal(kind: &'static str, text: String) -> Cause {
    Cause {
        blame: Blame::Policy,
        kind,
        text,
    }
}
