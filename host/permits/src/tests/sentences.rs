//! Which sentences are understood, and the errors for those that are not.

use rstest::rstest;

use super::{can, compile, refused};

#[rstest]
#[case("publish orders.new")]
#[case("publish >")]
#[case("subscribe orders.*")]
#[case("subscribe orders.* workers")]
#[case("subscribe orders.* v1.>")]
#[case("request orders.new")]
#[case("reply orders.>")]
#[case("reply orders.> workers")]
#[case("service offer billing-2_b")]
#[case("service find")]
#[case("service find billing")]
#[case("stream publish orders.>")]
#[case("stream view ORDERS")]
#[case("stream consume ORDERS")]
#[case("stream consume Bestellungen-für_{alle}#1 $c'\"")]
#[case("stream manage ORDERS")]
#[case("kv read settings")]
#[case("kv read settings >")]
#[case("kv read settings site.> a.*.b /x=1-y_z")]
#[case("kv write settings site.>")]
#[case("kv manage settings")]
#[case("object read assets")]
#[case("object write assets")]
#[case("object manage assets")]
#[case("mqtt publish sensors/+/temperature")]
#[case("mqtt subscribe sensors/#")]
fn a_sentence_is_understood(#[case] sentence: &str) {
    assert!(compile(&can(&[sentence]), None).is_ok(), "{sentence}");
}

#[rstest]
#[case("", "exactly one space")]
#[case(" publish a", "exactly one space")]
#[case("publish  a", "exactly one space")]
#[case("Publish a", "no such ability; there are: publish SUBJECT")]
#[case("kv", "no such ability")]
#[case("kv delete b", "no such ability")]
#[case("stream", "no such ability")]
#[case("service start x", "no such ability")]
#[case("mqtt", "no such ability")]
#[case("object", "no such ability")]
#[case("publish", "write \"publish SUBJECT\"")]
#[case("publish a queue", "write \"publish SUBJECT\"")]
#[case("subscribe a b c", "write \"subscribe SUBJECT [QUEUE]\"")]
#[case("request a b", "write \"request SUBJECT\"")]
#[case("reply", "write \"reply SUBJECT [QUEUE]\"")]
#[case("service offer", "write \"service offer NAME\"")]
#[case("service find a b", "write \"service find [NAME]\"")]
#[case("stream consume", "write \"stream consume STREAM [CONSUMER]\"")]
#[case("stream view a b", "write \"stream view STREAM\"")]
#[case("kv read", "write \"kv read BUCKET [KEY...]\"")]
#[case("kv manage b k", "write \"kv manage BUCKET\"")]
#[case("object read b name", "the server does not know objects")]
#[case("mqtt publish a b", "does not accept topics with white space")]
#[case("publish a..b", "subject \"a..b\" is not a subject")]
#[case("publish a.>.b", "is not a subject")]
#[case("publish a\tb", "is not a subject")]
#[case("subscribe a queue..x", "queue \"queue..x\" is not a subject")]
#[case("service offer a.b", "not a name of a service")]
#[case("service find größe", "not a name of a service")]
#[case("stream view a.b", "stream \"a.b\" has one of . * > / \\")]
#[case("stream view *", "stream \"*\" has one of")]
#[case("stream consume a/b", "has one of")]
#[case("stream consume S c\\d", "consumer \"c\\\\d\" has one of")]
#[case("stream manage a\u{85}b", "white space or control characters")]
#[case("kv read a.b", "bucket \"a.b\" has one of")]
#[case("kv read b a..b", "key \"a..b\" is not a subject")]
#[case("kv read b a.*", "key \"a.*\" ends with *")]
#[case("kv write b *", "key \"*\" ends with *")]
#[case("object write a>b", "bucket \"a>b\" has one of")]
#[case("mqtt subscribe a.b/*", "not wildcards in MQTT")]
#[case("mqtt subscribe +", "what lies deeper; write #")]
#[case("mqtt subscribe a/#/b", "wildcard inside a level")]
#[case("mqtt subscribe a+/b", "wildcard inside a level")]
fn a_wrong_sentence_is_quoted_with_its_correction(#[case] sentence: &str, #[case] names: &str) {
    let text = refused(&can(&["publish good", sentence]));
    assert!(text.contains(&format!("ability {sentence:?}")), "{text}");
    assert!(text.contains(names), "{text}");
}

#[test]
fn names_are_at_most_as_long_as_the_server_accepts() {
    let sentence = |form: &str, length: usize| format!("{form} {}", "n".repeat(length));
    for (form, most) in [
        ("stream view", 255),
        ("kv read", 252),
        ("object read", 251),
        ("stream consume S", 255),
    ] {
        assert!(
            compile(&can(&[&sentence(form, most)]), None).is_ok(),
            "{form}"
        );
        let text = refused(&can(&[&sentence(form, most + 1)]));
        assert!(
            text.contains(&format!("longer than {most} bytes")),
            "{text}"
        );
    }
}
