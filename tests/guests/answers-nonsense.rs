//! Answers what the user name says: `FIELD=VALUE` sets that field of a grant that allows everything in `APP`,
//! `pass` passes, any other name gets the unchanged grant.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        let user = request.credentials.user.clone().unwrap_or_default();
        let mut decision = welcome(&request);
        match (&mut decision, user.split_once('=')) {
            (Decision::Allow(grant), Some((field, value))) => set(grant, field, value),
            _ if user == "pass" => return Decision::Pass,
            _ => {}
        }
        decision
    }
}

fn set(grant: &mut Grant, field: &str, value: &str) {
    let text = value.to_owned();
    // The user name need not be valid for the server.
    grant.name = None;
    match field {
        "account" => grant.account = text,
        "name" => grant.name = Some(text),
        "expires-in" => grant.expires_in = value.parse().ok(),
        "transport" => grant.transports.extend(transport(value)),
        "source-network" => grant.source_networks.push(text),
        "tag" => grant.tags.push(text),
        "option" => grant.options.push((text, String::new())),
        "role" => grant.access = Access::Role(text),
        "defaults" => {
            grant.account = text;
            grant.access = Access::AccountDefaults;
        }
        _ => {
            if let Access::Only(permissions) = &mut grant.access {
                permit(permissions, field, text);
            }
        }
    }
}

/// A list that is named here has only that entry; without a value it is empty.
fn permit(permissions: &mut Permissions, field: &str, text: String) {
    let entries = || Vec::from_iter((!text.is_empty()).then(|| text.clone()));
    match field {
        "publish" => permissions.publish.allow = entries(),
        "publish-deny" => permissions.publish.deny = entries(),
        "subscribe" => permissions.subscribe.allow = entries(),
        "subscribe-deny" => permissions.subscribe.deny = entries(),
        "only-deny" => {
            for rules in [&mut permissions.publish, &mut permissions.subscribe] {
                *rules = SubjectRules {
                    allow: vec![],
                    deny: entries(),
                };
            }
        }
        "ability" => permissions.abilities = entries(),
        "inbox" => permissions.inbox = Some(text),
        "jetstream-api" => permissions.jetstream_api = Some(text),
        _ => {}
    }
}

fn transport(name: &str) -> Option<Transport> {
    match name {
        "nats" => Some(Transport::Nats),
        "websocket" => Some(Transport::Websocket),
        _ => None,
    }
}

export!(Policy with_types_in portcullis_guests);
