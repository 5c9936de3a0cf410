//! The request as the document `input`: the names of the contract in snake case, as in
//! `input.tls.verified[0].dns_names`. Absent values are left out, and so undefined.

use portcullis_sdk::{Certificate, Client, Request, Sentinel, Server, Tls, Transport};
use regorus::Value;
use serde_json::{Map, Value as Json, json};

use crate::calendar::Moment;

pub(crate) fn of(request: &Request) -> Value {
    let received_at = request.received_at();
    let moment = Moment::at(i64::try_from(received_at).unwrap_or(i64::MAX));
    let mut input = object([
        ("received_at", Some(received_at.into())),
        ("received_at_rfc3339", Some(moment.rfc3339().into())),
        ("server", Some(server(request.server()))),
        ("client", Some(client(request.client()))),
        ("tls", request.tls().map(tls)),
        ("sentinel", request.sentinel().map(sentinel)),
        ("user_nkey", Some(request.user_nkey().into())),
    ]);
    let text = |text: Option<&str>| text.map(Json::from);
    let credentials = object([
        ("user", text(request.user())),
        ("password", text(request.password())),
        ("token", text(request.token())),
        ("jwt", text(request.jwt())),
        ("nkey", text(request.nkey())),
    ]);
    input.insert("credentials".to_owned(), credentials.into());
    let attributes = request.attributes();
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.into()));
    input.insert("attributes".to_owned(), Json::Object(attributes.collect()));
    Value::from(Json::Object(input))
}

/// An input without a client, to compile the rules before the first decision.
pub(crate) fn of_nobody() -> Value {
    let input = json!({
        "received_at": 0, "received_at_rfc3339": "1970-01-01T00:00:00Z", "user_nkey": "",
        "credentials": { "user": "", "password": "", "token": "" },
        "client": { "id": 0, "host": "0.0.0.0", "transport": "nats" },
        "server": { "id": "", "name": "", "host": "", "version": "", "tags": [] },
    });
    Value::from(input)
}

fn server(server: &Server) -> Json {
    let server = object([
        ("id", Some(server.id.as_str().into())),
        ("name", Some(server.name.as_str().into())),
        ("host", Some(server.host.as_str().into())),
        ("version", Some(server.version.as_str().into())),
        ("cluster", server.cluster.as_deref().map(Json::from)),
        ("tags", Some(server.tags.as_slice().into())),
    ]);
    server.into()
}

fn client(client: &Client) -> Json {
    let text = |text: &Option<String>| text.as_deref().map(Json::from);
    let client = object([
        ("id", Some(client.id.into())),
        ("host", Some(client.host.as_str().into())),
        (
            "transport",
            client.transport.map(|transport| name(transport).into()),
        ),
        ("name", text(&client.name)),
        ("lang", text(&client.lang)),
        ("version", text(&client.version)),
        ("mqtt_client_id", text(&client.mqtt_client_id)),
    ]);
    client.into()
}

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Nats => "nats",
        Transport::Websocket => "websocket",
        Transport::Mqtt => "mqtt",
        Transport::Leafnode => "leafnode",
    }
}

fn tls(tls: &Tls) -> Json {
    let chain = |chain: &[Certificate]| Json::from_iter(chain.iter().map(certificate));
    json!({
        "version": tls.version,
        "cipher": tls.cipher,
        "verified": chain(&tls.verified),
        "presented": chain(&tls.presented),
    })
}

fn certificate(certificate: &Certificate) -> Json {
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "dns_names": certificate.dns_names,
        "ip_addresses": certificate.ip_addresses,
        "emails": certificate.emails,
        "uris": certificate.uris,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "fingerprint": certificate.fingerprint,
        "key_fingerprint": certificate.key_fingerprint,
        "pem": certificate.pem,
    })
}

fn sentinel(sentinel: &Sentinel) -> Json {
    let sentinel = object([
        ("user", Some(sentinel.user.as_str().into())),
        ("account", Some(sentinel.account.as_str().into())),
        ("name", sentinel.name.as_deref().map(Json::from)),
        ("tags", Some(sentinel.tags.as_slice().into())),
    ]);
    sentinel.into()
}

fn object<const N: usize>(fields: [(&str, Option<Json>); N]) -> Map<String, Json> {
    let present = fields.into_iter();
    present
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
