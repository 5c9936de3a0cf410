//! Subjects and lists of subjects: how patterns compare, and what a server allows with rules that passed the bounds. The lines
//! are those of `grants`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portcullis_fuzz::grants::{ACCOUNT, CALLOUT_ACCOUNT, Written, admit};
use portcullis_model::subject::{
    BYTES_MAX, CALLOUT, TOKENS_MAX, covers, has_wildcard, is_literal, is_pattern, matches,
    overlaps, overlooked, split_queue,
};
use portcullis_model::{Admission, Pattern, Rules};
use portcullis_permits::bounds::Bounds;
use portcullis_permits::matcher::{Matcher, Release};

const RELEASES: [Release; 3] = [Release::V2_10_25, Release::V2_12_8, Release::V2_15_1];

fuzz_target!(|bytes: &[u8]| {
    let written = Written::parse(&portcullis_fuzz::lines(bytes, 24));
    let subjects: Vec<&str> = words(&written);
    for one in &subjects {
        alone(one);
        for other in &subjects {
            in_pairs(one, other);
            for third in subjects.iter().take(6) {
                in_threes(one, other, third);
            }
        }
    }
    the_overlooked_are_complete(&subjects);
    rules(&written);
});

/// Every subject of the input, in lists and questions.
fn words(written: &Written) -> Vec<&str> {
    let permissions = &written.permissions;
    let lists = [
        &permissions.publish.allow,
        &permissions.publish.deny,
        &permissions.subscribe.allow,
        &permissions.subscribe.deny,
        &written.denied,
        &written.asked,
    ];
    let words = lists.into_iter().flatten();
    words.take(12).map(String::as_str).collect()
}

fn alone(subject: &str) {
    assert!(
        covers(subject, subject),
        "{subject:?} does not cover itself"
    );
    assert_eq!(
        is_literal(subject),
        is_pattern(subject) && !has_wildcard(subject)
    );
    if is_pattern(subject) {
        assert!(
            covers(">", subject) && overlaps(subject, subject),
            "{subject:?}"
        );
        assert!(
            matches(subject, subject),
            "{subject:?} does not match itself"
        );
    }
    if let Some((name, queue)) = split_queue(subject) {
        let again = queue.map_or(name.to_owned(), |queue| format!("{name} {queue}"));
        assert_eq!(split_queue(&again), Some((name, queue)));
    }
    if Bounds::check_denied(subject).is_ok() {
        assert!(is_pattern(subject), "{subject:?} may be denied");
        assert!(subject.len() <= BYTES_MAX && subject.split('.').count() <= TOKENS_MAX);
    }
}

fn in_pairs(one: &str, other: &str) {
    let pattern = Pattern::new(one);
    assert_eq!(
        pattern.matches(other),
        by_trying_all(one.as_bytes(), other.as_bytes()),
        "{one:?} {other:?}"
    );
    assert_eq!(
        pattern.is_exactly(other),
        one == other && !one.contains('*')
    );
    if !is_pattern(one) || !is_pattern(other) {
        return;
    }
    assert_eq!(
        overlaps(one, other),
        overlaps(other, one),
        "{one:?} {other:?}"
    );
    if covers(one, other) {
        assert!(overlaps(one, other), "{one:?} covers {other:?}");
        assert!(
            one == other || !covers(other, one),
            "{one:?} and {other:?} cover each other"
        );
    }
    if is_literal(other) {
        assert_eq!(matches(one, other), covers(one, other), "{one:?} {other:?}");
        assert_eq!(
            matches(one, other),
            overlaps(one, other),
            "{one:?} {other:?}"
        );
    }
}

fn in_threes(one: &str, other: &str, third: &str) {
    if ![one, other, third].into_iter().all(is_pattern) || !covers(one, other) {
        return;
    }
    if covers(other, third) {
        assert!(
            covers(one, third),
            "{one:?} covers {other:?} covers {third:?}"
        );
    }
    if overlaps(other, third) {
        assert!(
            overlaps(one, third),
            "{one:?} covers {other:?}, which overlaps {third:?}"
        );
    }
}

/// Whether a pattern with `*` for any bytes matches, as slowly as the definition says it.
fn by_trying_all(pattern: &[u8], name: &[u8]) -> bool {
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for letter in pattern {
        if *letter == b'*' {
            let first = reached.iter().position(|is_reached| *is_reached);
            let first = first.unwrap_or(reached.len());
            reached[first..].fill(true);
            continue;
        }
        for end in (0..name.len()).rev() {
            reached[end + 1] = reached[end] && name[end] == *letter;
        }
        reached[0] = false;
    }
    reached[name.len()]
}

/// With the overlooked subjects in the list, older servers overlook nothing more.
fn the_overlooked_are_complete(subjects: &[&str]) {
    let hidden = overlooked(subjects);
    for subject in &hidden {
        assert!(
            subjects.iter().any(|entry| matches(entry, subject)),
            "{subject:?}"
        );
    }
    let all: Vec<&str> = subjects.iter().chain(&hidden).copied().collect();
    assert_eq!(overlooked(&all), [""; 0]);
}

/// Signs the rules as the policy wrote them, and asks what a server allows.
fn rules(written: &Written) {
    let Some(bounds) = written.bounds() else {
        return;
    };
    let permissions = &written.permissions;
    let given = Rules {
        publish: permissions.publish.clone(),
        subscribe: permissions.subscribe.clone(),
        responses: permissions.responses,
    };
    for account in [None, Some(ACCOUNT), Some(CALLOUT_ACCOUNT)] {
        let Ok(permit) = admit(&bounds, &given, account) else {
            continue;
        };
        let signed = permit.rules().expect("rules");
        for release in RELEASES {
            let matcher = Matcher::of(release, Some(signed));
            // No entry matches a subject with an empty token, and nobody can receive what is published there.
            let asked = written.asked.iter().take(6);
            for subject in asked.filter(|subject| !subject.split('.').any(str::is_empty)) {
                nothing_denied_is_allowed(&matcher, release, written, subject);
            }
            if account != Some(CALLOUT_ACCOUNT) {
                the_callout_stays_private(&matcher, &written.asked);
            }
        }
    }
}

fn nothing_denied_is_allowed(
    matcher: &Matcher,
    release: Release,
    written: &Written,
    subject: &str,
) {
    let (publish, subscribe) = (&written.permissions.publish, &written.permissions.subscribe);
    let operator = written.denied.iter().any(|denied| matches(denied, subject));
    // 2.10 overlooks what the policy itself did not write out; the operator's denials are complete.
    let own =
        release > Release::V2_10_25 && publish.deny.iter().any(|denied| matches(denied, subject));
    if publish.allow.is_empty() || operator || own {
        let verdict = matcher.publish(subject);
        assert!(
            !verdict.allowed,
            "{release:?} lets publish to {subject:?}: {verdict:?}"
        );
    }
    for queue in [None, Some("q")] {
        let verdict = matcher.subscribe(subject, queue);
        let denied = operator || subscribe.allow.is_empty();
        assert!(
            !denied || !verdict.allowed,
            "{release:?} lets subscribe to {subject:?}: {verdict:?}"
        );
    }
}

/// Whoever receives what is published there reads passwords.
fn the_callout_stays_private(matcher: &Matcher, asked: &[String]) {
    for queue in [None, Some("q"), Some(">")] {
        assert!(!matcher.subscribe(CALLOUT, queue).allowed, "in {queue:?}");
        for subject in asked {
            let verdict = matcher.delivers(subject, queue, CALLOUT);
            assert!(
                !verdict.allowed,
                "through {subject:?} in {queue:?}: {verdict:?}"
            );
        }
    }
}
