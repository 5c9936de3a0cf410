//! Reads the document of the rules as a decision. Anything that is not understood is a fault:
//! ignoring a misspelled `deny` would widen the grant.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use portcullis_sdk::{Decision, Grant, Transport, allow, deny, ignore, pass};
use regorus::Value;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// `{"allow": ...}`, `{"deny": "..."}`, `{"ignore": "..."}` or `"pass"`.
pub(crate) fn decision(document: &Value) -> Result<Decision, Malformed> {
    match parse(document)? {
        Answer::Allow(grant) => grant.decision(),
        Answer::Deny(cause) => Ok(deny(&cause)),
        Answer::Ignore(cause) => Ok(ignore(&cause)),
        Answer::Pass => Ok(pass()),
    }
}

/// Only the object after `allow` above.
pub(crate) fn granted(document: &Value) -> Result<Decision, Malformed> {
    match document {
        Value::Undefined => Err(Malformed::new("undefined, though the client is allowed")),
        _ => parse::<GrantDocument>(document)?.decision(),
    }
}

/// The entry at fault, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Malformed(String);

impl Malformed {
    pub(crate) fn new(fault: impl fmt::Display) -> Self {
        Self(fault.to_string())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Allow(Box<GrantDocument>),
    Deny(String),
    Ignore(String),
    Pass,
}

/// The names of the contract in snake case; `can` is its abilities.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantDocument {
    account: String,
    #[serde(default)]
    account_defaults: bool,
    role: Option<String>,
    can: Option<Vec<String>>,
    publish: Option<SubjectRules>,
    subscribe: Option<SubjectRules>,
    responses: Option<Responses>,
    inbox: Option<String>,
    jetstream_api: Option<String>,
    name: Option<String>,
    expires_in: Option<u32>,
    #[serde(default)]
    transports: Vec<TransportName>,
    #[serde(default)]
    source_networks: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SubjectRules {
    allow: Vec<String>,
    deny: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Responses {
    max_messages: u32,
    expires_in_ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TransportName {
    Nats,
    Websocket,
    Mqtt,
    Leafnode,
}

impl From<TransportName> for Transport {
    fn from(name: TransportName) -> Self {
        match name {
            TransportName::Nats => Self::Nats,
            TransportName::Websocket => Self::Websocket,
            TransportName::Mqtt => Self::Mqtt,
            TransportName::Leafnode => Self::Leafnode,
        }
    }
}

impl GrantDocument {
    fn decision(self) -> Result<Decision, Malformed> {
        let grant = match (self.account_defaults, &self.role) {
            (false, None) => Grant::account(&self.account),
            (true, None) => Grant::account_defaults(&self.account),
            (false, Some(role)) => Grant::role(&self.account, role),
            (true, Some(_)) => {
                return Err(Malformed::new(
                    "role: cannot be combined with account_defaults",
                ));
            }
        };
        let others = self.account_defaults || self.role.is_some();
        if let Some(entry) = self.first_permission().filter(|_| others) {
            return Err(Malformed::new(format_args!(
                "{entry}: cannot be combined with account_defaults or role"
            )));
        }
        let grant = if others { grant } else { self.permit(grant) };
        Ok(allow(self.frame(grant)))
    }

    fn first_permission(&self) -> Option<&'static str> {
        let named = [
            ("can", self.can.is_some()),
            ("publish", self.publish.is_some()),
            ("subscribe", self.subscribe.is_some()),
            ("responses", self.responses.is_some()),
            ("inbox", self.inbox.is_some()),
            ("jetstream_api", self.jetstream_api.is_some()),
        ];
        named.into_iter().find_map(|(name, is)| is.then_some(name))
    }

    fn permit(&self, grant: Grant) -> Grant {
        let mut grant = grant.can(self.can.as_deref().unwrap_or_default());
        if let Some(rules) = &self.publish {
            grant = grant.publish(&rules.allow).deny_publish(&rules.deny);
        }
        if let Some(rules) = &self.subscribe {
            grant = grant.subscribe(&rules.allow).deny_subscribe(&rules.deny);
        }
        if let Some(responses) = &self.responses {
            let within = Duration::from_millis(responses.expires_in_ms);
            grant = grant.allow_responses(responses.max_messages, within);
        }
        if let Some(prefix) = &self.inbox {
            grant = grant.inbox(prefix);
        }
        match &self.jetstream_api {
            Some(prefix) => grant.jetstream_api(prefix),
            None => grant,
        }
    }

    fn frame(self, grant: Grant) -> Grant {
        let transports = self.transports.into_iter().map(Transport::from);
        let grant = grant.transports(transports);
        let grant = grant.source_networks(self.source_networks);
        let grant = self.tags.into_iter().fold(grant, Grant::tag);
        let options = self.options.into_iter();
        let mut grant = options.fold(grant, |grant, (name, value)| grant.option(name, value));
        grant.name = self.name;
        grant.expires_in = self.expires_in;
        grant
    }
}

fn parse<T: DeserializeOwned>(document: &Value) -> Result<T, Malformed> {
    let json = serde_json::to_value(document).map_err(Malformed::new)?;
    serde_path_to_error::deserialize(json).map_err(|error| {
        let fault = without_value(&error.inner().to_string());
        match error.path().to_string().as_str() {
            "." => Malformed(fault),
            entry => Malformed(format!("{entry}: {fault}")),
        }
    })
}

/// serde writes `invalid type: string "hunter2", expected a sequence`, and the value may be a secret.
fn without_value(fault: &str) -> String {
    let invalid = fault.starts_with("invalid type: ") || fault.starts_with("invalid value: ");
    match fault.rsplit_once(", expected ") {
        Some((_, expected)) if invalid => format!("expected {expected}"),
        _ => fault.to_owned(),
    }
}
