use rstest::rstest;

use super::{TOPICS, World, sentence, user};

#[rstest]
#[case::oldest("2.10.25")]
#[case::before("2.12.8")]
#[case::newest("2.15.1")]
#[tokio::test(flavor = "multi_thread")]
async fn an_ability_is_enough_for_its_topics(#[case] version: &str) {
    let users = TOPICS.iter().flat_map(|topics| {
        ["publish", "subscribe"].map(|verb| {
            let sentence = sentence(verb, topics);
            user(&sentence, &[&sentence])
        })
    });
    let mut world = World::start(version, users.collect()).await;
    let mut tried = 0;
    for topics in &TOPICS {
        let publisher = sentence("publish", topics);
        let published = world.try_publishing(&publisher, topics).await;
        tried += published.unwrap_or_else(|fault| panic!("{publisher}: {fault}"));
        let subscriber = sentence("subscribe", topics);
        let subscribed = world.try_subscribing(&subscriber, topics).await;
        tried += subscribed.unwrap_or_else(|fault| panic!("{subscriber}: {fault}"));
    }
    println!("nats-server {version}: {tried} uses of topics");
}
