//! The operations of client libraries, by the names that the drivers use.

use portcullis_tests::driver::{Library, Outcome};
use serde_json::Value;

/// One call of a library.
#[derive(Clone, Debug)]
pub struct Operation {
    pub request: Value,
    pub meanwhile: Meanwhile,
    /// The libraries with which it fails for an ability, with the reason. The test checks that it fails.
    pub needs_more: Vec<(Library, &'static str)>,
    /// Needs nats-server 2.11.
    pub recent: bool,
}

/// What happens while the operation waits.
#[derive(Clone, Copy, Debug)]
pub enum Meanwhile {
    Nothing,
    /// Requests are sent to these subjects.
    Requests(&'static [&'static str]),
    /// A service of this name exists.
    Service(&'static str),
}

impl Operation {
    pub fn new(request: Value) -> Self {
        Self {
            request,
            meanwhile: Meanwhile::Nothing,
            needs_more: Vec::new(),
            recent: false,
        }
    }

    pub fn meanwhile(self, meanwhile: Meanwhile) -> Self {
        Self { meanwhile, ..self }
    }

    /// It fails with this library, for this reason.
    pub fn but(mut self, library: Library, why: &'static str) -> Self {
        self.needs_more.push((library, why));
        self
    }

    pub fn recent(self) -> Self {
        Self {
            recent: true,
            ..self
        }
    }

    /// Some libraries end without an error when fewer messages arrive than were requested.
    pub fn complete(&self, outcome: Outcome) -> Outcome {
        let (Outcome::Done(value), Some(wanted)) = (&outcome, self.request["count"].as_u64())
        else {
            return outcome;
        };
        let listed = value
            .as_array()
            .and_then(|values| u64::try_from(values.len()).ok());
        match value.as_u64().or(listed) {
            Some(arrived) if arrived < wanted => {
                Outcome::Failed(format!("only {arrived} of {wanted} arrived"))
            }
            _ => outcome,
        }
    }

    pub fn why_not(&self, library: Library) -> Option<&'static str> {
        let mut reasons = self.needs_more.iter();
        let found = reasons.find(|(other, _)| *other == library);
        found.map(|(_, why)| *why)
    }
}

/// `op!("kv.get", "bucket": "B", "key": "a")`
macro_rules! op {
    ($name:literal $(, $($field:tt)*)?) => {
        $crate::abilities::operations::Operation::new(
            serde_json::json!({ "op": $name $(, $($field)*)? })
        )
    };
}
pub(super) use op;
