//! Faults of a `users.json`, as the operator reads them.

use directory::Directory;
use portcullis_sdk::{Policy, testing};

fn fault(users: &str) -> Option<String> {
    let settings = testing::settings().data("users.json", users).build();
    Directory::configure(&settings)
        .err()
        .map(|error| error.to_string())
}

#[test]
fn the_entry_at_fault_is_named() {
    let with_permissions = |permissions: &str| {
        fault(&format!(
            "{{\n\"bob\": {{\"pass\": \"b\", \"account\": \"APP\", \"permissions\": {permissions}}}}}"
        ))
    };
    for (permissions, entry) in [
        (
            r#"{"pub": {"allow": "bob.>"}}"#,
            "bob.permissions.pub.allow: expected a list, found a string",
        ),
        (
            r#"{"sub": {"deny": ["a", 1]}}"#,
            "bob.permissions.sub.deny[1]: expected a string, found a number",
        ),
        (
            r#"{"resp": {"max": "1"}}"#,
            "bob.permissions.resp.max: expected a whole number, found a string",
        ),
        (
            r#""all""#,
            "bob.permissions: expected an object with pub, sub and resp, found a string",
        ),
        (
            r#"null"#,
            "bob.permissions: expected an object with pub, sub and resp, found null",
        ),
        (
            r#"{"publish": {}}"#,
            "bob.permissions.publish: unknown field `publish`, expected one of `pub`, `sub`, `resp`",
        ),
    ] {
        assert_eq!(
            with_permissions(permissions),
            Some(format!("users.json, line 2: {entry}"))
        );
    }
}

#[test]
fn an_invalid_ability_is_named_with_its_user() {
    let with = |more: &str| {
        fault(&format!(
            "{{\n\"bob\": {{\"pass\": \"b\", \"account\": \"APP\", {more}}}}}"
        ))
    };
    for (more, entry) in [
        (
            r#""can": ["publish a", "kv raed test_kv"]"#,
            "bob.can[1]: \"kv raed test_kv\" is not an ability; use kv read BUCKET [KEY...], \
             kv write BUCKET [KEY...] or kv manage BUCKET",
        ),
        (
            r#""can": ["stream view a.b"]"#,
            "bob.can[0]: \"stream view a.b\" is not an ability; \"a.b\" has one of . * > / \\, which a name \
             cannot have",
        ),
        (
            r#""can": "publish a""#,
            "bob.can: expected a list, found a string",
        ),
        (r#""can": null"#, "bob.can: expected a list, found null"),
        (
            r#""can": [1]"#,
            "bob.can[0]: expected a string, found a number",
        ),
        (
            r#""can": [], "inbox": "_INBOX.>""#,
            "bob.inbox: must be tokens with dots between them, without wildcards and blanks",
        ),
        (
            r#""can": [], "jetstream_api": """#,
            "bob.jetstream_api: must be tokens with dots between them, without wildcards and blanks",
        ),
        (
            r#""inbox": "_INBOX_bob""#,
            "user \"bob\": inbox and jetstream_api belong to abilities: add can",
        ),
    ] {
        assert_eq!(with(more), Some(format!("users.json, line 2: {entry}")));
    }
}

#[test]
fn a_user_needs_a_name_a_password_and_an_account() {
    for (users, entry) in [
        (
            r#"{"bob": {"account": "APP"}}"#,
            "bob: missing field `pass`",
        ),
        (
            r#"{"bob": {"pass": "", "account": "APP"}}"#,
            "bob.pass: must not be empty",
        ),
        (
            r#"{"bob": {"pass": "b", "account": ""}}"#,
            "bob.account: must not be empty",
        ),
        (
            r#"{"": {"pass": "b", "account": "APP"}}"#,
            "a user without a name",
        ),
        (
            r#"{"bob": "hunter2"}"#,
            "bob: expected an object with pass and account, found a string",
        ),
        (r#"[]"#, "expected an object of users by name, found a list"),
    ] {
        assert_eq!(fault(users), Some(format!("users.json, line 1: {entry}")));
    }
}

#[test]
fn a_subject_that_cannot_be_is_named_with_its_entry() {
    let own = "has white space or control characters; write each subject as an entry of its own";
    let queue = "has white space or control characters; write \"subject\" or \"subject queue\"";
    for (list, subject, text) in [
        (
            "pub.allow",
            "a..b",
            "has an empty token; dots only separate tokens",
        ),
        (
            "pub.deny",
            "foo*",
            "has a wildcard inside a token; \"*\" and \">\" are tokens of their own",
        ),
        (
            "sub.allow",
            "a.>.b",
            "has \">\" before its end; \">\" is the last token or none",
        ),
        ("sub.deny", "", "is empty; write a subject"),
        ("pub.allow", "a.> b.>", own),
        ("pub.deny", "a\\tb", own),
        ("sub.allow", "a b c", queue),
        ("sub.deny", "a ", queue),
    ] {
        let (rules, key) = list.split_once('.').unwrap();
        let users = format!(
            "{{\"bob\": {{\"pass\": \"b\", \"account\": \"APP\", \"permissions\":\n\
             {{\"{rules}\": {{\"{key}\": [\"ok.*\",\n\"{subject}\"\n]}}}}}}}}"
        );
        let entry = format!("users.json, line 3: bob.permissions.{list}[1]: \"{subject}\" {text}");
        assert_eq!(fault(&users), Some(entry));
    }
}

#[test]
fn a_subscription_may_name_its_queue() {
    let users = r#"{"bob": {"pass": "b", "account": "APP", "permissions": {
        "pub": {"allow": [">", "$JS.API.>", "{{name}}.*"]}, "sub": {"allow": ["jobs.> workers.*"]}
    }}}"#;
    assert_eq!(fault(users), None);
}

/// What serde derives would read the fields of a struct from a list, in their order.
#[test]
fn a_list_is_not_taken_for_an_object() {
    let user = "expected an object with pass and account, found a list";
    assert_eq!(
        fault(r#"{"users": ["alice", "APP"]}"#),
        Some(format!("users.json, line 1: users: {user}"))
    );
    for (permissions, entry) in [
        (
            "[]",
            ": expected an object with pub, sub and resp, found a list",
        ),
        (
            r#"{"pub": [["a"], []]}"#,
            ".pub: expected an object with allow and deny, found a list",
        ),
        (
            r#"{"sub": [["a"], []]}"#,
            ".sub: expected an object with allow and deny, found a list",
        ),
        (
            r#"{"resp": [1, 0]}"#,
            ".resp: expected an object with max and ttl, found a list",
        ),
    ] {
        let bob = format!(
            "{{\n\"bob\": {{\"pass\": \"b\", \"account\": \"APP\", \"permissions\": {permissions}}}}}"
        );
        let text = format!("users.json, line 2: bob.permissions{entry}");
        assert_eq!(fault(&bob), Some(text));
    }
}

#[test]
fn a_hash_is_not_taken_for_a_password() {
    for (hash, prefix) in [
        ("$2a$11$uXwYdBoaFA", "$2a$"),
        ("$2b$11$uXwYdBoaFA", "$2b$"),
        ("$2y$11$uXwYdBoaFA", "$2y$"),
        ("$argon2id$v=19$m=1", "$argon2"),
        ("$scrypt$ln=16$uXwY", "$scrypt$"),
        ("$pbkdf2-sha256$uXwY", "$pbkdf2"),
        ("$1$uXwY$dBoaFA", "$1$"),
        ("$5$uXwY$dBoaFA", "$5$"),
        ("$6$uXwY$dBoaFA", "$6$"),
        ("{SSHA}uXwYdBoaFA", "{SSHA}"),
        ("{SHA}uXwYdBoaFA", "{SHA}"),
        ("{crypt}uXwYdBoaFA", "{CRYPT}"),
    ] {
        let users = format!("{{\n\"bob\": {{\"account\": \"APP\",\n\"pass\": \"{hash}\"\n}}}}");
        let text = format!(
            "users.json, line 3: bob.pass: this is a hash ({prefix}...), and the policy compares \
             plain text: whoever shows the hash would be admitted; write the password itself"
        );
        assert_eq!(fault(&users), Some(text));
    }
}

#[test]
fn a_password_may_have_the_letters_of_a_hash() {
    for pass in [
        "$", "$2", "$2a", "a$2a$", "{SHA", "$ecret$", "{shark}", "$ü", "§2a§",
    ] {
        let users = format!(r#"{{"bob": {{"pass": "{pass}", "account": "APP"}}}}"#);
        assert_eq!(fault(&users), None, "{pass}");
    }
}

#[test]
fn a_user_who_is_there_twice_is_refused() {
    let bob = r#""bob": {"pass": "b", "account": "APP"}"#;
    let twice = fault(&format!("{{{bob},\n{bob}}}"));
    assert_eq!(
        twice.as_deref(),
        Some(r#"users.json, line 2: user "bob" appears twice"#)
    );
}

#[test]
fn a_missing_file_is_asked_for() {
    let configured = Directory::configure(&testing::settings().build());
    let fault = configured.err().unwrap().to_string();
    let wanted = "users.json: the policy needs this data file: give it with --data";
    assert!(fault.starts_with(wanted), "{fault}");
}

#[test]
fn the_users_of_the_readme_and_of_the_demo_have_no_fault() {
    let readme = include_str!("../README.md");
    let (_, json) = readme.split_once("```json").unwrap();
    let (json, _) = json.split_once("```").unwrap();
    for users in [json, include_str!("../users.json")] {
        assert_eq!(fault(users), None);
    }
}
