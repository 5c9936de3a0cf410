//! The sentences of a grant: from the text to the rules, and through the bounds. The lines are those of `grants`.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use portcullis_fuzz::grants::{CALLOUT_ACCOUNT, Written, admit};
use portcullis_model::subject::{covers, is_pattern};
use portcullis_model::{Access, Admission, Permissions, Rules, SubjectRules, Transport};
use portcullis_permits::matcher::Decider;
use portcullis_permits::{List, ask, compile};

/// A line of a log. A cause quotes values that are cut to 80 bytes, of which every byte may be written in ten letters.
const TEXT_BYTES_MAX: usize = 4_096;
const TRANSPORTS: [Option<Transport>; 3] = [None, Some(Transport::Nats), Some(Transport::Mqtt)];

fuzz_target!(|bytes: &[u8]| {
    let written = Written::parse(&portcullis_fuzz::lines(bytes, 40));
    let access = written.access();
    for transport in TRANSPORTS {
        if let Some(rules) = compiled(&access, transport) {
            nothing_written_is_lost(&written.permissions, &rules);
            compiling_again_changes_nothing(&rules);
            it_passes_or_is_refused(&written, &rules, transport);
        }
    }
});

fn compiled(access: &Access, transport: Option<Transport>) -> Option<Rules> {
    match compile(access, transport) {
        Ok(compiled) => {
            let compiled = compiled.expect("permissions have rules");
            let rules = compiled.rules().clone();
            for entry in &rules.subscribe.allow {
                let origins = compiled.origins(List::SubscribeAllow, entry);
                assert!(!origins.is_empty(), "{entry:?} comes from nowhere");
            }
            Some(rules)
        }
        Err(cause) => {
            assert!(["ability", "size"].contains(&cause.kind), "{cause:?}");
            assert!(
                cause.text.len() <= TEXT_BYTES_MAX,
                "{} bytes",
                cause.text.len()
            );
            assert!(!cause.text.contains(char::is_control), "{cause:?}");
            None
        }
    }
}

/// An entry of the policy stays, or a wider one stands for it. A malformed one stays, so that the bounds refuse it.
fn nothing_written_is_lost(permissions: &Permissions, rules: &Rules) {
    for (given, made) in [
        (&permissions.publish.allow, &rules.publish.allow),
        (&permissions.publish.deny, &rules.publish.deny),
    ] {
        for entry in given {
            let covers =
                |wide: &String| is_pattern(wide) && is_pattern(entry) && covers(wide, entry);
            let is_covered = made.iter().any(|wide| wide == entry || covers(wide));
            assert!(is_covered, "{entry:?} is not in {made:?}");
        }
    }
    for entry in &permissions.subscribe.deny {
        let subject = entry.split(' ').next().unwrap_or_default();
        let mut denied = rules
            .subscribe
            .deny
            .iter()
            .filter_map(|entry| entry.split(' ').next());
        assert!(denied.any(|wide| covers(wide, subject)), "{entry:?}");
    }
}

fn compiling_again_changes_nothing(rules: &Rules) {
    let access = Access::Only(Permissions {
        publish: rules.publish.clone(),
        subscribe: rules.subscribe.clone(),
        responses: rules.responses,
        ..Permissions::default()
    });
    let again = compiled(&access, None).expect("rules are compiled again");
    let sorted = |rules: &Rules| {
        let SubjectRules { allow, deny } = &rules.publish;
        [allow, deny].map(|list| BTreeSet::from_iter(list.clone()))
    };
    assert_eq!(sorted(&again), sorted(rules));
}

/// If the bounds admit rules that come from sentences alone, the client can do all of it.
fn it_passes_or_is_refused(written: &Written, rules: &Rules, transport: Option<Transport>) {
    let Some(bounds) = written.bounds() else {
        return;
    };
    let permit = match admit(&bounds, rules, Some(CALLOUT_ACCOUNT)) {
        Ok(permit) => permit,
        Err(cause) => {
            let kinds = ["subject", "denied_subject", "response", "size"];
            assert!(kinds.contains(&cause.kind), "{cause:?}");
            return;
        }
    };
    let Permissions {
        abilities,
        publish,
        subscribe,
        ..
    } = &written.permissions;
    let without_rules = [
        &publish.allow,
        &publish.deny,
        &subscribe.allow,
        &subscribe.deny,
    ]
    .into_iter()
    .chain([&written.denied])
    .all(Vec::is_empty);
    if transport.is_some() || !without_rules {
        return;
    }
    for sentence in abilities {
        let check = ask(sentence, Some(&written.permissions), permit.rules());
        let check = check.expect("what compiles can be asked");
        for line in check.lines.iter().filter(|line| !line.verdict.allowed) {
            let reserved = matches!(line.verdict.by, Decider::Server(_));
            assert!(
                reserved,
                "{sentence:?} lacks {line:?} in {:?}",
                permit.rules()
            );
        }
    }
}
