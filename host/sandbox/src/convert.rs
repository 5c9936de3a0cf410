//! Converts between the model and the generated bindings. No other file uses both.

use super::bindings::types as wit;
use portcullis_model::{
    Access, Certificate, Credentials, Decision, Grant, Permissions, Request, ResponseRule,
    Sentinel, Server, SubjectRules, Tls, Transport,
};

/// Calls `then` with the request in the contract's types. These types borrow, so no secret is copied outside the guest.
pub(super) fn with_request<T>(request: &Request, then: impl FnOnce(wit::Request<'_>) -> T) -> T {
    let server_tags = texts(&request.server.tags);
    let sentinel_tags = request
        .sentinel
        .as_ref()
        .map(|it| texts(&it.tags))
        .unwrap_or_default();
    let attributes = pairs(&request.attributes);
    let tls = request.tls.as_ref();
    let verified_names = tls.map(|it| names(&it.verified)).unwrap_or_default();
    let presented_names = tls.map(|it| names(&it.presented)).unwrap_or_default();
    let verified = tls
        .map(|it| certificates(&it.verified, &verified_names))
        .unwrap_or_default();
    let presented = tls
        .map(|it| certificates(&it.presented, &presented_names))
        .unwrap_or_default();
    then(wit::Request {
        received_at: request.received_at,
        server: server(&request.server, &server_tags),
        client: client(request),
        credentials: credentials(&request.credentials),
        tls: tls.map(|it| tls_of(it, &verified, &presented)),
        sentinel: request
            .sentinel
            .as_ref()
            .map(|it| sentinel(it, &sentinel_tags)),
        user_nkey: &request.user_nkey,
        attributes: &attributes,
    })
}

pub(super) fn decision(decision: wit::Decision) -> Decision {
    match decision {
        wit::Decision::Deny(cause) => Decision::Deny(cause),
        wit::Decision::Ignore(cause) => Decision::Ignore(cause),
        wit::Decision::Pass => Decision::Pass,
        wit::Decision::Allow(grant) => Decision::Allow(Box::new(grant_of(grant))),
    }
}

/// The number of bytes of all texts in a decision.
pub(super) fn size(decision: &Decision) -> usize {
    match decision {
        Decision::Deny(cause) | Decision::Ignore(cause) => cause.len(),
        Decision::Pass => 0,
        Decision::Allow(grant) => grant_size(grant),
    }
}

fn grant_size(grant: &Grant) -> usize {
    let lists = [&grant.source_networks, &grant.tags];
    let access = match &grant.access {
        Access::Only(only) => {
            let rules = [&only.publish, &only.subscribe];
            let lists = rules
                .iter()
                .flat_map(|it| [&it.allow, &it.deny])
                .chain([&only.abilities]);
            lists.map(|list| list_size(list)).sum()
        }
        Access::Role(role) => role.len(),
        Access::AccountDefaults => 0,
    };
    let options: usize = grant
        .options
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let name = grant.name.as_ref().map_or(0, String::len);
    grant.account.len()
        + name
        + options
        + access
        + lists.into_iter().map(|list| list_size(list)).sum::<usize>()
}

fn list_size(list: &[String]) -> usize {
    list.iter().map(|text| text.len() + 1).sum()
}

fn server<'a>(server: &'a Server, tags: &'a [&'a str]) -> wit::Server<'a> {
    wit::Server {
        id: &server.id,
        name: &server.name,
        host: &server.host,
        version: &server.version,
        cluster: server.cluster.as_deref(),
        tags,
    }
}

fn client(request: &Request) -> wit::Client<'_> {
    let client = &request.client;
    wit::Client {
        id: client.id,
        host: &client.host,
        transport: client.transport.map(transport_out),
        name: client.name.as_deref(),
        lang: client.lang.as_deref(),
        version: client.version.as_deref(),
        mqtt_client_id: client.mqtt_client_id.as_deref(),
    }
}

fn credentials(credentials: &Credentials) -> wit::Credentials<'_> {
    wit::Credentials {
        user: credentials.user.as_deref(),
        password: credentials.password.as_ref().map(|it| it.expose()),
        token: credentials.token.as_ref().map(|it| it.expose()),
        jwt: credentials.jwt.as_ref().map(|it| it.expose()),
        nkey: credentials.nkey.as_deref(),
    }
}

fn tls_of<'a>(
    tls: &'a Tls,
    verified: &'a [wit::Certificate<'a>],
    presented: &'a [wit::Certificate<'a>],
) -> wit::Tls<'a> {
    wit::Tls {
        version: &tls.version,
        cipher: &tls.cipher,
        verified,
        presented,
    }
}

fn sentinel<'a>(sentinel: &'a Sentinel, tags: &'a [&'a str]) -> wit::Sentinel<'a> {
    wit::Sentinel {
        user: &sentinel.user,
        account: &sentinel.account,
        name: sentinel.name.as_deref(),
        tags,
    }
}

/// The lists of one certificate, borrowed.
struct Names<'a> {
    dns: Vec<&'a str>,
    ip: Vec<&'a str>,
    emails: Vec<&'a str>,
    uris: Vec<&'a str>,
}

fn names(certificates: &[Certificate]) -> Vec<Names<'_>> {
    certificates.iter().map(names_of).collect()
}

fn names_of(certificate: &Certificate) -> Names<'_> {
    Names {
        dns: texts(&certificate.dns_names),
        ip: texts(&certificate.ip_addresses),
        emails: texts(&certificate.emails),
        uris: texts(&certificate.uris),
    }
}

fn certificates<'a>(list: &'a [Certificate], names: &'a [Names<'a>]) -> Vec<wit::Certificate<'a>> {
    let of = |(it, names): (&'a Certificate, &'a Names<'a>)| wit::Certificate {
        subject: &it.subject,
        issuer: &it.issuer,
        serial: &it.serial,
        dns_names: &names.dns,
        ip_addresses: &names.ip,
        emails: &names.emails,
        uris: &names.uris,
        not_before: it.not_before,
        not_after: it.not_after,
        fingerprint: &it.fingerprint,
        key_fingerprint: &it.key_fingerprint,
        pem: &it.pem,
    };
    list.iter().zip(names).map(of).collect()
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn pairs(list: &[(String, String)]) -> Vec<(&str, &str)> {
    list.iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn grant_of(grant: wit::Grant) -> Grant {
    Grant {
        account: grant.account,
        access: match grant.access {
            wit::Access::Only(permissions) => Access::Only(permissions_of(permissions)),
            wit::Access::Role(role) => Access::Role(role),
            wit::Access::AccountDefaults => Access::AccountDefaults,
        },
        name: grant.name,
        expires_in: grant.expires_in,
        transports: grant.transports.into_iter().map(transport_in).collect(),
        source_networks: grant.source_networks,
        tags: grant.tags,
        options: grant.options,
    }
}

fn permissions_of(permissions: wit::Permissions) -> Permissions {
    let rules = |it: wit::SubjectRules| SubjectRules {
        allow: it.allow,
        deny: it.deny,
    };
    Permissions {
        abilities: permissions.abilities,
        publish: rules(permissions.publish),
        subscribe: rules(permissions.subscribe),
        responses: permissions.responses.map(|it| ResponseRule {
            max_messages: it.max_messages,
            expires_in_ms: it.expires_in_ms,
        }),
        inbox: permissions.inbox,
        jetstream_api: permissions.jetstream_api,
    }
}

fn transport_out(transport: Transport) -> wit::Transport {
    match transport {
        Transport::Nats => wit::Transport::Nats,
        Transport::WebSocket => wit::Transport::Websocket,
        Transport::Mqtt => wit::Transport::Mqtt,
        Transport::Leafnode => wit::Transport::Leafnode,
    }
}

fn transport_in(transport: wit::Transport) -> Transport {
    match transport {
        wit::Transport::Nats => Transport::Nats,
        wit::Transport::Websocket => Transport::WebSocket,
        wit::Transport::Mqtt => Transport::Mqtt,
        wit::Transport::Leafnode => Transport::Leafnode,
    }
}
