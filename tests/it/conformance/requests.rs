//! Every field of the request arrives unchanged.

use portcullis_model::{
    Certificate, Client, Credentials, Request, Secret, Sentinel, Server, Tls, Transport,
};

use super::asking::{self, Language, NOW, STRATEGIES, assert_same};
use super::echo;

pub(super) fn arrive(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for (case, request) in cases() {
            let case = format!("{}, the request {case}", policy.title);
            let lines = policy.lines(&case, &request);
            assert_same(&case, &lines, &echo::lines(&request));
        }
        let mark = "\u{feff}";
        let expected = if language.facts.drops_byte_order_mark {
            filled(str::to_owned)
        } else {
            filled(|field| format!("{mark}{field}"))
        };
        let case = format!("{}, texts with a byte order mark", policy.title);
        let lines = policy.lines(&case, &filled(|field| format!("{mark}{field}")));
        assert_same(&case, &lines, &echo::lines(&expected));
    }
}

/// Characters of every length in UTF-8, right-to-left text, combining letters, and characters that end texts or lines in
/// some languages.
const UNICODE: &str =
    "\u{feff}grüße Ω 日本語 \u{1f980}\u{10ffff} שלום e\u{301} =a=b\0c\r\n\t\"'\\{}%s\u{2028}\u{7f}";

fn cases() -> Vec<(String, Request)> {
    let mut cases = vec![
        ("with nothing but the command", asking::command("echo")),
        (
            "with everything",
            filled(|field| format!("a value of {field}")),
        ),
        (
            "in many scripts",
            filled(|field| format!("{field} {UNICODE}")),
        ),
        ("with empty texts", filled(|_| String::new())),
        ("with TLS alone", tls(vec![], vec![])),
        (
            "with 50 certificates verified and presented",
            tls(chain("verified"), chain("presented")),
        ),
        ("with a password of 64 KiB", long()),
        ("with many tags", tagged()),
        ("with many attributes", attributed()),
    ];
    for number in [0, 1 << 32, (1 << 53) + 1, 1 << 63, u64::MAX] {
        cases.push(("with an extreme number", extreme(number)));
    }
    for transport in TRANSPORTS {
        cases.push(("over each transport", over(transport)));
    }
    let numbered = cases.into_iter().enumerate();
    numbered
        .map(|(number, (name, request))| (format!("{name} ({number})"), request))
        .collect()
}

const TRANSPORTS: [Transport; 4] = [
    Transport::Nats,
    Transport::WebSocket,
    Transport::Mqtt,
    Transport::Leafnode,
];

/// Every field present, with a text made from its name.
fn filled(text: impl Fn(&str) -> String) -> Request {
    let some = |field| Some(text(field));
    let secret = |field| Some(Secret::new(text(field)));
    let two = |field| vec![text(field), text(field)];
    Request {
        received_at: NOW,
        server: Server {
            id: text("server.id"),
            name: text("server.name"),
            host: text("server.host"),
            version: text("server.version"),
            cluster: some("server.cluster"),
            tags: two("server.tags"),
        },
        client: Client {
            id: 42,
            host: text("client.host"),
            transport: Some(Transport::WebSocket),
            name: some("client.name"),
            lang: some("client.lang"),
            version: some("client.version"),
            mqtt_client_id: some("client.mqtt-client-id"),
        },
        credentials: Credentials {
            user: Some("echo".into()),
            password: secret("credentials.password"),
            token: secret("credentials.token"),
            jwt: secret("credentials.jwt"),
            nkey: some("credentials.nkey"),
        },
        tls: Some(Tls {
            version: text("tls.version"),
            cipher: text("tls.cipher"),
            verified: vec![certificate("verified", &text)],
            presented: vec![certificate("presented", &text)],
        }),
        sentinel: Some(Sentinel {
            user: text("sentinel.user"),
            account: text("sentinel.account"),
            name: some("sentinel.name"),
            tags: two("sentinel.tags"),
        }),
        user_nkey: text("user-nkey"),
        attributes: vec![(text("name"), text("value")), (text("name"), text("again"))],
    }
}

fn certificate(list: &str, text: &impl Fn(&str) -> String) -> Certificate {
    let of = |field: &str| text(&format!("{list} {field}"));
    Certificate {
        subject: of("subject"),
        issuer: of("issuer"),
        serial: of("serial"),
        dns_names: vec![of("a DNS name"), of("another DNS name")],
        ip_addresses: vec![of("an address")],
        emails: vec![of("an e-mail address")],
        uris: vec![of("a URI"), of("another"), of("a third")],
        not_before: 1,
        not_after: 2,
        fingerprint: of("fingerprint"),
        key_fingerprint: of("key fingerprint"),
        pem: of("PEM"),
    }
}

/// Fifty certificates, as large as RSA certificates with some names.
fn chain(list: &str) -> Vec<Certificate> {
    let of = |number: usize| {
        let line = format!("{number:064}\n");
        Certificate {
            pem: format!(
                "-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n",
                line.repeat(26)
            ),
            ..certificate(list, &|field| format!("CN={field} {number},O=Beispiel ÄÖ"))
        }
    };
    (0..50).map(of).collect()
}

fn tls(verified: Vec<Certificate>, presented: Vec<Certificate>) -> Request {
    Request {
        tls: Some(Tls {
            version: "1.3".into(),
            cipher: "TLS_AES_128_GCM_SHA256".into(),
            verified,
            presented,
        }),
        ..asking::command("echo")
    }
}

fn long() -> Request {
    let mut request = asking::command("echo");
    request.credentials.password = Some(Secret::new("0123456789abcdef".repeat(4 << 10)));
    request.credentials.token = Some(Secret::new("日".repeat(20_000)));
    request
}

fn tagged() -> Request {
    let tags = |what: &str| -> Vec<String> {
        (0..1_000)
            .map(|number| format!("{what}:{number}"))
            .collect()
    };
    let mut request = filled(str::to_owned);
    request.server.tags = tags("server");
    if let Some(sentinel) = &mut request.sentinel {
        sentinel.tags = tags("sentinel");
    }
    request
}

/// Names that repeat, are empty, and look like reserved names of languages.
fn attributed() -> Request {
    let names = [
        "a",
        "a",
        "",
        "__proto__",
        "constructor",
        "ümlaut",
        "with space",
        "0",
    ];
    let all = names.iter().cycle().take(500).enumerate();
    let pair = |(number, name): (usize, &&str)| ((*name).to_owned(), format!("value {number}"));
    Request {
        attributes: all.map(pair).collect(),
        ..asking::command("echo")
    }
}

/// Numbers that a floating-point number cannot represent, and the largest and smallest ones.
fn extreme(number: u64) -> Request {
    let mut request = filled(str::to_owned);
    request.received_at = number;
    request.client.id = number;
    if let Some(tls) = &mut request.tls {
        for certificate in tls.verified.iter_mut().chain(&mut tls.presented) {
            certificate.not_before = number;
            certificate.not_after = number;
        }
    }
    request
}

fn over(transport: Transport) -> Request {
    let mut request = asking::command("echo");
    request.client.transport = Some(transport);
    request
}
