//! A decision as attributes of a request: see `tests/conformance/README.md`, the table of `mirror`.

use portcullis_model::{Access, Decision, Grant, Permissions};

pub(super) fn of(decision: &Decision) -> Vec<(String, String)> {
    match decision {
        Decision::Deny(text) => vec![pair("decision", "deny"), pair("text", text)],
        Decision::Ignore(text) => vec![pair("decision", "ignore"), pair("text", text)],
        Decision::Pass => vec![pair("decision", "pass")],
        Decision::Allow(grant) => of_grant(grant),
    }
}

fn of_grant(grant: &Grant) -> Vec<(String, String)> {
    let mut spelled = vec![pair("account", &grant.account)];
    match &grant.access {
        // Defaults are left out, so that they are tested, too.
        Access::Only(permissions) => spelled.extend(of_permissions(permissions)),
        Access::Role(role) => spelled.extend([pair("access", "role"), pair("role", role)]),
        Access::AccountDefaults => spelled.push(pair("access", "account-defaults")),
    }
    spelled.extend(grant.name.iter().map(|name| pair("name", name)));
    let seconds = grant.expires_in.map(|seconds| seconds.to_string());
    spelled.extend(seconds.map(|seconds| pair("expires-in", &seconds)));
    for transport in &grant.transports {
        spelled.push(pair("transport", &transport.to_string()));
    }
    spelled.extend(each("source-network", &grant.source_networks));
    spelled.extend(each("tag", &grant.tags));
    for (name, value) in &grant.options {
        spelled.push(pair("option", &format!("{name}={value}")));
    }
    spelled
}

fn of_permissions(permissions: &Permissions) -> Vec<(String, String)> {
    let mut spelled = each("ability", &permissions.abilities);
    spelled.extend(each("publish.allow", &permissions.publish.allow));
    spelled.extend(each("publish.deny", &permissions.publish.deny));
    spelled.extend(each("subscribe.allow", &permissions.subscribe.allow));
    spelled.extend(each("subscribe.deny", &permissions.subscribe.deny));
    if let Some(responses) = permissions.responses {
        let (messages, time) = (responses.max_messages, responses.expires_in_ms);
        // One of them is enough; the other is then zero.
        if messages != 0 || time == 0 {
            spelled.push(pair("responses.max-messages", &messages.to_string()));
        }
        if time != 0 {
            spelled.push(pair("responses.expires-in-ms", &time.to_string()));
        }
    }
    spelled.extend(permissions.inbox.iter().map(|inbox| pair("inbox", inbox)));
    let api = permissions.jetstream_api.iter();
    spelled.extend(api.map(|api| pair("jetstream-api", api)));
    spelled
}

fn each(name: &str, values: &[String]) -> Vec<(String, String)> {
    values.iter().map(|value| pair(name, value)).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
