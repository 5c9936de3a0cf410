use portcullis_tests::mqtt::{Connection, REFUSED};
use portcullis_tests::raw;
use rstest::rstest;

use super::{World, until, user};

/// Not covered by `rooms/+`.
const OTHER_TOPICS: [&str; 8] = [
    "rooms",
    "halls",
    "halls/a",
    "rooms/a/b",
    "/rooms/a",
    "rooms.a",
    "Rooms/a",
    "rooms//",
];

/// Wider than `rooms/+`, or beside it, or the server's own.
const OTHER_FILTERS: [&str; 20] = [
    "rooms/#",
    "#",
    "+",
    "rooms",
    "halls/+",
    "rooms/a/b",
    "rooms/a/#",
    "+/a",
    "+/+",
    "/rooms/+",
    "rooms/+/+",
    "+/#",
    "$MQTT/#",
    "$MQTT/sub/+",
    "$MQTT/sub/#",
    "$MQTT/msgs/#",
    "$MQTT/rmsgs/#",
    "$MQTT/deliver/pubrel/#",
    "$SYS/#",
    "$JS/#",
];

#[rstest]
#[case::oldest("2.10.25")]
#[case::before("2.12.8")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn an_ability_allows_no_other_topic(#[case] version: &str) {
    let can = [
        user("publisher", &["mqtt publish rooms/+"]),
        user("subscriber", &["mqtt subscribe rooms/+"]),
    ];
    let mut world = World::start(version, can.into_iter().collect()).await;
    let mut publisher = world.client("publisher").await;
    for topic in OTHER_TOPICS {
        for how in [(0, false), (1, false), (2, false), (0, true), (1, true)] {
            let arrived = world.publish(&mut publisher, topic, how).await;
            assert_eq!(arrived, None, "{topic} {how:?}");
        }
        assert_eq!(world.retained(topic).await, None, "{topic}");
    }
    // The connection works.
    let arrived = world.publish(&mut publisher, "rooms/a", (1, false)).await;
    assert_eq!(arrived.as_deref(), Some("rooms.a"));
    let mut subscriber = world.client("subscriber").await;
    for filter in OTHER_FILTERS {
        for qos in 0..=2 {
            assert_eq!(subscriber.subscribe(filter, qos).await, REFUSED, "{filter}");
        }
    }
    assert_eq!(subscriber.subscribe("rooms/+", 2).await, 2);
    let arrived = world.publish(&mut subscriber, "rooms/a", (1, false)).await;
    assert_eq!(arrived, None);
}

/// Servers deliver to their MQTT clients on subjects of their own, and no other client may subscribe there.
#[rstest]
#[case::oldest("2.10.25")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn the_same_user_receives_no_deliveries_over_the_nats_protocol(#[case] version: &str) {
    let users = [user("subscriber", &["mqtt subscribe rooms/+"])];
    let world = World::start(version, users.into_iter().collect()).await;
    let address = world.bed.server.address();
    let connection = raw::Connection::open(&address).await;
    let mut connection = connection.expect("connected");
    let admitted = connection.log_in("subscriber", "subscriber").await;
    admitted.expect("admitted");
    assert_eq!(connection.subscribe("rooms.*").await, Ok(()));
    for subject in [
        ">",
        "$MQTT.>",
        "$MQTT.sub.>",
        "$MQTT.sub.*",
        "$MQTT.deliver.pubrel.*",
    ] {
        let refused = connection.subscribe(subject).await;
        assert!(refused.is_err(), "{subject}");
    }
}

/// The filter `rooms/#` is accepted if `rooms/+` and `rooms` are allowed, and deeper levels are denied. Servers before 2.15.0
/// overlook denials when they deliver with a quality of service above 0, and for retained messages.
#[rstest]
#[case::oldest("2.10.25", true)]
#[case::before("2.12.8", true)]
#[case::newest("2.15.1", false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_last_plus_is_one_level(#[case] version: &str, #[case] overlooks_denials: bool) {
    let users = [
        user(
            "levels",
            &["mqtt subscribe rooms/+", "mqtt subscribe rooms"],
        ),
        user("everything", &["mqtt subscribe rooms/#"]),
    ];
    let mut world = World::start(version, users.into_iter().collect()).await;
    for (name, qos, hears) in [
        ("everything", 0, true),
        ("levels", 0, false),
        ("levels", 1, overlooks_denials),
        ("levels", 2, overlooks_denials),
    ] {
        let mut client = world.client(name).await;
        assert_eq!(client.subscribe("rooms/#", qos).await, qos, "{name}");
        let heard = hears_deeper(&mut world, &mut client, qos).await;
        assert_eq!(heard, hears, "{name} with quality {qos}");
    }
    let kept = world.unique();
    world.mqtt.publish("rooms/deep/kept", &kept, 1, true).await;
    while world.retained("rooms/deep/kept").await.as_ref() != Some(&kept) {}
    let mut client = world.client("levels").await;
    assert_eq!(client.subscribe("rooms/#", 0).await, 0);
    let arrived = client.arrived().await;
    let heard = arrived.iter().any(|message| message.payload == kept);
    assert_eq!(heard, overlooks_denials);
}

/// Whether a message two levels down arrives before one that is one level down and was published later.
async fn hears_deeper(world: &mut World, client: &mut Connection, qos: u8) -> bool {
    let (deep, mark) = (world.unique(), world.unique());
    world.mqtt.publish("rooms/deep/er", &deep, qos, false).await;
    world.mqtt.publish("rooms/mark", &mark, qos, false).await;
    loop {
        let message = client.message().await;
        if message.payload == deep {
            until(client, &mark).await;
            return true;
        }
        if message.payload == mark {
            return false;
        }
    }
}

/// Servers before 2.15.0 accept the subscription, but deliver nothing to it.
#[rstest]
#[case::oldest("2.10.25")]
#[case::before("2.12.8")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_receives_no_deliveries_to_others(#[case] version: &str) {
    let users = [user("subscriber", &["mqtt subscribe rooms/+"])];
    let mut world = World::start(version, users.into_iter().collect()).await;
    let mut subscriber = world.client("subscriber").await;
    for qos in 0..=2 {
        subscriber.subscribe("$MQTT/deliver/pubrel/+", qos).await;
    }
    let mut other = world.client("admin").await;
    other.subscribe("halls/a", 2).await;
    let secret = world.unique();
    world.mqtt.publish("halls/a", &secret, 2, false).await;
    until(&mut other, &secret).await;
    assert_eq!(subscriber.arrived().await, []);
}
