use super::*;
use portcullis_model::SubjectRules;

use rstest::rstest;

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn publisher(allow: &[&str], deny: &[&str]) -> Rules {
    let publish = SubjectRules {
        allow: list(allow),
        deny: list(deny),
    };
    Rules {
        publish,
        ..Rules::default()
    }
}

fn subscriber(allow: &[&str], deny: &[&str]) -> Rules {
    let rules = publisher(allow, deny);
    Rules {
        subscribe: rules.publish,
        ..Rules::default()
    }
}

fn entry(list: List, text: &str) -> Decider {
    Decider::Entry(list, text.to_owned())
}

#[test]
fn without_rules_everything_is_allowed_that_is_not_reserved_for_servers() {
    let matcher = Matcher::new(None);
    assert_eq!(matcher.publish("a"), Verdict::yes(Decider::NoList));
    assert_eq!(matcher.subscribe(">", Some("q")).by, Decider::NoList);
    assert!(!matcher.publish("$NRG.a").allowed);
    assert!(!matcher.publish("_GR_.a").allowed);
    assert!(!matcher.subscribe("a", Some("_sys_")).allowed);
    assert!(!matcher.subscribe("a..b", None).allowed);
    assert!(!matcher.subscribe("a.>.b", None).allowed);
    assert!(matcher.publish("a..b").allowed);
}

#[test]
fn a_denial_overrides_an_allowance_and_the_deciding_entry_is_named() {
    let matcher = Matcher::new(Some(&publisher(&["b", "a.>"], &["x", "a.*.c"])));
    let allowed = Verdict::yes(entry(List::PublishAllow, "a.>"));
    assert_eq!(matcher.publish("a.b"), allowed);
    let denied = Verdict::no(entry(List::PublishDeny, "a.*.c"));
    assert_eq!(matcher.publish("a.b.c"), denied);
    assert_eq!(matcher.publish("c"), Verdict::no(Decider::NoEntry));
    assert_eq!(matcher.publish("x"), Verdict::no(Decider::NoEntry));
}

#[test]
fn a_missing_list_allows_everything_unless_there_are_responses() {
    let mut rules = publisher(&[], &["a"]);
    assert_eq!(Matcher::new(Some(&rules)).publish("b").by, Decider::NoList);
    rules.responses = Some(ResponseRule::default());
    let matcher = Matcher::new(Some(&rules));
    assert_eq!(matcher.publish("b"), Verdict::no(Decider::NoEntry));
    let default = Replies {
        max_messages: Some(1),
        expires_in: Some(Duration::from_secs(120)),
    };
    assert_eq!(matcher.replies(), Some(default));
}

#[test]
fn a_star_matches_any_single_token_including_a_wildcard() {
    let matcher = Matcher::new(Some(&subscriber(&["a.*"], &[])));
    for subject in ["a.b", "a.*", "a.>"] {
        assert!(matcher.subscribe(subject, None).allowed, "{subject}");
    }
    for subject in ["a", "a.b.c", "*.b", ">"] {
        assert!(!matcher.subscribe(subject, None).allowed, "{subject}");
    }
    assert!(matcher.delivers("a.>", None, "a.b.c").allowed);
}

#[rstest]
#[case::plain(&["a"], Some("q"), true)]
#[case::named(&["a q"], Some("q"), true)]
#[case::another(&["a q"], Some("r"), false)]
#[case::none(&["a q"], None, false)]
#[case::plain_and_named(&["a", "a q"], None, true)]
#[case::plain_and_another(&["a", "a q"], Some("r"), false)]
#[case::wildcard(&["a q.*"], Some("q.r"), true)]
#[case::wildcard_and_one_token(&["a q.*"], Some("q"), false)]
#[case::full_wildcard(&["a >"], Some("q.r"), true)]
#[case::wildcard_to_the_letter(&["a q.>"], Some("q.>"), true)]
fn queues_are_allowed_by_name(
    #[case] allow: &[&str],
    #[case] queue: Option<&str>,
    #[case] allowed: bool,
) {
    let matcher = Matcher::new(Some(&subscriber(allow, &[])));
    assert_eq!(matcher.subscribe("a", queue).allowed, allowed);
}

#[test]
fn denied_messages_are_withheld_from_a_wider_subscription() {
    let matcher = Matcher::new(Some(&subscriber(&["a.>"], &["a.*.c", "a.d q"])));
    assert!(matcher.subscribe("a.>", None).allowed);
    assert!(matcher.delivers("a.>", None, "a.b.d").allowed);
    let withheld = Verdict::no(entry(List::SubscribeDeny, "a.*.c"));
    assert_eq!(matcher.delivers("a.>", None, "a.b.c"), withheld);
    assert!(matcher.delivers("a.*", None, "a.d").allowed);
    let withheld = Verdict::no(entry(List::SubscribeDeny, "a.d q"));
    assert_eq!(matcher.delivers("a.*", Some("q"), "a.d"), withheld);
    assert!(matcher.delivers("a.*", Some("r"), "a.d").allowed);
    assert!(!matcher.delivers("a.*", None, "a.b.c").allowed);
}

#[test]
fn the_largest_value_is_no_limit() {
    let responses = Some(ResponseRule {
        max_messages: u32::MAX,
        expires_in_ms: u64::MAX,
    });
    let rules = Rules {
        responses,
        ..Rules::default()
    };
    let unlimited = Replies {
        max_messages: None,
        expires_in: None,
    };
    assert_eq!(Matcher::new(Some(&rules)).replies(), Some(unlimited));
    assert_eq!(Matcher::new(None).replies(), None);
}

#[test]
fn only_older_releases_have_their_faults() {
    let publisher = publisher(&["a.*", "a.b.c"], &["x.*", "x.b.c"]);
    let subscriber = subscriber(&[], &["a", "a q", "*.b.c", "d.e r"]);
    let all = [Release::V2_10_25, Release::V2_12_8, Release::V2_15_1];
    let allowed = |ask: &dyn Fn(&Matcher) -> Verdict, rules: &Rules| {
        all.map(|release| ask(&Matcher::of(release, Some(rules))).allowed)
    };
    let inner = allowed(&|matcher| matcher.publish("a.b"), &publisher);
    assert_eq!(inner, [false, true, true]);
    let voided = allowed(&|matcher| matcher.subscribe("a", Some("r")), &subscriber);
    assert_eq!(voided, [true, false, false]);
    let crossing = allowed(
        &|matcher| matcher.delivers("a.*.c", None, "a.b.c"),
        &subscriber,
    );
    assert_eq!(crossing, [true, false, false]);
    let queued = allowed(
        &|matcher| matcher.delivers("d.*", Some("r"), "d.e"),
        &subscriber,
    );
    assert_eq!(queued, [true, true, false]);
}
