use portcullis_model::{Blame, Cause};

/// A grant that its policy has to change.
pub(crate) fn refusal(kind: &'static str, text: String) -> Cause {
    Cause {
        blame: Blame::Policy,
        kind,
        text,
    }
}
