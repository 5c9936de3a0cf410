use rstest::rstest;

use super::*;

#[rstest]
#[case("")]
#[case("a b")]
#[case("a..b")]
#[case(".a")]
#[case("a.")]
#[case("a.>.b")]
#[case("a*")]
#[case("a.b>")]
#[case(">.a")]
#[case("a\tb")]
#[case("a\nb")]
#[case("a\0b")]
#[case("a\u{2003}b")]
#[case(&"a".repeat(1_025))]
#[case(&vec!["a"; 33].join("."))]
fn a_subject_that_a_server_would_misread_is_refused_in_every_list(#[case] entry: &str) {
    for rules in [publish(&[entry], &[]), publish(&["ok"], &[entry])] {
        assert_eq!(
            refused(admit(&bounds(), grant("APP"), Some(rules)), "publish."),
            "subject"
        );
    }
    if entry == "a b" {
        return;
    }
    for rules in [subscribe(&[entry], &[]), subscribe(&["ok"], &[entry])] {
        assert_eq!(
            refused(admit(&bounds(), grant("APP"), Some(rules)), "subscribe."),
            "subject"
        );
    }
}

#[rstest]
#[case("a  b")]
#[case("a b c")]
#[case(" a")]
#[case("a ")]
#[case("a b..c")]
fn a_malformed_queue_is_refused(#[case] entry: &str) {
    let result = admit(&bounds(), grant("APP"), Some(subscribe(&[entry], &[])));
    assert_eq!(refused(result, "subscribe.allow"), "subject");
}

#[rstest]
#[case("a")]
#[case("*")]
#[case(">")]
#[case("a.*.b.>")]
#[case("$JS.API.>")]
#[case("größe.ü")]
#[case(&"a".repeat(1_024))]
#[case(&vec!["a"; 32].join("."))]
fn a_good_subject_passes(#[case] entry: &str) {
    for rules in [publish(&[entry], &[entry]), subscribe(&[entry], &[entry])] {
        assert!(admit(&bounds(), grant("APP"), Some(rules)).is_ok());
    }
}

#[test]
fn denied_subjects_are_added_to_the_deny_lists() {
    let bounds = Bounds {
        denied_subjects: list(&["$JS.>"]),
        ..bounds()
    };
    let rules = Rules {
        subscribe: publish(&[">"], &[]).publish,
        ..publish(&[">"], &["a"])
    };
    let permit = admit(&bounds, grant("APP"), Some(rules)).unwrap();
    let rules = permit.rules().unwrap();
    assert_eq!(rules.publish.deny, ["a", "$JS.>"]);
    assert_eq!(rules.subscribe.deny, ["$JS.>"]);
}

#[rstest]
#[case(publish(&["$JS.>"], &[]), "publish.allow")]
#[case(publish(&["$JS.API.INFO"], &[]), "publish.allow")]
#[case(subscribe(&["a", "$JS.* q"], &[]), "subscribe.allow")]
fn a_grant_that_allows_a_denied_subject_is_refused(#[case] rules: Rules, #[case] names: &str) {
    let bounds = Bounds {
        denied_subjects: list(&["$JS.>"]),
        ..bounds()
    };
    assert_eq!(
        refused(admit(&bounds, grant("APP"), Some(rules)), names),
        "denied_subject"
    );
    assert_eq!(
        refused(admit(&bounds, grant("APP"), None), "$JS.>"),
        "account_defaults"
    );
}

/// Up to nats-server 2.10, an entry with a queue makes the server ignore the same entry without one, and a longer entry hides
/// an entry that ends in `*`.
#[test]
fn denials_of_a_policy_do_not_weaken_denied_subjects() {
    let bounds = Bounds {
        denied_subjects: list(&["secret.*"]),
        ..bounds()
    };
    let rules = Rules {
        publish: SubjectRules {
            allow: list(&["a"]),
            deny: list(&["secret.b.c"]),
        },
        subscribe: SubjectRules {
            allow: list(&["a"]),
            deny: list(&["secret.* mine"]),
        },
        responses: None,
    };
    let permit = admit(&bounds, grant("APP"), Some(rules)).unwrap();
    let rules = permit.rules().unwrap();
    assert_eq!(rules.publish.deny, ["secret.b.c", "secret.*", "secret.b"]);
    assert_eq!(
        rules.subscribe.deny,
        ["secret.* mine", "secret.*", "secret.* >"]
    );
    let callouts_own = open(&["AUTH"]);
    let rules = subscribe(&[">"], &[&format!("{CALLOUT_SUBJECT} mine")]);
    let permit = admit(&callouts_own, grant("AUTH"), Some(rules)).unwrap();
    let denied = &permit.rules().unwrap().subscribe.deny;
    assert!(
        denied.contains(&format!("{CALLOUT_SUBJECT} >")),
        "{denied:?}"
    );
}

#[test]
fn a_malformed_denied_subject_is_found() {
    let check = Bounds::check_denied;
    assert_eq!(check("$SYS.>"), Ok(()));
    for subject in ["", "a b", "a..b", "a*"] {
        assert!(
            check(subject)
                .unwrap_err()
                .to_string()
                .starts_with("denied subject"),
            "{subject}"
        );
    }
}

#[rstest]
#[case(u64::MAX, true)]
#[case(0, true)]
#[case(9_223_372_036_854, true)]
#[case(9_223_372_036_855, false)]
fn a_response_rule_fits_the_servers_clock(#[case] expires_in_ms: u64, #[case] expected: bool) {
    let responses = Some(ResponseRule {
        max_messages: 1,
        expires_in_ms,
    });
    let result = admit(
        &bounds(),
        grant("APP"),
        Some(Rules {
            responses,
            ..Rules::default()
        }),
    );
    assert_eq!(result.is_ok(), expected, "{result:?}");
}
