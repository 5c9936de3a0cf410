//! MQTT topics, converted to subjects as nats-server does it (`mqttToNATSSubjectConversion` in its `mqtt.go`).

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};
use portcullis_model::{Transport, quoted};

#[derive(Debug, PartialEq)]
pub(super) enum Mqtt {
    Publish(String),
    Subscribe(String),
}

/// On these subjects, servers deliver messages of quality of service 1 and 2 to their MQTT clients, and ask whether a delivery
/// of quality 2 is complete. From 2.11.15 and 2.12.6 on, no permission is needed for them. A client of another transport could
/// read the deliveries of others there; an MQTT client cannot subscribe to the first of them by name.
const DELIVERIES: [&str; 2] = ["$MQTT.sub.>", "$MQTT.deliver.pubrel.>"];

impl Mqtt {
    /// `mqtt subscribe +` is refused. A client that may subscribe to `+` may also subscribe to `#`: unlike `a/#`, which needs
    /// `a`, it needs no level above. And a denial of the deeper levels would also deny the deliveries.
    pub(super) fn parse(words: &[&str]) -> Result<Self, AbilityError> {
        match *words {
            ["publish", filter] => Ok(Self::Publish(subject(filter)?)),
            ["subscribe", "+"] => Err(fault(
                "+",
                "cannot be kept from reaching what lies deeper; write # or name the topics",
            )),
            ["subscribe", filter] => Ok(Self::Subscribe(subject(filter)?)),
            [verb @ ("publish" | "subscribe"), ..] => Err(AbilityError(format!(
                "write \"mqtt {verb} TOPIC-FILTER\"; nats-server does not accept topics with white space"
            ))),
            _ => Err(AbilityError::unknown()),
        }
    }

    /// In MQTT, `a/#` also matches `a` (3.1.1, section 4.7.1.2).
    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        match self {
            Self::Publish(subject) => {
                // A topic is never empty, so `/#` has no level above.
                let above = level_up(subject).filter(|above| *above != EMPTY_LEVEL);
                let subjects = above.into_iter().chain([subject.as_str()]);
                needs.publish.extend(subjects.map(str::to_owned));
            }
            Self::Subscribe(subject) => {
                for subject in level_up(subject).into_iter().chain([subject.as_str()]) {
                    needs.subscribe(subject, None);
                }
                if addressing.transport == Some(Transport::Mqtt) {
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

/// Each level becomes a token. An empty level becomes `/`, and a dot within a level becomes `//`.
fn subject(filter: &str) -> Result<String, AbilityError> {
    if filter.is_empty() || filter.contains(names::is_blank) {
        return Err(fault(filter, "is empty or has white space"));
    }
    if filter.contains(['*', '>']) {
        return Err(fault(
            filter,
            "has * or >, which are not wildcards in MQTT; + is one level, # all that follow",
        ));
    }
    let levels: Vec<&str> = filter.split('/').collect();
    let last = levels.len().saturating_sub(1);
    let mut tokens = Vec::with_capacity(levels.len());
    for (index, level) in levels.iter().enumerate() {
        tokens.push(match *level {
            "" => EMPTY_LEVEL.to_owned(),
            "+" => "*".to_owned(),
            "#" if index == last => ">".to_owned(),
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
