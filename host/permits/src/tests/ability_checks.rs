//! Checks of abilities against signed rules.

use super::list;
use crate::matcher::Decider;
use crate::{AbilityCheck, List, ask};
use portcullis_model::{Rules, SubjectRules};

fn rules(publish: (&[&str], &[&str]), subscribe: (&[&str], &[&str])) -> Rules {
    let subjects = |(allow, deny)| SubjectRules {
        allow: list(allow),
        deny: list(deny),
    };
    Rules {
        publish: subjects(publish),
        subscribe: subjects(subscribe),
        responses: None,
    }
}

fn answer(sentence: &str, rules: &Rules) -> AbilityCheck {
    ask(sentence, None, Some(rules)).unwrap()
}

#[test]
fn a_client_that_may_publish_everywhere_may_also_reply() {
    let everything = rules((&[">"], &[]), (&[">"], &[]));
    assert!(answer("reply orders.*", &everything).allowed);
    assert!(answer("service offer billing", &everything).allowed);
    let almost = rules((&[">"], &["_INBOX.>"]), (&[">"], &[]));
    assert!(!answer("reply orders.*", &almost).allowed);
}

#[test]
fn withheld_entries_are_those_that_a_server_withholds() {
    let withheld = |sentence: &str, deny: &[&str]| {
        let rules = rules((&[], &[">"]), (&["orders.*"], deny));
        let mut lines = answer(sentence, &rules).lines.into_iter();
        lines.next().unwrap().withheld
    };
    let queue = ["orders.new workers"];
    assert!(withheld("subscribe orders.*", &queue).is_empty());
    assert!(withheld("subscribe orders.* others", &queue).is_empty());
    assert_eq!(withheld("subscribe orders.* workers", &queue), queue);
    assert_eq!(
        withheld("subscribe orders.*", &["orders.new"]),
        ["orders.new"]
    );
    assert!(withheld("subscribe other", &["other"]).is_empty());
}

#[test]
fn several_entries_may_allow_a_wildcard_together() {
    let both = rules((&["a.*", "a.*.>"], &[]), (&[], &[">"]));
    assert!(answer("publish a.>", &both).allowed);
    let one = rules((&["a.*"], &[]), (&[], &[">"]));
    assert!(!answer("publish a.>", &one).allowed);
}

#[test]
fn subjects_reserved_for_servers_are_never_allowed() {
    let everything = rules((&[">"], &[]), (&[">"], &[]));
    for sentence in ["publish $GR.x", "publish $GR.>"] {
        let answer = answer(sentence, &everything);
        assert!(!answer.allowed, "{sentence}");
        let by = &answer.lines.first().unwrap().verdict.by;
        assert!(matches!(by, Decider::Server(_)), "{sentence}");
    }
}

#[test]
fn a_denial_of_a_part_is_a_denial() {
    let rules = rules((&["a.>"], &["a.secret"]), (&[], &[">"]));
    let answer = answer("publish a.>", &rules);
    assert!(!answer.allowed);
    let by = &answer.lines.first().unwrap().verdict.by;
    assert_eq!(
        *by,
        Decider::Entry(List::PublishDeny, "a.secret".to_owned())
    );
}

#[test]
fn a_check_of_a_wrong_sentence_is_refused() {
    let long = format!("publish {}x", "a.".repeat(32));
    for sentence in ["fly", "publish a..b", &long] {
        let cause = ask(sentence, None, None).unwrap_err();
        assert_eq!(cause.kind, "ability", "{sentence}");
    }
}
