//! The operations of a library that belong to an ability. If one needs more than the ability gives, the reason is stated, and
//! is part of the documentation (`wit/abilities.md`).

mod key_value;
mod messages;
mod objects;
mod streams;

use portcullis_model::{Access, Permissions, Rules};
use portcullis_permits::compile;
use serde_json::{Value, json};

use super::operations::Operation;
use super::world::Stage;

/// Some sentences, and the operations that work with them.
#[derive(Clone, Debug)]
pub struct AbilityCase {
    /// Name of the user with these abilities.
    pub user: &'static str,
    pub can: &'static [&'static str],
    pub stage: Stage,
    pub works: Vec<Operation>,
}

pub fn all() -> Vec<AbilityCase> {
    let families = [
        messages::cases(),
        streams::cases(),
        key_value::cases(),
        objects::cases(),
    ];
    families.into_iter().flatten().collect()
}

impl AbilityCase {
    fn new(user: &'static str, can: &'static [&'static str], stage: Stage) -> Self {
        Self {
            user,
            can,
            stage,
            works: Vec::new(),
        }
    }

    fn works(self, works: impl IntoIterator<Item = Operation>) -> Self {
        Self {
            works: works.into_iter().collect(),
            ..self
        }
    }

    pub fn inbox(&self) -> String {
        format!("_INBOX_{}", self.user)
    }

    /// The user's entry in `users.json`.
    pub fn entry(&self) -> Value {
        json!({ "pass": self.user, "account": "APP", "can": self.can, "inbox": self.inbox() })
    }

    pub fn access(&self) -> Access {
        Access::Only(Permissions {
            abilities: self
                .can
                .iter()
                .map(|sentence| (*sentence).to_owned())
                .collect(),
            inbox: Some(self.inbox()),
            ..Permissions::default()
        })
    }

    pub fn rules(&self) -> Rules {
        let access = self.access();
        let compiled = compile(&access, None).expect("abilities");
        compiled.expect("rules").into_rules()
    }
}

/// A user's entry in `users.json`, with subjects.
pub fn entry(user: &str, rules: &Rules) -> Value {
    let mut permissions = json!({
        "pub": { "allow": rules.publish.allow, "deny": rules.publish.deny },
        "sub": { "allow": rules.subscribe.allow, "deny": rules.subscribe.deny },
    });
    if rules.responses.is_some() {
        permissions["resp"] = json!({});
    }
    json!({ "pass": user, "account": "APP", "permissions": permissions })
}

/// One name for all objects of a kind: what one of them needs, all need.
pub fn general(text: &str) -> String {
    const KEYS: [&str; 4] = ["dev.001.> dev.*.hum", "dev.001.>", "dev.*.hum", "l.>"];
    const NAMES: [(&str, &str); 13] = [
        ("SNEW", "S"),
        ("LS", "S"),
        ("BNEW", "B"),
        ("KV_BNEW", "KV_B"),
        ("LARGE", "B"),
        ("KV_LARGE", "KV_B"),
        ("ONEW", "O"),
        ("OBJ_ONEW", "OBJ_O"),
        ("LO", "O"),
        ("OBJ_LO", "OBJ_O"),
        ("CO", "C"),
        ("CP", "C"),
        ("CD", "C"),
    ];
    let text = KEYS
        .iter()
        .fold(text.to_owned(), |text, key| text.replace(key, "KEY"));
    let word = |word: &str| {
        let known = |token| NAMES.iter().find(|(name, _)| *name == token);
        let tokens = word.split('.');
        let tokens = tokens.map(|token| known(token).map_or(token, |(_, general)| *general));
        tokens.collect::<Vec<_>>().join(".")
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
