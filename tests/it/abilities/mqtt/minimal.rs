use portcullis_model::SubjectRules;
use rstest::rstest;
use serde_json::Value;

use super::{TOPICS, Topics, World, rules, sentence};
use crate::abilities::cases::entry;

/// A sentence, one of its subjects, and the name of a user who lacks only that subject.
struct Lack {
    topics: &'static Topics,
    publish: bool,
    subject: String,
    name: String,
}

#[rstest]
#[case::oldest("2.10.25", true)]
// The newest server needs no permission for its own subjects.
#[case::newest("2.15.1", false)]
#[tokio::test(flavor = "multi_thread")]
async fn every_subject_of_a_topic_is_needed(#[case] version: &str, #[case] own_subjects: bool) {
    let (lacks, users): (Vec<Lack>, Vec<_>) = lacks().into_iter().unzip();
    let mut world = World::start(version, users.into_iter().collect()).await;
    let mut unneeded = Vec::new();
    for lack in &lacks {
        if lack.subject.starts_with("$MQTT.") && !own_subjects {
            continue;
        }
        let tried = if lack.publish {
            world.try_publishing(&lack.name, lack.topics).await
        } else {
            world.try_subscribing(&lack.name, lack.topics).await
        };
        match tried {
            Ok(_) => unneeded.push(&lack.name),
            Err(fault) => println!("{version} {}: {fault}", lack.name),
        }
    }
    assert!(unneeded.is_empty(), "nothing needs {unneeded:?}");
}

fn lacks() -> Vec<(Lack, (String, Value))> {
    let mut lacks = Vec::new();
    for topics in &TOPICS {
        for (verb, publish) in [("publish", true), ("subscribe", false)] {
            let sentence = sentence(verb, topics);
            let whole = rules(&[&sentence]);
            let list = |rules: &portcullis_model::Rules| -> SubjectRules {
                if publish {
                    rules.publish.clone()
                } else {
                    rules.subscribe.clone()
                }
            };
            for subject in list(&whole).allow {
                let mut rules = whole.clone();
                rules.publish.allow.retain(|entry| *entry != subject);
                rules.subscribe.allow.retain(|entry| *entry != subject);
                let name = format!("{sentence} without {subject}");
                let user = (name.clone(), entry(&name, &rules));
                let lack = Lack {
                    topics,
                    publish,
                    subject,
                    name,
                };
                lacks.push((lack, user));
            }
        }
    }
    lacks
}
