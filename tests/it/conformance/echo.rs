//! The expected answer to the command `echo`, computed from the request by the rules of `tests/conformance/README.md`.

use portcullis_model::{Certificate, Request};

pub(super) fn lines(request: &Request) -> Vec<String> {
    let mut fields: Vec<(String, Vec<String>)> = Vec::new();
    let mut field = |path: &str, values: Vec<String>| fields.push((path.to_owned(), values));
    field("received-at", vec![request.received_at.to_string()]);
    let server = &request.server;
    field("server.id", vec![server.id.clone()]);
    field("server.name", vec![server.name.clone()]);
    field("server.host", vec![server.host.clone()]);
    field("server.version", vec![server.version.clone()]);
    field("server.cluster", optional(&server.cluster));
    field("server.tags", server.tags.clone());
    let client = &request.client;
    field("client.id", vec![client.id.to_string()]);
    field("client.host", vec![client.host.clone()]);
    let transport = client.transport.map(|transport| transport.to_string());
    field("client.transport", optional(&transport));
    field("client.name", optional(&client.name));
    field("client.lang", optional(&client.lang));
    field("client.version", optional(&client.version));
    field("client.mqtt-client-id", optional(&client.mqtt_client_id));
    let presented = &request.credentials;
    field("credentials.user", optional(&presented.user));
    for (name, secret) in [
        ("password", &presented.password),
        ("token", &presented.token),
        ("jwt", &presented.jwt),
    ] {
        let exposed = secret.as_ref().map(|secret| secret.expose().to_owned());
        field(&format!("credentials.{name}"), optional(&exposed));
    }
    field("credentials.nkey", optional(&presented.nkey));
    if let Some(tls) = &request.tls {
        field("tls.version", vec![tls.version.clone()]);
        field("tls.cipher", vec![tls.cipher.clone()]);
        fields.extend(certificates("verified", &tls.verified));
        fields.extend(certificates("presented", &tls.presented));
    }
    let mut field = |path: &str, values: Vec<String>| fields.push((path.to_owned(), values));
    if let Some(sentinel) = &request.sentinel {
        field("sentinel.user", vec![sentinel.user.clone()]);
        field("sentinel.account", vec![sentinel.account.clone()]);
        field("sentinel.name", optional(&sentinel.name));
        field("sentinel.tags", sentinel.tags.clone());
    }
    field("user-nkey", vec![request.user_nkey.clone()]);
    for (name, value) in &request.attributes {
        field(&format!("attributes.{name}"), vec![value.clone()]);
    }
    let written = |(path, values): &(String, Vec<String>)| -> Vec<String> {
        let line = |value| format!("{path}={value}");
        values.iter().map(line).collect()
    };
    fields.iter().flat_map(written).collect()
}

fn certificates(list: &str, certificates: &[Certificate]) -> Vec<(String, Vec<String>)> {
    let of = |(number, certificate): (usize, &Certificate)| {
        let fields = [
            ("subject", vec![certificate.subject.clone()]),
            ("issuer", vec![certificate.issuer.clone()]),
            ("serial", vec![certificate.serial.clone()]),
            ("dns-names", certificate.dns_names.clone()),
            ("ip-addresses", certificate.ip_addresses.clone()),
            ("emails", certificate.emails.clone()),
            ("uris", certificate.uris.clone()),
            ("not-before", vec![certificate.not_before.to_string()]),
            ("not-after", vec![certificate.not_after.to_string()]),
            ("fingerprint", vec![certificate.fingerprint.clone()]),
            ("key-fingerprint", vec![certificate.key_fingerprint.clone()]),
            ("pem", vec![certificate.pem.clone()]),
        ];
        fields.map(|(name, values)| (format!("tls.{list}.{number}.{name}"), values))
    };
    certificates.iter().enumerate().flat_map(of).collect()
}

fn optional(value: &Option<String>) -> Vec<String> {
    value.iter().cloned().collect()
}
