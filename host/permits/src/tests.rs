mod questions;
mod sentences;
mod subjects;

use super::*;
use portcullis_model::{Access, Blame};
use portcullis_model::{Permissions, ResponseRule, Rules, SubjectRules};

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

fn can(abilities: &[&str]) -> Access {
    Access::Only(Permissions {
        abilities: list(abilities),
        ..Permissions::default()
    })
}

fn rules(access: &Access) -> Rules {
    compile(access, None).unwrap().unwrap().into_rules()
}

/// The text of the refusal of a sentence.
#[track_caller]
fn refused(access: &Access) -> String {
    let cause = compile(access, None).unwrap_err();
    assert_eq!((cause.blame, cause.kind), (Blame::Policy, "ability"));
    cause.text
}

#[test]
fn subject_rules_alone_pass_as_they_are() {
    let publish = SubjectRules {
        allow: list(&["a.>", "b"]),
        deny: list(&["a.b"]),
    };
    let subscribe = SubjectRules {
        allow: list(&["jobs", "jobs workers", "jobs.> workers"]),
        deny: list(&["jobs.secret", "jobs.x workers"]),
    };
    let responses = Some(ResponseRule {
        max_messages: 3,
        expires_in_ms: 0,
    });
    let given = Rules {
        publish,
        subscribe,
        responses,
    };
    let access = Access::Only(Permissions {
        publish: given.publish.clone(),
        subscribe: given.subscribe.clone(),
        responses,
        ..Permissions::default()
    });
    assert_eq!(rules(&access), given);
}

#[test]
fn nothing_granted_is_nothing_allowed() {
    assert_eq!(rules(&can(&[])), Rules::default());
}

#[test]
fn account_defaults_are_no_rules() {
    assert!(compile(&Access::AccountDefaults, None).unwrap().is_none());
}

#[test]
fn a_role_is_refused_by_name() {
    let cause = compile(&Access::Role("reader".into()), None).unwrap_err();
    assert_eq!((cause.blame, cause.kind), (Blame::Policy, "role"));
    assert!(cause.text.contains("\"reader\""), "{cause}");
}

#[test]
fn what_others_cover_is_merged() {
    let mut access = can(&["publish a.b", "publish a.>", "publish a.b", "subscribe x.y"]);
    if let Access::Only(permissions) = &mut access {
        permissions.publish.allow = list(&["a.c", "b"]);
        permissions.subscribe.allow = list(&["x.*"]);
    }
    assert_eq!(rules(&access).publish.allow, ["b", "a.>"]);
    assert_eq!(rules(&access).subscribe.allow, ["x.*"]);
}

/// nats-server up to 2.10 finds `a.b` neither in `a.*` nor in `a.b.c`, if both are there.
#[test]
fn what_older_servers_overlook_is_named() {
    let access = can(&[
        "publish a.*",
        "publish a.b.c",
        "publish a.x.>",
        "publish *.y.c",
    ]);
    assert_eq!(
        rules(&access).publish.allow,
        ["a.*", "a.b.c", "a.x.>", "*.y.c", "a.b", "a.x"]
    );
}

/// nats-server lets `a.*` subscribe to `a.>`, and would deliver everything below `a`.
#[test]
fn a_last_star_stays_one_token() {
    let denied = |abilities: &[&str]| rules(&can(abilities)).subscribe.deny;
    assert_eq!(denied(&["subscribe a.*"]), ["a.*.>"]);
    assert_eq!(denied(&["subscribe *.b.* workers"]), ["*.b.*.>"]);
    let text = refused(&can(&["subscribe a.*", "subscribe *.b.c"]));
    assert!(
        text.contains("\"subscribe a.*\"") && text.contains("lies deeper"),
        "{text}"
    );
    assert!(denied(&["subscribe a.*.b", "subscribe b.>"]).is_empty());
    let access = Access::Only(Permissions {
        subscribe: SubjectRules {
            allow: list(&["a.*"]),
            deny: list(&["a.secret"]),
        },
        ..Permissions::default()
    });
    assert_eq!(rules(&access).subscribe.deny, ["a.secret", "a.*.>"]);
}

/// To nats-server, `foo` beside `foo workers` is: no queue, or workers and no other.
#[test]
fn an_ability_never_narrows_another() {
    let both = rules(&can(&["subscribe jobs workers", "subscribe jobs"]));
    assert_eq!(both.subscribe.allow, ["jobs"]);
    let overlapping = rules(&can(&["subscribe jobs.* workers", "subscribe jobs.a"]));
    assert_eq!(
        overlapping.subscribe.allow,
        ["jobs.* workers", "jobs.a", "jobs.a >"]
    );
    let mut beside_a_rule = can(&["subscribe jobs.* workers"]);
    if let Access::Only(permissions) = &mut beside_a_rule {
        permissions.subscribe.allow = list(&["jobs.a"]);
    }
    assert_eq!(
        rules(&beside_a_rule).subscribe.allow,
        ["jobs.a", "jobs.a >", "jobs.* workers"]
    );
}

#[test]
fn the_inbox_is_the_clients_own_if_the_policy_says_so() {
    let mut access = can(&["request orders.*"]);
    assert_eq!(rules(&access).subscribe.allow, ["_INBOX.>"]);
    if let Access::Only(permissions) = &mut access {
        permissions.inbox = Some("_INBOX_bob".into());
    }
    assert_eq!(rules(&access).subscribe.allow, ["_INBOX_bob.>"]);
}

#[test]
fn a_prefix_that_gives_more_than_one_place_is_refused() {
    for inbox in [
        "", "_INBOX.*", ">", "a b", "a.", "_INBOX*", "$SYS", "$JS.API",
    ] {
        let access = Access::Only(Permissions {
            inbox: Some(inbox.into()),
            ..Permissions::default()
        });
        assert!(refused(&access).contains("inbox prefix"), "{inbox}");
    }
    for api in ["", "$JS.*.API", "$JS.>", "$JS.hub.API."] {
        let access = Access::Only(Permissions {
            jetstream_api: Some(api.into()),
            ..Permissions::default()
        });
        assert!(refused(&access).contains("JetStream API prefix"), "{api}");
    }
}

#[test]
fn replies_are_the_policys_or_the_servers_default() {
    assert_eq!(
        rules(&can(&["reply orders.* workers"])).responses,
        Some(ResponseRule::default())
    );
    assert_eq!(rules(&can(&["subscribe orders.*"])).responses, None);
    let many = Some(ResponseRule {
        max_messages: 100,
        expires_in_ms: 1_000,
    });
    let access = Access::Only(Permissions {
        abilities: list(&["reply orders.*"]),
        responses: many,
        ..Permissions::default()
    });
    assert_eq!(rules(&access).responses, many);
}

#[test]
fn every_entry_tells_the_sentences_that_it_stems_from() {
    let mut access = can(&["kv read b k", "kv write b k", "reply a"]);
    if let Access::Only(permissions) = &mut access {
        permissions.publish.allow = list(&["$KV.b.k", "x"]);
    }
    let compiled = compile(&access, None).unwrap().unwrap();
    let origins = |entry| compiled.origins(List::PublishAllow, entry);
    assert_eq!(origins("x"), ["subject rules"]);
    assert_eq!(origins("$KV.b.k"), ["subject rules", "kv write b k"]);
    assert_eq!(
        origins("$JS.API.STREAM.INFO.KV_b"),
        ["kv read b k", "kv write b k"]
    );
    assert!(origins("y").is_empty());
    assert_eq!(compiled.origins(List::Responses, ""), ["reply a"]);
    assert_eq!(
        compiled.origins(List::SubscribeAllow, "_INBOX.>"),
        ["kv read b k", "kv write b k"]
    );
}

#[test]
fn more_than_fits_is_refused_before_it_is_worked_through() {
    let many = vec!["kv read b"; 1_025];
    let cause = compile(&can(&many), None).unwrap_err();
    assert_eq!(cause.kind, "size");
    assert!(cause.text.contains("1025"), "{cause}");
    let keys = format!("kv read b {}", "k ".repeat(3_000).trim_end());
    let cause = compile(&can(&[&keys]), None).unwrap_err();
    assert_eq!(cause.kind, "size");
}

#[test]
fn thousands_of_subjects_are_compiled_quickly_or_refused() {
    let numbered = |form: &str| -> Vec<String> {
        (0..4_096)
            .map(|number| form.replace('#', &number.to_string()))
            .collect()
    };
    let subscribe = |allow| {
        Access::Only(Permissions {
            subscribe: SubjectRules {
                allow,
                deny: Vec::new(),
            },
            ..Permissions::default()
        })
    };
    assert_eq!(
        rules(&subscribe(numbered("a.#.b"))).subscribe.allow.len(),
        4_096
    );
    for form in ["a.#.*", "a.# workers"] {
        let cause = compile(&subscribe(numbered(form)), None).unwrap_err();
        assert_eq!(cause.kind, "size", "{form}");
    }
}
