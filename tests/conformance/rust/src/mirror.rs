//! The decision that the request's attributes describe.

use portcullis_sdk::{
    Access, Decision, Grant, Permissions, Request, ResponseRule, SubjectRules, Transport, allow,
    deny, ignore, pass,
};

pub(crate) fn decision(request: &Request) -> Decision {
    let mut spelled = Spelled::default();
    for (name, value) in request.attributes() {
        spelled.take(name, value);
    }
    spelled.decision()
}

struct Spelled {
    decision: String,
    text: String,
    access: String,
    role: String,
    permissions: Permissions,
    grant: Grant,
}

impl Default for Spelled {
    fn default() -> Self {
        let nothing = SubjectRules {
            allow: vec![],
            deny: vec![],
        };
        Self {
            decision: "allow".to_owned(),
            text: String::new(),
            access: "only".to_owned(),
            role: String::new(),
            permissions: Permissions {
                abilities: vec![],
                publish: nothing.clone(),
                subscribe: nothing,
                responses: None,
                inbox: None,
                jetstream_api: None,
            },
            grant: Grant::account(""),
        }
    }
}

impl Spelled {
    fn take(&mut self, name: &str, value: &str) {
        let text = value.to_owned();
        match name {
            "decision" => self.decision = text,
            "text" => self.text = text,
            "access" => self.access = text,
            "role" => self.role = text,
            "account" => self.grant.account = text,
            "name" => self.grant.name = Some(text),
            "expires-in" => self.grant.expires_in = Some(number(value)),
            "transport" => self.grant.transports.extend(transport(value)),
            "source-network" => self.grant.source_networks.push(text),
            "tag" => self.grant.tags.push(text),
            "option" => self.grant.options.extend(pair(value)),
            _ => self.permit(name, text),
        }
    }

    fn permit(&mut self, name: &str, text: String) {
        let permissions = &mut self.permissions;
        let responses = permissions.responses.unwrap_or(ResponseRule {
            max_messages: 0,
            expires_in_ms: 0,
        });
        match name {
            "ability" => permissions.abilities.push(text),
            "publish.allow" => permissions.publish.allow.push(text),
            "publish.deny" => permissions.publish.deny.push(text),
            "subscribe.allow" => permissions.subscribe.allow.push(text),
            "subscribe.deny" => permissions.subscribe.deny.push(text),
            "inbox" => permissions.inbox = Some(text),
            "jetstream-api" => permissions.jetstream_api = Some(text),
            "responses.max-messages" => {
                permissions.responses = Some(ResponseRule {
                    max_messages: number(&text),
                    ..responses
                });
            }
            "responses.expires-in-ms" => {
                permissions.responses = Some(ResponseRule {
                    expires_in_ms: number(&text),
                    ..responses
                });
            }
            _ => {}
        }
    }

    fn decision(self) -> Decision {
        match self.decision.as_str() {
            "deny" => deny(&self.text),
            "ignore" => ignore(&self.text),
            "pass" => pass(),
            _ => allow(Grant {
                access: match self.access.as_str() {
                    "role" => Access::Role(self.role),
                    "account-defaults" => Access::AccountDefaults,
                    _ => Access::Only(self.permissions),
                },
                ..self.grant
            }),
        }
    }
}

fn number<N: std::str::FromStr>(value: &str) -> N {
    let number = value.parse();
    number.unwrap_or_else(|_| panic!("{value:?} is not a number of that size"))
}

fn transport(word: &str) -> Option<Transport> {
    match word {
        "nats" => Some(Transport::Nats),
        "websocket" => Some(Transport::Websocket),
        "mqtt" => Some(Transport::Mqtt),
        "leafnode" => Some(Transport::Leafnode),
        _ => None,
    }
}

fn pair(option: &str) -> Option<(String, String)> {
    let (name, value) = option.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}
