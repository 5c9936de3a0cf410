use super::*;
use crate::{Grant, allow, testing};

/// The sentences of a call. The host has to understand each of them.
fn said(abilities: impl Abilities) -> Vec<String> {
    let sentences = abilities.sentences();
    testing::check(&allow(Grant::account("APP").can(sentences.clone()))).unwrap();
    sentences
}

fn fault(sentence: &str) -> String {
    sentence.parse::<Ability>().unwrap_err().to_string()
}

#[test]
fn messages_are_said() {
    assert_eq!(said(publish("orders.new")), ["publish orders.new"]);
    assert_eq!(said(request("orders.*")), ["request orders.*"]);
    assert_eq!(said(subscribe("jobs.>")), ["subscribe jobs.>"]);
    assert_eq!(
        said(subscribe("jobs").queue("workers")),
        ["subscribe jobs workers"]
    );
    assert_eq!(said(reply("time")), ["reply time"]);
    assert_eq!(said(reply("time").queue("clocks")), ["reply time clocks"]);
}

#[test]
fn services_are_said() {
    assert_eq!(said(service("clock").offer()), ["service offer clock"]);
    assert_eq!(said(service("clock").find()), ["service find clock"]);
    assert_eq!(said(services().find()), ["service find"]);
    assert_eq!(
        said(service("clock").offer().find()),
        ["service offer clock", "service find clock"]
    );
}

#[test]
fn streams_are_said() {
    assert_eq!(
        said(stream_publish("orders.>")),
        ["stream publish orders.>"]
    );
    assert_eq!(said(stream("ORDERS").view()), ["stream view ORDERS"]);
    assert_eq!(said(stream("ORDERS").consume()), ["stream consume ORDERS"]);
    assert_eq!(
        said(stream("ORDERS").view().consume_only("billing").manage()),
        [
            "stream view ORDERS",
            "stream consume ORDERS billing",
            "stream manage ORDERS"
        ]
    );
}

#[test]
fn buckets_are_said() {
    assert_eq!(said(kv("b").read()), ["kv read b"]);
    assert_eq!(
        said(kv("b").read().write().manage()),
        ["kv read b", "kv write b", "kv manage b"]
    );
    assert_eq!(
        said(kv("b").keys(["x.>", "y.*.z"]).read().write()),
        ["kv read b x.> y.*.z", "kv write b x.> y.*.z"]
    );
    assert_eq!(
        said(object("files").read().write().manage()),
        [
            "object read files",
            "object write files",
            "object manage files"
        ]
    );
}

#[test]
fn topics_are_said() {
    assert_eq!(
        said(mqtt("lamps/+/state").publish().subscribe()),
        ["mqtt publish lamps/+/state", "mqtt subscribe lamps/+/state"]
    );
    assert_eq!(
        said(mqtt("/a.b//#").subscribe()),
        ["mqtt subscribe /a.b//#"]
    );
}

#[test]
fn several_abilities_are_said_in_their_order() {
    assert_eq!(said(["publish a", "publish b"]), ["publish a", "publish b"]);
    assert_eq!(
        said(vec![publish("a"), request("b")]),
        ["publish a", "request b"]
    );
    let parsed: Vec<Ability> = vec!["publish a".parse().unwrap()];
    assert_eq!(said(parsed.as_slice()), ["publish a"]);
    assert_eq!(said(format!("kv read {}", "b")), ["kv read b"]);
}

#[test]
fn no_keys_are_not_all_keys() {
    assert_eq!(said(kv("b").keys([""; 0]).read().write()), [""; 0]);
}

/// Without the check, the first would be read as the key `bucket` of the bucket `my`.
#[test]
fn a_name_that_would_be_read_as_others_gives_no_ability() {
    for (sentences, expected) in [
        (
            kv("my bucket").read().sentences(),
            r#"invalid name "my bucket" for kv read"#,
        ),
        (
            kv("").write().sentences(),
            r#"invalid name "" for kv write"#,
        ),
        (
            kv("b").keys(["a", "b >"]).read().sentences(),
            r#"invalid name "b >" for kv read"#,
        ),
        (
            kv("b").keys(["a", ""]).read().sentences(),
            r#"invalid name "" for kv read"#,
        ),
        (
            subscribe("a\tb").sentences(),
            r#"invalid name "a\tb" for subscribe"#,
        ),
        (
            subscribe("a").queue("").sentences(),
            r#"invalid name "" for subscribe"#,
        ),
        (
            request("a\u{2003}b").sentences(),
            r#"invalid name "a\u{2003}b" for request"#,
        ),
        (
            stream("S").consume_only("c d").sentences(),
            r#"invalid name "c d" for stream consume"#,
        ),
        (
            service("").find().sentences(),
            r#"invalid name "" for service find"#,
        ),
        (
            object("a b").read().sentences(),
            r#"invalid name "a b" for object read"#,
        ),
        (
            mqtt("a b").publish().sentences(),
            r#"invalid name "a b" for mqtt publish"#,
        ),
    ] {
        assert_eq!(sentences, [expected]);
        assert!(fault(expected).contains("is not an ability; use publish,"));
    }
}

#[test]
fn a_sentence_of_another_form_is_refused_with_the_right_ones() {
    for (sentence, right) in [
        (
            "",
            "publish, subscribe, request, reply, service, stream, kv, object or mqtt",
        ),
        (
            "Publish a",
            "publish, subscribe, request, reply, service, stream, kv, object or mqtt",
        ),
        ("publish", "publish SUBJECT"),
        ("publish a b", "publish SUBJECT"),
        ("subscribe a b c", "subscribe SUBJECT [QUEUE]"),
        ("service", "service offer NAME or service find [NAME]"),
        ("service offer", "service offer NAME or service find [NAME]"),
        (
            "kv manage b k",
            "kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET",
        ),
        (
            "mqtt publish",
            "mqtt publish TOPIC-FILTER or mqtt subscribe TOPIC-FILTER",
        ),
    ] {
        let expected = format!("{sentence:?} is not an ability; use {right}");
        assert_eq!(fault(sentence), expected);
    }
}

#[test]
fn a_name_that_cannot_exist_is_refused_with_the_reason() {
    let long = "b".repeat(253);
    for (sentence, reason) in [
        ("publish a..b", r#""a..b" has an empty token"#),
        ("publish a.>.b", r#""a.>.b" has ">" before its end"#),
        ("publish a.b*", r#""a.b*" has a wildcard inside a token"#),
        ("publish  a", "separate words by one space"),
        ("subscribe a ", "separate words by one space"),
        (" kv read b", "separate words by one space"),
        ("reply a w..", r#""w.." has an empty token"#),
        ("stream view a.b", r#""a.b" has one of . * > / \"#),
        ("stream consume S c/d", r#""c/d" has one of . * > / \"#),
        ("kv read a.b", r#""a.b" has one of . * > / \"#),
        (
            "kv read b a.*",
            r#""a.*" ends with *, which would also reach"#,
        ),
        ("kv write b *", r#""*" ends with *, which would also reach"#),
        ("kv read b x .y", r#"".y" has an empty token"#),
        (&format!("kv write {long}"), "is too long"),
        ("object manage a/b", r#""a/b" has one of . * > / \"#),
        ("service offer a.b", r#""a.b" is not a service name"#),
        (
            "mqtt publish a/b+",
            r#""a/b+" has a wildcard inside a level"#,
        ),
        ("mqtt subscribe #/a", r##""#/a" has "#" before its end"##),
        ("mqtt subscribe a/*", r#""a/*" has * or >"#),
        ("mqtt subscribe +", r#""+" would also reach"#),
    ] {
        let fault = fault(sentence);
        assert!(fault.contains(reason), "{fault}");
    }
}

#[test]
fn names_may_be_as_strange_as_the_server_allows() {
    for sentence in [
        "publish $SYS.REQ.>",
        "subscribe >",
        "subscribe jobs work.*",
        "stream view Bestellungen-ä_$1",
        "kv read a:b *.x >",
        "kv read b dev/1=x._-.>",
        "object read Körbe",
    ] {
        assert_eq!(sentence.parse::<Ability>().unwrap().as_str(), sentence);
    }
}
