//! Subjects that a policy reads from its settings or data, checked as the host checks a grant.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};

use crate::abilities::Name;
use crate::parsed::parsed;
use crate::{Error, Result};

/// The longest entry of a list, with its queue.
const ENTRY_BYTES_MAX: usize = 1_024;

/// An entry of a list for publishing: one subject, with or without wildcards. For policies that
/// read subjects from their settings or data: parsing and deserializing check it, so that the
/// operator learns of a fault when the policy is loaded, and not when a client is denied.
///
/// ```
/// use portcullis_sdk::{Grant, Subject};
///
/// let orders: Subject = "orders.*".parse()?;
/// let grant = Grant::account("APP").publish([orders]);
///
/// let fault = "orders..new".parse::<Subject>().unwrap_err();
/// assert_eq!(
///     fault.to_string(),
///     "\"orders..new\" has an empty token; dots only separate tokens"
/// );
/// # Ok::<(), portcullis_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(Box<str>);

/// An entry of a list for subscribing: `subject`, or `subject queue`. Checked like [`Subject`].
///
/// ```
/// use portcullis_sdk::Subscription;
///
/// assert!("jobs.> workers".parse::<Subscription>().is_ok());
/// assert!("jobs.> workers others".parse::<Subscription>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription(Box<str>);

macro_rules! checked {
    ($name:ident, $fault:ident) => {
        impl $name {
            /// The entry.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(entry: &str) -> Result<Self> {
                match $fault(entry) {
                    Some(fault) => Err(Error::new(format_args!("{entry:?} {fault}"))),
                    None => Ok(Self(entry.into())),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(entry: $name) -> Self {
                entry.0.into_string()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parsed(deserializer)
            }
        }
    };
}

checked!(Subject, subject_fault);
checked!(Subscription, subscription_fault);

/// Why the host would refuse the entry, in words that follow it.
fn subject_fault(entry: &str) -> Option<&'static str> {
    if entry.is_empty() {
        return Some("is empty; write a subject");
    }
    if entry.contains(is_blank) {
        return Some(
            "has white space or control characters; write each subject as an entry of its own",
        );
    }
    Name::Subject.fault(entry)
}

fn subscription_fault(entry: &str) -> Option<&'static str> {
    let Some((subject, queue)) = entry.split_once(' ') else {
        return subject_fault(entry);
    };
    let parts = [subject, queue];
    if parts
        .iter()
        .any(|part| part.is_empty() || part.contains(is_blank))
    {
        return Some(
            "has white space or control characters; write \"subject\" or \"subject queue\"",
        );
    }
    if entry.len() > ENTRY_BYTES_MAX {
        return Some("is longer than 1,024 bytes");
    }
    Name::Subject
        .fault(subject)
        .or_else(|| Name::Queue.fault(queue))
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str =
        "has white space or control characters; write each subject as an entry of its own";
    const QUEUE: &str =
        "has white space or control characters; write \"subject\" or \"subject queue\"";

    #[test]
    fn what_the_host_understands_is_a_subject() {
        for subject in [
            "a",
            "a.b",
            "*",
            ">",
            "a.*.>",
            "$JS.API.INFO",
            "ü.{{name}}.>",
        ] {
            assert_eq!(subject.parse::<Subject>().unwrap().as_str(), subject);
            assert_eq!(subject.parse::<Subscription>().unwrap().as_str(), subject);
        }
        for subscription in ["a q", "jobs.> workers.*", "> >"] {
            assert_eq!(
                String::from(subscription.parse::<Subscription>().unwrap()),
                subscription
            );
        }
    }

    #[test]
    fn what_the_host_would_refuse_is_named_with_its_mend() {
        for (entry, fault) in [
            ("", "is empty; write a subject"),
            ("a..b", "has an empty token; dots only separate tokens"),
            (
                "foo*",
                "has a wildcard inside a token; \"*\" and \">\" are tokens of their own",
            ),
            (
                "a.>.b",
                "has \">\" before its end; \">\" is the last token or none",
            ),
            ("a\tb", OWN),
            ("a\u{2003}b", OWN),
            ("a\0", OWN),
        ] {
            let expected = format!("{entry:?} {fault}");
            assert_eq!(entry.parse::<Subject>().unwrap_err().to_string(), expected);
            assert_eq!(
                entry.parse::<Subscription>().unwrap_err().to_string(),
                expected
            );
        }
        let spaced = "a.> b.>".parse::<Subject>().unwrap_err().to_string();
        assert_eq!(spaced, format!("\"a.> b.>\" {OWN}"));
    }

    #[test]
    fn a_subscription_has_one_queue_at_most() {
        for (entry, fault) in [
            ("a b c", QUEUE),
            ("a ", QUEUE),
            (" a", QUEUE),
            ("a  b", QUEUE),
            ("a b\t", QUEUE),
            ("a q..r", "has an empty token; dots only separate tokens"),
        ] {
            let found = entry.parse::<Subscription>().unwrap_err().to_string();
            assert_eq!(found, format!("{entry:?} {fault}"));
        }
        let long = format!("{} {}", "a".repeat(1_000), "q".repeat(24));
        assert!(long.parse::<Subscription>().is_err());
    }
}
