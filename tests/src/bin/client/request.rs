//! A line of the protocol. Each operation reads the fields that it needs.

use std::time::Duration;

use serde_json::Value;

#[derive(Clone)]
pub struct Request(Value);

impl Request {
    pub fn new(value: Value) -> Self {
        Self(value)
    }

    /// A field as text; empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    pub fn owned(&self, name: &str) -> String {
        self.text(name).to_owned()
    }

    /// A field as text; none if it is absent or empty.
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.owned(name)).filter(|text| !text.is_empty())
    }

    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = self.0[name].as_array().into_iter().flatten();
        items
            .filter_map(|item| Some(item.as_str()?.to_owned()))
            .collect()
    }

    pub fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let fields = self.0[name].as_object().into_iter().flatten();
        fields
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect()
    }

    pub fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_default()
    }

    pub fn size(&self, name: &str) -> usize {
        usize::try_from(self.number(name)).expect("a size fits the machine")
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0[name].as_bool().unwrap_or_default()
    }

    pub fn milliseconds(&self, name: &str) -> Option<Duration> {
        self.0[name].as_u64().map(Duration::from_millis)
    }

    /// The number of messages to wait for, at least one.
    pub fn count(&self) -> usize {
        self.size("count").max(1)
    }
}
