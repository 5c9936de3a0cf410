mod ability_checks;
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
fn subject_rules_alone_are_unchanged() {
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
fn without_permissions_nothing_is_allowed() {
    assert_eq!(rules(&can(&[])), Rules::default());
}

#[test]
fn account_defaults_have_no_rules() {
    assert!(compile(&Access::AccountDefaults, None).unwrap().is_none());
}

#[test]
fn a_role_is_refused_by_name() {
    let cause = compile(&Access::Role("reader".into()), None).unwrap_err();
    assert_eq!((cause.blame, cause.kind), (Blame::Policy, "role"));
    assert!(cause.text.contains("\"reader\""), "{cause}");
}

#[test]
fn covered_entries_are_left_out() {
    let mut access = can(&["publish a.b", "publish a.>", "publish a.b", "subscribe x.y"]);
    if let Access::Only(permissions) = &mut access {
        permissions.publish.allow = list(&["a.c", "b"]);
        permissions.subscribe.allow = list(&["x.*"]);
    }
    assert_eq!(rules(&access).publish.allow, ["b", "a.>"]);
    assert_eq!(rules(&access).subscribe.allow, ["x.*"]);
}

/// `a.>` and `a.>.b` match the same subjects as long as nobody checks them. Without its denials, a grant allows too much.
#[test]
fn a_malformed_entry_is_kept_and_takes_no_other_with_it() {
    let denied = SubjectRules {
        allow: Vec::new(),
        deny: list(&["a.>", "a.>.b", "a..b", "a.>"]),
    };
    let access = Access::Only(Permissions {
        publish: denied.clone(),
        subscribe: denied,
        ..Permissions::default()
    });
    assert_eq!(rules(&access).publish.deny, ["a.>", "a.>.b", "a..b"]);
    assert_eq!(rules(&access).subscribe.deny, ["a.>", "a.>.b", "a..b"]);
}

/// nats-server up to 2.10 does not find `a.b` in a list with both `a.*` and `a.b.c`.
#[test]
fn subjects_that_older_servers_overlook_are_added() {
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

/// With an entry `a.*`, nats-server allows a subscription to `a.>` and would deliver everything below `a`.
#[test]
fn a_last_star_is_kept_to_one_token() {
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

/// nats-server reads `foo` and `foo workers` in one list as: no queue, or the queue workers, but no other.
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
fn the_policy_can_give_the_client_an_inbox_of_its_own() {
    let mut access = can(&["request orders.*"]);
    assert_eq!(rules(&access).subscribe.allow, ["_INBOX.>"]);
    if let Access::Only(permissions) = &mut access {
        permissions.inbox = Some("_INBOX_bob".into());
    }
    assert_eq!(rules(&access).subscribe.allow, ["_INBOX_bob.>"]);
}

#[test]
fn a_prefix_that_is_not_one_subject_is_refused() {
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
fn replies_have_the_policys_limits_or_the_servers_defaults() {
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
fn every_entry_has_the_sentences_it_comes_from() {
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
fn too_many_sentences_or_subjects_are_refused_early() {
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
