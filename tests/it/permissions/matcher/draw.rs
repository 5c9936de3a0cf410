//! Generates permissions, and questions that are related to them.

use portcullis_model::Rules;
use portcullis_model::subject::{covers, matches, split_queue};
use serde_json::{Value, json};

const FIRST: [&str; 5] = ["a", "b", "$KV", "$SYS", "reply"];
const LETTERS: [&str; 3] = ["a", "b", "c"];
const ODD: [&str; 9] = [
    "a..b", ".a", "a.", "*.>.a", ">.a", "$NRG.a", "_GR_.a.b", "$GR.a.b", "a*.b>",
];
const QUEUES: [&str; 9] = ["q", "q", "r", "q.a", "q.b", "q.*", "q.>", "*", ">"];
const ENTRY_QUEUES: [&str; 8] = ["q", "q", "r", "q.a", "q.*", "q.>", "*", ">"];

pub(super) struct Draw(fastrand::Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(super) fn index(&mut self, below: usize) -> usize {
        self.0.usize(..below)
    }

    /// The `permissions` of a user in `users.json`.
    pub(super) fn permissions(&mut self) -> Value {
        let mut permissions = json!({
            "pub": { "allow": self.entries(4, false), "deny": self.entries(3, false) },
            "sub": { "allow": self.entries(4, true), "deny": self.entries(3, true) },
        });
        if self.one_in(2) {
            let max = self.choice(&[-1, 0, 1, 2, 3]);
            let ttl = self.choice(&[-1, 0, 60_000_000_000_i64]);
            permissions["resp"] = json!({ "max": max, "ttl": ttl });
        }
        permissions
    }

    /// A subject to publish to.
    pub(super) fn published(&mut self, rules: &Rules) -> String {
        let lists = [&rules.publish.allow, &rules.publish.deny];
        match self.0.u8(..20) {
            0..12 => self.near(&lists, Self::instance),
            12..14 => self.near(&lists, |_, entry| entry.to_owned()),
            14..17 => self.literal(),
            17..19 => self.pattern(),
            _ => self.choice(&ODD).to_owned(),
        }
    }

    /// A subject to subscribe to, and optionally a queue.
    pub(super) fn subscribed(&mut self, rules: &Rules) -> (String, Option<String>) {
        let lists = [&rules.subscribe.allow, &rules.subscribe.deny];
        let subject = match self.0.u8(..20) {
            0..6 => self.near(&lists, |_, entry| entry.to_owned()),
            6..12 => self.near(&lists, Self::instance),
            12..16 => self.near(&lists, Self::widened),
            16..19 => self.pattern(),
            _ => self.choice(&ODD).to_owned(),
        };
        let queue = match self.0.u8(..40) {
            0 => Some("_sys_".to_owned()),
            1..20 => Some(self.choice(&QUEUES).to_owned()),
            _ => None,
        };
        (subject, queue)
    }

    /// A subject that matches a subscription, if possible one that is denied.
    pub(super) fn delivered(&mut self, subscription: &str, rules: &Rules) -> String {
        let denied = self.near(&[&rules.subscribe.deny], Self::exact_instance);
        if self.one_in(2) && matches(subscription, &denied) {
            return denied;
        }
        let inside = |entry: &&String| {
            split_queue(entry).is_some_and(|(subject, _)| covers(subscription, subject))
        };
        let inside = rules.subscribe.deny.iter().filter(inside).cloned();
        let inside = inside.collect::<Vec<_>>();
        if self.one_in(2) && !inside.is_empty() {
            return self.near(&[&inside], Self::exact_instance);
        }
        self.exact_instance(subscription)
    }

    fn entries(&mut self, at_most: usize, queues: bool) -> Vec<String> {
        // Wide and narrow entries, so that denied subjects lie inside allowed ones.
        let count = self.0.usize(..=at_most);
        let mut entries = Vec::new();
        for _ in 0..count {
            let lists = [&entries];
            let mut entry = match self.0.u8(..5) {
                0 if at_most > 3 => self.choice(&[">", "*.>", "a.>", "a.*", "b.>"]).to_owned(),
                1 if !entries.is_empty() => self.near(&lists, Self::valid_neighbour),
                _ => self.pattern(),
            };
            if queues && self.one_in(3) {
                entry = format!("{entry} {}", self.choice(&ENTRY_QUEUES));
            }
            entries.push(entry);
        }
        entries
    }

    /// An entry that extends another one, or has a letter instead of a wildcard, or a wildcard instead of a letter.
    fn valid_neighbour(&mut self, entry: &str) -> String {
        let mut tokens = entry.split('.').collect::<Vec<_>>();
        match self.0.u8(..3) {
            0 => {
                self.replace_wildcards(&mut tokens);
                if tokens.len() < 32 {
                    tokens.push(self.choice(&["a", "b", "*", ">"]));
                }
            }
            1 => self.replace_wildcards(&mut tokens),
            _ => return self.widened(entry),
        }
        tokens.join(".")
    }

    fn replace_wildcards(&mut self, tokens: &mut [&str]) {
        for token in tokens {
            if matches!(*token, "*" | ">") {
                *token = self.choice(&LETTERS);
            }
        }
    }

    fn near(&mut self, lists: &[&Vec<String>], make: impl Fn(&mut Self, &str) -> String) -> String {
        let entries = lists.iter().flat_map(|list| list.iter());
        let subjects = entries
            .filter_map(|entry| split_queue(entry))
            .map(|(subject, _)| subject);
        let subjects = subjects.collect::<Vec<_>>();
        if subjects.is_empty() {
            return self.pattern();
        }
        let subject = self.choice(&subjects);
        make(self, subject)
    }

    fn literal(&mut self) -> String {
        let mut subject = self.choice(&FIRST).to_owned();
        // Some are as long as an entry may be.
        let more = if self.one_in(12) {
            31
        } else {
            self.0.usize(..4)
        };
        for _ in 0..more {
            subject = format!("{subject}.{}", self.choice(&LETTERS));
        }
        subject
    }

    fn pattern(&mut self) -> String {
        let literal = self.literal();
        let mut tokens = literal.split('.').collect::<Vec<_>>();
        let rare = if tokens.len() > 5 { 12 } else { 4 };
        for token in &mut tokens {
            if self.one_in(rare) {
                *token = "*";
            }
        }
        if self.one_in(4) {
            *tokens.last_mut().expect("a token") = ">";
        }
        tokens.join(".")
    }

    /// A subject that matches the pattern, or did so before one token was changed. Some contain wildcards as letters.
    fn instance(&mut self, pattern: &str) -> String {
        let subject = self.exact_instance(pattern);
        let mut tokens = subject.split('.').collect::<Vec<_>>();
        let place = self.0.usize(..tokens.len());
        match self.0.u8(..16) {
            0 => tokens[place] = self.choice(&LETTERS),
            1 => tokens[place] = "*",
            2 => *tokens.last_mut().expect("a token") = ">",
            3 => tokens.push(self.choice(&LETTERS)),
            4 if tokens.len() > 1 => _ = tokens.pop(),
            5 => tokens.insert(place, ""),
            _ => {}
        }
        tokens.join(".")
    }

    fn exact_instance(&mut self, pattern: &str) -> String {
        let mut tokens = Vec::new();
        for token in pattern.split('.') {
            match token {
                "*" => tokens.push(self.choice(&["a", "b", "c", "a", "b", "c", "*", ">"])),
                ">" => {
                    for _ in 0..=self.0.usize(..3) {
                        tokens.push(self.choice(&["a", "b", "c", "a", "b", "c", "*", ">"]));
                    }
                }
                token => tokens.push(token),
            }
        }
        tokens.join(".")
    }

    fn widened(&mut self, pattern: &str) -> String {
        let mut tokens = pattern.split('.').collect::<Vec<_>>();
        let place = self.0.usize(..tokens.len());
        if self.one_in(2) {
            tokens.truncate(place + 1);
            tokens[place] = ">";
        } else if tokens[place] != ">" {
            tokens[place] = "*";
        }
        tokens.join(".")
    }

    fn one_in(&mut self, count: u8) -> bool {
        self.0.u8(..count) == 0
    }

    fn choice<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.0.usize(..from.len())]
    }
}
