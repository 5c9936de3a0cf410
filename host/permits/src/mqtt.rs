//! MQTT topics, as the subjects that nats-server makes of them (`mqttToNATSSubjectConversion` in its `mqtt.go`).

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};
use portcullis_model::{Transport, quoted};

#[derive(Debug, PartialEq)]
pub(super) enum Mqtt {
    Publish(String),
    Subscribe(String),
}

/// Where servers deliver to their MQTT clients what was published with a quality of service of 1 or 2, and ask whether
/// a delivery of quality 2 is complete. From 2.11.15 and 2.12.6 on they take the leave for granted. A client of another transport
/// would read there what is delivered to others; an MQTT client cannot name the first of them.
const DELIVERIES: [&str; 2] = ["$MQTT.sub.>", "$MQTT.deliver.pubrel.>"];

impl Mqtt {
    /// Whoever may subscribe to `+` may subscribe to `#`, which needs nothing above it, as `a/#` needs `a`. A denial of what lies
    /// deeper would deny the deliveries.
    pub(super) fn parse(words: &[&str]) -> Result<Self, AbilityError> {
        match *words {
            ["publish", filter] => Ok(Self::Publish(subject(filter)?)),
            ["subscribe", "+"] => Err(fault(
                "+",
                "cannot be kept from reaching what lies deeper; write # or name the topics",
            )),
            ["subscribe", filter] => Ok(Self::Subscribe(subject(filter)?)),
            [verb @ ("publish" | "subscribe"), ..] => Err(AbilityError(format!(
                "write \"mqtt {verb} TOPIC-FILTER\"; nats-server takes no topics with white space"
            ))),
            _ => Err(AbilityError::unknown()),
        }
    }

    /// In MQTT, `a/#` is also `a` (3.1.1, section 4.7.1.2).
    pub(super) fn add_to(&self, needs: &mut Needs, place: Addressing<'_>) {
        match self {
            Self::Publish(subject) => {
                // Topics are not empty: there is none above those that begin with a slash.
                let above = level_up(subject).filter(|above| *above != EMPTY_LEVEL);
                let subjects = above.into_iter().chain([subject.as_str()]);
                needs.publish.extend(subjects.map(str::to_owned));
            }
            Self::Subscribe(subject) => {
                for subject in level_up(subject).into_iter().chain([subject.as_str()]) {
                    needs.subscribe(subject, None);
                }
                if place.transport == Some(Transport::Mqtt) {
                    for subject in DELIVERIES {
                        needs.subscribe(subject, None);
                    }
                }
            }
        }
    }
}

const EMPTY_LEVEL: &str = "/";

fn level_up(subject: &str) -> Option<&str> {
    subject.strip_suffix(".>")
}

/// A level becomes a token. A level that is empty is written `/`, and a dot within a level `//`.
fn subject(filter: &str) -> Result<String, AbilityError> {
    if filter.is_empty() || filter.contains(names::is_blank) {
        return Err(fault(filter, "is empty or has white space"));
    }
    if filter.contains(['*', '>']) {
        return Err(fault(
            filter,
            "has * or >, which are no wildcards in MQTT; + is one level, # all that follow",
        ));
    }
    let levels: Vec<&str> = filter.split('/').collect();
    let inner = levels.len().saturating_sub(1);
    let mut tokens = Vec::with_capacity(levels.len());
    for (index, level) in levels.iter().enumerate() {
        tokens.push(match *level {
            "" => EMPTY_LEVEL.to_owned(),
            "+" => "*".to_owned(),
            "#" if index == inner => ">".to_owned(),
            level if level.contains(['+', '#']) => {
                return Err(fault(
                    filter,
                    "has a wildcard inside a level; + is a level of its own, # the last one",
                ));
            }
            level => level.replace('.', "//"),
        });
    }
    Ok(tokens.join("."))
}

fn fault(filter: &str, text: &str) -> AbilityError {
    AbilityError(format!("topic {:?} {text}", quoted(filter)))
}
