//! Spot checks of the tables. Tests against real servers prove that they have what client libraries need.

use rstest::rstest;

use super::{can, compile, list, rules};
use portcullis_model::{Access, Permissions, Transport};

#[test]
fn a_reader_of_some_keys_gets_no_subject_with_the_key_in_the_payload() {
    let publish = rules(&can(&["kv read b dev.001.>"])).publish.allow;
    for too_much in [
        "$JS.API.DIRECT.GET.KV_b",
        "$JS.API.STREAM.MSG.GET.KV_b",
        "$JS.API.CONSUMER.CREATE.KV_b",
        "$JS.API.CONSUMER.CREATE.KV_b.name",
        "$JS.API.DIRECT.GET.KV_b.$KV.b.dev.002.temp",
        "$JS.API.CONSUMER.CREATE.KV_b.name.$KV.b.>",
        "$KV.b.dev.001.temp",
    ] {
        let covered = |entry: &String| portcullis_model::subject::matches(entry, too_much);
        assert!(!publish.iter().any(covered), "{too_much}");
    }
}

#[test]
fn braces_in_a_name_are_ordinary_letters() {
    let publish = rules(&can(&["stream view {api}"])).publish.allow;
    assert!(publish.contains(&"$JS.API.STREAM.INFO.{api}".to_owned()));
}

#[test]
fn another_jetstream_api_prefix_comes_before_every_subject() {
    let access = Access::Only(Permissions {
        abilities: list(&["kv write b k"]),
        jetstream_api: Some("$JS.hub.API".into()),
        ..Permissions::default()
    });
    assert_eq!(
        rules(&access).publish.allow,
        [
            "$JS.hub.API.STREAM.INFO.KV_b",
            "$KV.b.k",
            "$JS.hub.API.$KV.b.k"
        ]
    );
}

/// The expected subjects are those that nats-server makes of these topics.
#[rstest]
#[case("a", "a")]
#[case("a/b", "a.b")]
#[case("/a", "/.a")]
#[case("a/", "a./")]
#[case("/", "/./")]
#[case("a//b", "a./.b")]
#[case("//", "/././")]
#[case("a.b", "a//b")]
#[case("a./b", "a//.b")]
#[case(".", "//")]
#[case("+", "*")]
#[case("/+/", "/.*./")]
#[case("a/+/+/b", "a.*.*.b")]
fn a_topic_becomes_the_same_subject_as_in_the_server(#[case] topic: &str, #[case] subject: &str) {
    let publish = rules(&can(&[&format!("mqtt publish {topic}")]))
        .publish
        .allow;
    assert_eq!(publish, [subject]);
}

#[test]
fn a_hash_also_matches_the_level_above() {
    let subscribe = rules(&can(&["mqtt subscribe a/#"])).subscribe.allow;
    assert_eq!(subscribe, ["a", "a.>"]);
    assert_eq!(rules(&can(&["mqtt subscribe #"])).subscribe.allow, [">"]);
}

#[test]
fn only_an_mqtt_client_may_subscribe_to_deliveries() {
    let access = can(&["mqtt subscribe a"]);
    let compiled = compile(&access, Some(Transport::Mqtt)).unwrap().unwrap();
    assert_eq!(
        compiled.rules().subscribe.allow,
        ["a", "$MQTT.sub.>", "$MQTT.deliver.pubrel.>"]
    );
    for other in [None, Some(Transport::Nats), Some(Transport::WebSocket)] {
        let compiled = compile(&access, other).unwrap().unwrap();
        assert_eq!(compiled.rules().subscribe.allow, ["a"]);
    }
}

#[test]
fn a_topic_that_begins_with_a_slash_has_no_level_above() {
    let publish = |sentence| rules(&can(&[sentence])).publish.allow;
    assert_eq!(publish("mqtt publish /#"), ["/.>"]);
    assert_eq!(publish("mqtt publish //#"), ["/./", "/./.>"]);
}
