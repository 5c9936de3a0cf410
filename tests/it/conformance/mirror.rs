//! Every decision comes back unchanged. The request describes it in attributes, and the policy builds it in its language.

mod spelling;

use portcullis_model::{
    Access, Decision, Grant, Permissions, Request, ResponseRule, SubjectRules, Transport,
};

use super::asking::{self, Language, STRATEGIES};

pub(super) fn come_back(language: &Language) {
    for strategy in STRATEGIES {
        let policy = language.policy(strategy);
        for decision in cases() {
            let mut attributes = spelling::of(&decision);
            attributes.push(("unheard-of".into(), "means nothing".into()));
            let request = Request {
                attributes,
                ..asking::command("mirror")
            };
            let verdict = policy.ask(&request);
            assert_eq!(
                verdict.decision.as_ref(),
                Ok(&decision),
                "{}, a decision spelled {:?}; its log: {:?}",
                policy.title,
                request.attributes,
                verdict.log
            );
        }
    }
}

fn cases() -> Vec<Decision> {
    let mut cases = vec![
        Decision::Deny(String::new()),
        Decision::Deny("wrong password: ü 日本 \0 \"quoted\"\n".into()),
        Decision::Deny("x".repeat(10_000)),
        Decision::Ignore(String::new()),
        Decision::Ignore("no such user".into()),
        Decision::Pass,
    ];
    cases.extend(grants().into_iter().map(allow));
    cases.extend(permissions().into_iter().map(only));
    cases
}

fn allow(grant: Grant) -> Decision {
    Decision::Allow(Box::new(grant))
}

fn only(permissions: Permissions) -> Decision {
    allow(Grant {
        account: "APP".into(),
        access: Access::Only(permissions),
        ..Grant::default()
    })
}

fn grants() -> Vec<Grant> {
    let app = || Grant {
        account: "APP".into(),
        ..Grant::default()
    };
    let mut grants = vec![
        Grant::default(),
        full(),
        Grant {
            access: Access::Role(String::new()),
            ..app()
        },
        Grant {
            access: Access::Role("leser-ö".into()),
            ..full()
        },
        Grant {
            access: Access::AccountDefaults,
            ..full()
        },
        Grant {
            name: Some(String::new()),
            ..app()
        },
        Grant {
            options: vec![
                ("a".into(), "b=c==".into()),
                (String::new(), String::new()),
                ("a".into(), "ü".into()),
            ],
            ..app()
        },
        Grant {
            tags: (0..2_000).map(|number| format!("tag:{number}")).collect(),
            ..app()
        },
    ];
    for seconds in [0, 1, i32::MAX as u32 + 1, u32::MAX] {
        let expires_in = Some(seconds);
        grants.push(Grant {
            expires_in,
            ..app()
        });
    }
    for transport in TRANSPORTS {
        let transports = vec![transport];
        grants.push(Grant {
            transports,
            ..app()
        });
    }
    grants
}

const TRANSPORTS: [Transport; 4] = [
    Transport::Nats,
    Transport::WebSocket,
    Transport::Mqtt,
    Transport::Leafnode,
];

/// Every field present, every list with two or more elements.
fn full() -> Grant {
    Grant {
        account: "Konto Ä 日本".into(),
        access: Access::Only(all_permissions()),
        name: Some("alice \u{1f980}\0".into()),
        expires_in: Some(3_600),
        transports: TRANSPORTS.iter().chain(&TRANSPORTS).copied().collect(),
        source_networks: texts(&["10.0.0.0/8", "2001:db8::/32", "", "not a network"]),
        tags: texts(&["team:a", "", "größe=1", "line\nbreak"]),
        options: vec![
            ("one".into(), "1".into()),
            ("two".into(), "zwei=2\u{301}".into()),
        ],
    }
}

fn all_permissions() -> Permissions {
    Permissions {
        abilities: texts(ABILITIES),
        publish: SubjectRules {
            allow: texts(&["orders.>", "a.*"]),
            deny: texts(&["orders.intern.>", "ü"]),
        },
        subscribe: SubjectRules {
            allow: texts(&["_INBOX.>", "orders.* queue"]),
            deny: texts(&["$SYS.>", "$JS.>"]),
        },
        responses: Some(ResponseRule {
            max_messages: 3,
            expires_in_ms: 60_000,
        }),
        inbox: Some("_INBOX_alice".into()),
        jetstream_api: Some("$JS.hub.API".into()),
    }
}

fn permissions() -> Vec<Permissions> {
    let empty = Permissions::default;
    let mut all = vec![
        empty(),
        Permissions {
            publish: SubjectRules {
                allow: (0..2_000).map(|number| format!("a.{number}.>")).collect(),
                deny: vec![],
            },
            ..empty()
        },
        Permissions {
            subscribe: SubjectRules {
                allow: vec![],
                deny: texts(&["", ">"]),
            },
            ..empty()
        },
        Permissions {
            inbox: Some(String::new()),
            ..empty()
        },
        Permissions {
            jetstream_api: Some(String::new()),
            ..empty()
        },
    ];
    for ability in ABILITIES {
        let abilities = texts(&[ability]);
        all.push(Permissions {
            abilities,
            ..empty()
        });
    }
    for (max_messages, expires_in_ms) in [
        (0, 0),
        (1, 0),
        (0, 1),
        (u32::MAX, u64::MAX),
        (0, (1 << 53) + 1),
    ] {
        let responses = Some(ResponseRule {
            max_messages,
            expires_in_ms,
        });
        all.push(Permissions {
            responses,
            ..empty()
        });
    }
    all
}

/// Every ability of the contract, with and without its optional names.
const ABILITIES: &[&str] = &[
    "publish orders.>",
    "subscribe orders.*",
    "subscribe orders.* workers",
    "request orders.new",
    "reply orders.new",
    "reply orders.new workers",
    "service offer billing",
    "service find",
    "service find billing",
    "stream publish events.>",
    "stream view EVENTS",
    "stream consume EVENTS",
    "stream consume EVENTS worker",
    "stream manage EVENTS",
    "kv read settings",
    "kv read settings site.> größe.*.x",
    "kv write settings",
    "kv write settings site.1",
    "kv manage settings",
    "object read files",
    "object write files",
    "object manage files",
    "mqtt publish a/b",
    "mqtt subscribe a/+/#",
];

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn every_ability_of_the_contract_is_tried() {
    let contract = include_str!("../../../wit/types.wit");
    let listed = contract
        .lines()
        .filter_map(|line| line.trim().strip_prefix("/// * `"))
        .flat_map(|line| line.split('`').step_by(2).take(2))
        .filter(|sentence| sentence.starts_with(|letter: char| letter.is_ascii_lowercase()));
    let listed: Vec<_> = listed
        .map(|sentence| {
            sentence
                .split(' ')
                .take_while(|word| is_lower(word))
                .collect()
        })
        .map(|words: Vec<_>| words.join(" ") + " ")
        .collect();
    assert!(listed.len() > 15, "{listed:?}");
    for words in listed {
        let tried = |ability: &&&str| format!("{ability} ").starts_with(&words);
        assert!(ABILITIES.iter().any(|it| tried(&it)), "{words}");
    }
}

fn is_lower(word: &str) -> bool {
    word.chars().all(|letter| letter.is_ascii_lowercase())
}
