use anstream::adapter::strip_str;

use super::*;
use crate::eval::findings::{PermissionEntry, PolicyFindings};
use crate::eval::questions::SubjectAnswer;
use portcullis_model::{ResponseRule, Rules, SubjectRules};
use portcullis_permits::List;
use portcullis_permits::matcher::Decider;

fn findings() -> Findings {
    let entry = |list, subject: &str, from: &[&str], host_reason| PermissionEntry {
        list,
        subject: subject.into(),
        from: from.iter().map(|text| (*text).into()).collect(),
        host_reason,
    };
    let rules = Rules {
        publish: SubjectRules {
            allow: vec!["orders.*".into()],
            deny: Vec::new(),
        },
        subscribe: SubjectRules {
            allow: Vec::new(),
            deny: vec![">".into()],
        },
        responses: Some(ResponseRule::default()),
    };
    Findings {
        config: None,
        at: 1_790_000_000,
        outcome: "allow",
        policy: Some("policy.wasm".into()),
        cause: None,
        policy_failure: None,
        admitted: Some(AdmittedClient {
            account: "APP".into(),
            name: Some("alice".into()),
            tags: vec!["eu".into(), "team".into()],
            expires_at: 1_790_003_600,
            rules: Some(rules),
            entries: vec![
                entry(
                    List::PublishAllow,
                    "orders.*",
                    &["request orders.*", "publish orders.new"],
                    None,
                ),
                entry(List::SubscribeDeny, ">", &[], Some("why")),
                entry(List::Responses, "", &["reply orders.*"], None),
            ],
        }),
        answers: Vec::new(),
        warnings: Vec::new(),
        log: vec![LogEntry {
            policy: "policy.wasm".into(),
            level: "info".into(),
            text: "one\n\x1b[31mtwo".into(),
        }],
        policies: vec![policy("policy.wasm", PolicyPart::Answered("allow"))],
    }
}

fn policy(name: &str, part: PolicyPart) -> PolicyFindings {
    PolicyFindings {
        name: name.into(),
        module: name.into(),
        digest: Some("00".into()),
        part,
    }
}

fn bare(findings: &Findings, width: Option<u16>) -> String {
    strip_str(&write(findings, width)).to_string()
}

#[test]
fn a_client_that_is_admitted_is_described_entry_by_entry() {
    let expected = "\
policy.wasm: allow
  account    APP
  as         alice
  tags       eu, team
  until      2026-09-21T15:13:20Z (1h)
  info       one\\n\\u{1b}[31mtwo

  list            subject                          from
  publish.allow   orders.*                         request orders.* | publish orders.new
  subscribe.deny  >                                the host: why
  responses       1 reply to a message, within 2m  reply orders.*";
    assert_eq!(bare(&findings(), None), expected);
    assert_eq!(bare(&findings(), Some(90)), expected);
}

#[test]
fn a_settings_file_is_described_policy_by_policy() {
    let findings = Findings {
        config: Some("portcullis.toml".into()),
        policy: Some("people".into()),
        policies: vec![
            policy("lamps", PolicyPart::ConditionUnmet("transports")),
            policy("tokens", PolicyPart::Answered("pass")),
            policy("people", PolicyPart::Answered("allow")),
            policy("rest", PolicyPart::NotReached),
        ],
        ..findings()
    };
    let expected = "\
portcullis.toml: allow
  policy     people
  account    APP
  as         alice
  tags       eu, team
  until      2026-09-21T15:13:20Z (1h)
  policies   lamps   not asked: the client does not meet when.transports
             tokens  pass
             people  allow
             rest    not asked: a policy before it decided
  info       policy.wasm: one\\n\\u{1b}[31mtwo
";
    let text = bare(&findings, None);
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn the_table_keeps_within_the_width_of_a_terminal() {
    let text = bare(&findings(), Some(60));
    let table: Vec<_> = text.lines().skip(7).collect();
    assert!(table.len() > 4, "{text}");
    assert!(table.iter().all(|line| line.len() <= 60), "{text}");
}

#[test]
fn only_the_outcome_is_colored() {
    let colored = write(&findings(), None);
    let outcome = format!("{GOOD}allow{GOOD:#}");
    assert!(colored.contains(&outcome), "{colored}");
    assert_eq!(colored.replace(&outcome, "allow"), bare(&findings(), None));
}

#[test]
fn an_answer_names_each_subject_and_what_decides() {
    let subject = |list, subject: &str, allowed, by: Decider, from: &[&str]| SubjectAnswer {
        list,
        subject: subject.into(),
        allowed,
        by,
        withheld: Vec::new(),
        from: from.iter().map(|text| (*text).into()).collect(),
    };
    let entry = |list, entry: &str| Decider::Entry(list, entry.into());
    let answer = AbilityAnswer {
        sentence: "request orders.new".into(),
        allowed: false,
        note: None,
        subjects: vec![
            subject(
                List::PublishAllow,
                "orders.new",
                true,
                entry(List::PublishAllow, "orders.*"),
                &["publish orders.*"],
            ),
            subject(
                List::SubscribeAllow,
                "_INBOX.>",
                false,
                entry(List::SubscribeDeny, ">"),
                &[],
            ),
            subject(List::SubscribeAllow, "b", false, Decider::NoEntry, &[]),
            subject(List::PublishAllow, "c.>", true, Decider::NoEntry, &[]),
            subject(
                List::PublishAllow,
                "d",
                true,
                Decider::Server("reserved"),
                &[],
            ),
            subject(List::Responses, "", false, Decider::NoEntry, &[]),
            SubjectAnswer {
                withheld: vec!["e.x".into()],
                ..subject(
                    List::SubscribeAllow,
                    "e.>",
                    true,
                    entry(List::SubscribeAllow, ">"),
                    &["all"],
                )
            },
        ],
    };
    let mut text = String::new();
    write_answer(&mut text, &answer).unwrap();
    let expected = "  \
can request orders.new: no
    publish orders.new: allowed by publish.allow orders.* (publish orders.*)
    subscribe _INBOX.>: denied by subscribe.deny > (the host)
    subscribe b: no entry allows it
    publish c.>: allowed by several entries together
    publish d: allowed by the server: reserved
    replies: the permissions have no responses
    subscribe e.>: allowed by subscribe.allow > (all), without e.x
";
    assert_eq!(strip_str(&text).to_string(), expected);
}

#[test]
fn a_time_beyond_the_calendar_is_a_number() {
    assert_eq!(format_time(253_402_300_799), "9999-12-31T23:59:59Z");
    assert_eq!(
        format_time(u64::MAX),
        format!("{} seconds after 1970", u64::MAX)
    );
}
