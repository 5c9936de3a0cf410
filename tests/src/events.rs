//! The log of `portcullis` as events: one JSON object on each line.

use serde_json::Value;

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Event(Value);

impl Event {
    pub fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok().map(Self)
    }

    /// The message of the line: "decision", "ready"...
    pub fn message(&self) -> &str {
        self.text("message")
    }

    /// A field as text; empty if it is absent or not a string.
    pub fn text(&self, name: &str) -> &str {
        self.field(name).as_str().unwrap_or_default()
    }

    /// A field as a number; numbers that are written as text are read, too.
    pub fn number(&self, name: &str) -> Option<u64> {
        let field = self.field(name);
        field.as_u64().or_else(|| field.as_str()?.parse().ok())
    }

    /// A field, at the top level or in an object of its own.
    pub fn field(&self, name: &str) -> &Value {
        let nested = &self.0["fields"][name];
        if nested.is_null() {
            &self.0[name]
        } else {
            nested
        }
    }
}

impl Event {
    /// The names of all fields.
    pub fn fields(&self) -> Vec<String> {
        let fields = self.0.as_object().into_iter().flatten();
        fields.map(|(name, _)| name.clone()).collect()
    }

    pub fn is_decision_on(&self, user: &str) -> bool {
        self.message() == "decision" && self.text("user") == user
    }

    /// A request that was dropped without an answer; the field `kind` says why.
    pub fn is_rejection(&self) -> bool {
        self.message() == "request rejected"
    }

    /// A new generation is in force.
    pub fn is_reload(&self) -> bool {
        self.message() == "reloaded"
    }

    /// The previous version stays in force, or there is none.
    pub fn is_reload_failure(&self) -> bool {
        let message = self.message();
        message.starts_with("reload failed") || message.starts_with("load failed")
    }

    /// A line that a policy wrote.
    pub fn is_policy_line(&self) -> bool {
        self.message() == "the policy says"
    }
}
