//! Every field of the request, one on each line.

use std::fmt::Display;

use portcullis_sdk::{Certificate, Client, Request, Sentinel, Server, Tls, Transport};

pub(crate) fn lines(request: &Request) -> Vec<String> {
    let mut lines = Lines::default();
    lines.one("received-at", request.received_at());
    lines.server(request.server());
    lines.client(request.client());
    lines.some("credentials.user", request.user());
    lines.some("credentials.password", request.password());
    lines.some("credentials.token", request.token());
    lines.some("credentials.jwt", request.jwt());
    lines.some("credentials.nkey", request.nkey());
    if let Some(tls) = request.tls() {
        lines.tls(tls);
    }
    if let Some(sentinel) = request.sentinel() {
        lines.sentinel(sentinel);
    }
    lines.one("user-nkey", request.user_nkey());
    for (name, value) in request.attributes() {
        lines.one(&format!("attributes.{name}"), value);
    }
    lines.0
}

#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn one(&mut self, path: &str, value: impl Display) {
        self.0.push(format!("{path}={value}"));
    }

    fn some(&mut self, path: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.one(path, value);
        }
    }

    fn each(&mut self, path: &str, values: &[String]) {
        for value in values {
            self.one(path, value);
        }
    }

    fn server(&mut self, server: &Server) {
        self.one("server.id", &server.id);
        self.one("server.name", &server.name);
        self.one("server.host", &server.host);
        self.one("server.version", &server.version);
        self.some("server.cluster", server.cluster.as_ref());
        self.each("server.tags", &server.tags);
    }

    fn client(&mut self, client: &Client) {
        self.one("client.id", client.id);
        self.one("client.host", &client.host);
        self.some("client.transport", client.transport.map(word));
        self.some("client.name", client.name.as_ref());
        self.some("client.lang", client.lang.as_ref());
        self.some("client.version", client.version.as_ref());
        self.some("client.mqtt-client-id", client.mqtt_client_id.as_ref());
    }

    fn tls(&mut self, tls: &Tls) {
        self.one("tls.version", &tls.version);
        self.one("tls.cipher", &tls.cipher);
        for (list, certificates) in [("verified", &tls.verified), ("presented", &tls.presented)] {
            for (number, certificate) in certificates.iter().enumerate() {
                self.certificate(&format!("tls.{list}.{number}"), certificate);
            }
        }
    }

    fn certificate(&mut self, path: &str, certificate: &Certificate) {
        self.one(&format!("{path}.subject"), &certificate.subject);
        self.one(&format!("{path}.issuer"), &certificate.issuer);
        self.one(&format!("{path}.serial"), &certificate.serial);
        self.each(&format!("{path}.dns-names"), &certificate.dns_names);
        self.each(&format!("{path}.ip-addresses"), &certificate.ip_addresses);
        self.each(&format!("{path}.emails"), &certificate.emails);
        self.each(&format!("{path}.uris"), &certificate.uris);
        self.one(&format!("{path}.not-before"), certificate.not_before);
        self.one(&format!("{path}.not-after"), certificate.not_after);
        self.one(&format!("{path}.fingerprint"), &certificate.fingerprint);
        self.one(
            &format!("{path}.key-fingerprint"),
            &certificate.key_fingerprint,
        );
        self.one(&format!("{path}.pem"), &certificate.pem);
    }

    fn sentinel(&mut self, sentinel: &Sentinel) {
        self.one("sentinel.user", &sentinel.user);
        self.one("sentinel.account", &sentinel.account);
        self.some("sentinel.name", sentinel.name.as_ref());
        self.each("sentinel.tags", &sentinel.tags);
    }
}

fn word(transport: Transport) -> &'static str {
    match transport {
        Transport::Nats => "nats",
        Transport::Websocket => "websocket",
        Transport::Mqtt => "mqtt",
        Transport::Leafnode => "leafnode",
    }
}
