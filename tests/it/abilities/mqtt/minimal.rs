use portcullis_model::SubjectRules;
use rstest::rstest;
use serde_json::Value;

use super::{TOPICS, Topics, World, rules, sentence};
use crate::abilities::cases::entry;

/// A sentence, a subject that it has, and the name of a user who lacks it and nothing else.
struct Lack {
    topics: &'static Topics,
    publish: bool,
    subject: String,
    name: String,
}

#[rstest]
#[case::oldest("2.10.25", true)]
// It takes the leave for its own subjects for granted.
#[case::newest("2.15.1", false)]
#[tokio::test(flavor = "multi_thread")]
async fn no_subject_of_a_topic_can_be_missed(#[case] version: &str, #[case] own_subjects: bool) {
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
