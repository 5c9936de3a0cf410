//! Core NATS: publish, subscribe, request, reply.

use super::names;
use super::needs::{Needs, Place};
use super::sentence::Fault;

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
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, Fault> {
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
            ["publish", ..] => Err(Fault::form("publish SUBJECT")),
            ["subscribe", ..] => Err(Fault::form("subscribe SUBJECT [QUEUE]")),
            ["request", ..] => Err(Fault::form("request SUBJECT")),
            ["reply", ..] => Err(Fault::form("reply SUBJECT [QUEUE]")),
            _ => Err(Fault::unknown()),
        }
    }

    pub(super) fn add_to(&self, needs: &mut Needs, place: Place<'_>) {
        match *self {
            Self::Publish(subject) => needs.publish(subject),
            Self::Subscribe { subject, queue } => needs.subscribe(subject, queue),
            Self::Request(subject) => {
                needs.publish(subject);
                needs.receive_replies(place);
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
) -> Result<(&'a str, Option<&'a str>), Fault> {
    let subject = names::pattern("subject", subject)?;
    let queue = queue.first().map(|queue| names::pattern("queue", queue));
    Ok((subject, queue.transpose()?))
}
