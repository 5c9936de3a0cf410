//! Core NATS: publish, subscribe, request, reply.

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};

#[derive(Debug, PartialEq)]
pub(super) enum Messages<'a> {
    Publish(&'a str),
    Subscribe {
        subject: &'a str,
        queue: Option<&'a str>,
    },
    Request(&'a str),
    Reply {
        subject: &'a str,
        queue: Option<&'a str>,
    },
}

impl<'a> Messages<'a> {
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, AbilityError> {
        match *words {
            ["publish", subject] => Ok(Self::Publish(names::pattern("subject", subject)?)),
            ["request", subject] => Ok(Self::Request(names::pattern("subject", subject)?)),
            ["subscribe", subject, ref queue @ ..] if queue.len() < 2 => {
                let (subject, queue) = subscription(subject, queue)?;
                Ok(Self::Subscribe { subject, queue })
            }
            ["reply", subject, ref queue @ ..] if queue.len() < 2 => {
                let (subject, queue) = subscription(subject, queue)?;
                Ok(Self::Reply { subject, queue })
            }
            ["publish", ..] => Err(AbilityError::form("publish SUBJECT")),
            ["subscribe", ..] => Err(AbilityError::form("subscribe SUBJECT [QUEUE]")),
            ["request", ..] => Err(AbilityError::form("request SUBJECT")),
            ["reply", ..] => Err(AbilityError::form("reply SUBJECT [QUEUE]")),
            _ => Err(AbilityError::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        match *self {
            Self::Publish(subject) => needs.publish(subject),
            Self::Subscribe { subject, queue } => needs.subscribe(subject, queue),
            Self::Request(subject) => {
                needs.publish(subject);
                needs.receive_replies(addressing);
            }
            Self::Reply { subject, queue } => {
                needs.subscribe(subject, queue);
                needs.replies = true;
            }
        }
    }
}

fn subscription<'a>(
    subject: &'a str,
    queue: &[&'a str],
) -> Result<(&'a str, Option<&'a str>), AbilityError> {
    let subject = names::pattern("subject", subject)?;
    let queue = queue.first().map(|queue| names::pattern("queue", queue));
    Ok((subject, queue.transpose()?))
}
