mod subjects;

use rstest::rstest;

use super::*;
use portcullis_model::Admission;
use portcullis_model::{Client, ResponseRule, SubjectRules, Transport};

const NOW: Timestamp = 1_790_000_000;

fn bounds() -> Bounds {
    Bounds {
        accounts: ["APP", "TENANT-*"]
            .map(|text| AccountPattern::parse(text).unwrap())
            .into(),
        system_accounts: vec!["SYS".into()],
        lifetime_max: Duration::from_secs(3_600),
        lifetime_default: Duration::from_secs(600),
        denied_subjects: Vec::new(),
        account_defaults: true,
        limits: GrantLimits::default(),
    }
}

fn open(accounts: &[&str]) -> Bounds {
    let accounts = accounts
        .iter()
        .map(|text| AccountPattern::parse(text).unwrap())
        .collect();
    Bounds {
        accounts,
        ..bounds()
    }
}

fn request() -> Request {
    let client = Client {
        host: "10.1.2.3".into(),
        transport: Some(Transport::Nats),
        ..Client::default()
    };
    Request {
        client,
        ..Request::default()
    }
}

fn grant(account: &str) -> Grant {
    Grant {
        account: account.into(),
        ..Grant::default()
    }
}

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn publish(allow: &[&str], deny: &[&str]) -> Rules {
    Rules {
        publish: SubjectRules {
            allow: list(allow),
            deny: list(deny),
        },
        ..Rules::default()
    }
}

fn subscribe(allow: &[&str], deny: &[&str]) -> Rules {
    Rules {
        subscribe: SubjectRules {
            allow: list(allow),
            deny: list(deny),
        },
        ..Rules::default()
    }
}

fn admit(bounds: &Bounds, grant: Grant, rules: Option<Rules>) -> Result<Permit, Cause> {
    bounds.admit(grant, rules, &request(), NOW, Some("AUTH"))
}

/// The kind of the refusal. Its text must contain `names`.
#[track_caller]
fn refused(result: Result<Permit, Cause>, names: &str) -> &'static str {
    let cause = result.unwrap_err();
    assert!(cause.text.contains(names), "{cause}");
    cause.kind
}

#[test]
fn a_grant_within_the_bounds_passes_unchanged() {
    let rules = Rules {
        publish: SubjectRules {
            allow: list(&["a.*", "b.>"]),
            deny: list(&["a.x"]),
        },
        subscribe: SubjectRules {
            allow: list(&["jobs workers"]),
            deny: Vec::new(),
        },
        responses: Some(ResponseRule {
            max_messages: 1,
            expires_in_ms: 0,
        }),
    };
    let grant = Grant {
        name: Some("bob".into()),
        tags: list(&["team:a"]),
        ..grant("APP")
    };
    let permit = admit(&bounds(), grant, Some(rules.clone())).unwrap();
    assert_eq!(permit.account(), "APP");
    assert_eq!(permit.name(), Some("bob"));
    assert_eq!(permit.tags(), ["team:a"]);
    assert_eq!(permit.expires_at(), NOW + 600);
    assert_eq!(permit.rules(), Some(&rules));
}

#[rstest]
#[case(Rules::default())]
#[case(publish(&[], &["secret"]))]
#[case(subscribe(&[], &["secret"]))]
fn an_empty_allow_list_allows_nothing_even_with_a_deny_list(#[case] rules: Rules) {
    let permit = admit(&bounds(), grant("APP"), Some(rules)).unwrap();
    let rules = permit.rules().unwrap();
    for subjects in [&rules.publish, &rules.subscribe] {
        assert_eq!(
            (&subjects.allow, &subjects.deny),
            (&list(&[]), &list(&[">"]))
        );
    }
}

#[rstest]
#[case("OTHER", "OTHER")]
#[case("app", "APP, TENANT-*")]
#[case("AUTH", "AUTH")]
fn an_account_outside_the_list_is_refused(#[case] account: &str, #[case] names: &str) {
    let result = admit(&bounds(), grant(account), Some(Rules::default()));
    assert_eq!(refused(result, names), "account_not_allowed");
}

#[rstest]
#[case("AUTH", "the callout's own")]
#[case("SYS", "a system account")]
#[case("$SYS", "a system account")]
fn a_pattern_does_not_allow_the_callouts_own_or_a_system_account(
    #[case] account: &str,
    #[case] names: &str,
) {
    let result = admit(&open(&["*"]), grant(account), Some(Rules::default()));
    assert_eq!(refused(result, names), "account_not_allowed");
    assert!(
        admit(
            &open(&["*", account]),
            grant(account),
            Some(Rules::default())
        )
        .is_ok()
    );
}

#[test]
fn no_account_is_allowed_if_none_is_listed() {
    assert_eq!(
        refused(admit(&open(&[]), grant("APP"), None), "none"),
        "account_not_allowed"
    );
}

#[rstest]
#[case("", "is empty")]
#[case("A\nB", "control characters")]
#[case(&"A".repeat(300), "300 bytes")]
fn a_malformed_account_is_refused(#[case] account: &str, #[case] names: &str) {
    assert_eq!(
        refused(admit(&open(&["*"]), grant(account), None), names),
        "account"
    );
}

#[test]
fn the_callouts_subjects_are_denied_in_its_own_account() {
    let permit = admit(
        &open(&["AUTH"]),
        grant("AUTH"),
        Some(subscribe(&[">"], &[])),
    )
    .unwrap();
    let rules = permit.rules().unwrap();
    assert_eq!(rules.subscribe.deny, [CALLOUT_SUBJECT, CALLOUT_ANSWERS]);
    let permit = admit(&open(&["AUTH"]), grant("AUTH"), Some(publish(&[">"], &[]))).unwrap();
    assert_eq!(permit.rules().unwrap().publish.deny, [CALLOUT_ANSWERS]);
    let permit = admit(&bounds(), grant("APP"), Some(subscribe(&[">"], &[]))).unwrap();
    assert!(permit.rules().unwrap().subscribe.deny.is_empty());
}

#[test]
fn account_defaults_are_refused_in_the_callouts_own_account() {
    let result = admit(&open(&["AUTH"]), grant("AUTH"), None);
    assert_eq!(refused(result, "the callout's own"), "account_defaults");
    let permit = admit(&bounds(), grant("APP"), None).unwrap();
    assert_eq!(permit.rules(), None);
}

#[test]
fn account_defaults_are_refused_where_the_operator_forbids_them() {
    let bounds = Bounds {
        account_defaults: false,
        ..bounds()
    };
    let result = admit(&bounds, grant("APP"), None);
    assert_eq!(refused(result, "operator forbids"), "account_defaults");
    assert!(admit(&bounds, grant("APP"), Some(subscribe(&["a"], &[]))).is_ok());
}

#[test]
fn any_account_may_be_an_unknown_callout_account() {
    let bounds = bounds();
    let admit = |bounds: &Bounds, grant, rules| bounds.admit(grant, rules, &request(), NOW, None);
    let permit = admit(&bounds, grant("APP"), Some(subscribe(&[">"], &[]))).unwrap();
    let rules = permit.rules().unwrap();
    assert_eq!(rules.subscribe.deny, [CALLOUT_SUBJECT, CALLOUT_ANSWERS]);
    assert_eq!(
        refused(admit(&bounds, grant("APP"), None), "not known"),
        "account_defaults"
    );
}

#[rstest]
#[case(Some(0), Err("expires-in is 0"))]
#[case(Some(1), Ok(1))]
#[case(Some(3_600), Ok(3_600))]
#[case(Some(3_601), Err("at most 3600"))]
#[case(Some(u32::MAX), Err("4294967295"))]
#[case(None, Ok(600))]
fn a_lifetime_is_within_the_operators_limit(
    #[case] expires_in: Option<u32>,
    #[case] expected: Result<u64, &str>,
) {
    let result = admit(
        &bounds(),
        Grant {
            expires_in,
            ..grant("APP")
        },
        None,
    );
    match expected {
        Ok(seconds) => assert_eq!(result.unwrap().expires_at(), NOW + seconds),
        Err(names) => assert_eq!(refused(result, names), "lifetime"),
    }
}

#[test]
fn the_default_lifetime_is_at_most_the_longest() {
    let bounds = Bounds {
        lifetime_max: Duration::from_secs(60),
        ..bounds()
    };
    assert_eq!(
        admit(&bounds, grant("APP"), None).unwrap().expires_at(),
        NOW + 60
    );
}

#[test]
fn a_grant_for_another_transport_is_refused() {
    let transports = |transports: &[Transport]| Grant {
        transports: transports.to_vec(),
        ..grant("APP")
    };
    assert!(
        admit(
            &bounds(),
            transports(&[Transport::Mqtt, Transport::Nats]),
            None
        )
        .is_ok()
    );
    let result = admit(&bounds(), transports(&[Transport::Mqtt]), None);
    assert_eq!(
        refused(result, "over mqtt, but the client connects over nats"),
        "transport"
    );
    let result = bounds().admit(
        transports(&[Transport::Nats]),
        None,
        &Request::default(),
        NOW,
        Some("AUTH"),
    );
    assert_eq!(refused(result, "an unknown transport"), "transport");
}

#[rstest]
#[case(&["10.0.0.0/8"], "10.1.2.3", true)]
#[case(&["192.168.0.0/16", "10.1.2.3/32"], "10.1.2.3", true)]
#[case(&["10.0.0.0/8"], "::ffff:10.1.2.3", true)]
#[case(&["fe80::/10"], "fe80::1%eth0", true)]
#[case(&["192.168.0.0/16"], "10.1.2.3", false)]
#[case(&["0.0.0.0/0"], "", false)]
#[case(&["0.0.0.0/0"], "::1", false)]
#[case(&[], "", true)]
fn a_grant_is_valid_only_from_its_networks(
    #[case] blocks: &[&str],
    #[case] host: &str,
    #[case] expected: bool,
) {
    let grant = Grant {
        source_networks: list(blocks),
        ..grant("APP")
    };
    let client = Client {
        host: host.into(),
        ..Client::default()
    };
    let request = Request {
        client,
        ..Request::default()
    };
    let result = bounds().admit(grant, None, &request, NOW, Some("AUTH"));
    assert_eq!(result.is_ok(), expected, "{result:?}");
}

#[rstest]
#[case("10.0.0.0")]
#[case("10.0.0.0/33")]
#[case("office")]
#[case("")]
fn an_invalid_network_is_refused_even_after_one_that_matches(#[case] block: &str) {
    let grant = Grant {
        source_networks: list(&["10.0.0.0/8", block]),
        ..grant("APP")
    };
    assert_eq!(
        refused(admit(&bounds(), grant, None), "not a CIDR block"),
        "source_network"
    );
}

#[test]
fn an_unknown_option_is_refused_by_name() {
    let grant = Grant {
        options: vec![("shape".into(), "round".into())],
        ..grant("APP")
    };
    assert_eq!(
        refused(admit(&bounds(), grant, None), "\"shape\""),
        "option"
    );
}

#[rstest]
#[case(&[""], "is empty")]
#[case(&["a\u{1b}[31m"], "control characters")]
#[case(&[" a"], "space")]
#[case(&["t"; 65], "65 tags")]
fn malformed_or_too_many_tags_are_refused(#[case] tags: &[&str], #[case] names: &str) {
    let grant = Grant {
        tags: list(tags),
        ..grant("APP")
    };
    assert_eq!(refused(admit(&bounds(), grant, None), names), "tag");
}

#[test]
fn an_empty_name_is_refused() {
    let grant = Grant {
        name: Some(String::new()),
        ..grant("APP")
    };
    assert_eq!(refused(admit(&bounds(), grant, None), "is empty"), "name");
}

#[test]
fn large_grants_are_refused_by_bytes_and_by_entries() {
    let long = publish(&[&"a".repeat(300_000)], &[]);
    assert_eq!(
        refused(admit(&bounds(), grant("APP"), Some(long)), "262144"),
        "size"
    );
    let many = publish(&["a"; 5_000], &[]);
    assert_eq!(
        refused(admit(&bounds(), grant("APP"), Some(many)), "5000"),
        "size"
    );
}

#[test]
fn a_refusal_quotes_at_most_one_line() {
    let cause = admit(&open(&["*"]), grant(&"ü\n".repeat(1_000)), None).unwrap_err();
    assert!(
        cause.text.len() < 400 && !cause.text.contains('\n'),
        "{cause}"
    );
}
