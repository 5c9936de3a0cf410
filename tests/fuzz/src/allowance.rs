//! An admission with texts of the fuzzer, as a stranger to `permits` would make it.

use portcullis_model::{Admission, ResponseRule, Rules, SubjectRules, Timestamp};

#[derive(Debug)]
pub struct Allowance {
    account: String,
    name: String,
    tags: Vec<String>,
    rules: Rules,
}

impl Allowance {
    pub fn of(text: &str) -> Self {
        let words: Vec<String> = text.split_whitespace().take(8).map(str::to_owned).collect();
        let subjects = SubjectRules {
            allow: words.clone(),
            deny: words.iter().rev().cloned().collect(),
        };
        Self {
            account: text.chars().take(64).collect(),
            name: text.chars().rev().take(64).collect(),
            tags: words,
            rules: Rules {
                publish: subjects.clone(),
                subscribe: subjects,
                responses: Some(ResponseRule {
                    max_messages: text.len().try_into().unwrap_or(u32::MAX),
                    expires_in_ms: u64::MAX,
                }),
            },
        }
    }
}

impl Admission for Allowance {
    fn account(&self) -> &str {
        &self.account
    }

    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn tags(&self) -> &[String] {
        &self.tags
    }

    fn expires_at(&self) -> Timestamp {
        Timestamp::MAX
    }

    fn rules(&self) -> Option<&Rules> {
        Some(&self.rules)
    }
}
