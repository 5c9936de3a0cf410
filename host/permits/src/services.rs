//! NATS micro services: offering and finding them (ADR-32). For the subjects of a service's endpoints, policies use `reply`
//! and `request`.

use super::ability_error::AbilityError;
use super::names;
use super::needs::{Addressing, Needs};

#[derive(Debug, PartialEq)]
pub(super) enum Services<'a> {
    Offer(&'a str),
    /// All services, or the one with this name.
    Find(Option<&'a str>),
}

/// The requests that every service answers.
const VERBS: [&str; 3] = ["PING", "INFO", "STATS"];

impl<'a> Services<'a> {
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, AbilityError> {
        match *words {
            ["offer", name] => Ok(Self::Offer(names::service(name)?)),
            ["find"] => Ok(Self::Find(None)),
            ["find", name] => Ok(Self::Find(Some(names::service(name)?))),
            ["offer", ..] => Err(AbilityError::form("service offer NAME")),
            ["find", ..] => Err(AbilityError::form("service find [NAME]")),
            _ => Err(AbilityError::unknown()),
        }
    }

    /// A service listens for requests to all services, to all services of its name, and to itself alone.
    pub(super) fn add_to(&self, needs: &mut Needs, addressing: Addressing<'_>) {
        for verb in VERBS {
            match self {
                Self::Offer(name) => {
                    needs.subscribe(format!("$SRV.{verb}"), None);
                    needs.subscribe(format!("$SRV.{verb}.{name}"), None);
                    needs.subscribe(format!("$SRV.{verb}.{name}.*"), None);
                }
                Self::Find(None) => {
                    needs.publish(format!("$SRV.{verb}"));
                    needs.publish(format!("$SRV.{verb}.>"));
                }
                Self::Find(Some(name)) => {
                    needs.publish(format!("$SRV.{verb}.{name}"));
                    needs.publish(format!("$SRV.{verb}.{name}.*"));
                }
            }
        }
        match self {
            Self::Offer(_) => needs.replies = true,
            Self::Find(_) => needs.receive_replies(addressing),
        }
    }
}
