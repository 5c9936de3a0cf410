use super::list::List;
use super::matcher::{Decider, Matcher, Verdict};
use super::needs::{Addressing, DEFAULT_API, DEFAULT_INBOX, Subscription};
use super::refusal::refusal;
use super::sentence::Ability;
use portcullis_model::subject::{covers, has_wildcard, overlaps, queue_matches, split_queue};
use portcullis_model::{Cause, Permissions, Rules};

/// Whether a client can do what a sentence says.
#[derive(Debug, PartialEq)]
pub struct AbilityCheck {
    /// Whether the client may use every subject that the sentence needs.
    pub allowed: bool,
    /// One check for each of these subjects, in the order of the sentence's family.
    pub lines: Vec<SubjectCheck>,
}

/// A subject that a sentence needs, and what decides about it.
#[derive(Debug, PartialEq)]
pub struct SubjectCheck {
    /// `PublishAllow`, `SubscribeAllow`, or `Responses` for replies, which have no subject.
    pub list: List,
    /// The subject. For a subscription in a queue group, a space and the queue follow.
    pub subject: String,
    pub verdict: Verdict,
    /// Entries that deny a part of an allowed subscription: messages that match them are not delivered.
    pub withheld: Vec<String>,
}

/// Checks whether a client with these rules can do what a sentence says.
///
/// `rules` are the signed rules. `None` stands for the defaults of the account, which are taken to allow everything.
/// `permissions` say which prefixes the inbox and the JetStream API have; without them, the defaults are used. A sentence that
/// publishes to a wildcard is allowed only if every matching subject is. Subjects that are reserved for servers do not count.
///
/// # Errors
///
/// The sentence is not an ability. The cause says what is wrong with it.
pub fn ask(
    sentence: &str,
    permissions: Option<&Permissions>,
    rules: Option<&Rules>,
) -> Result<AbilityCheck, Cause> {
    let usual = Addressing {
        inbox: DEFAULT_INBOX,
        api: DEFAULT_API,
        transport: None,
    };
    let addressing = permissions.map_or(Ok(usual), |permissions| Addressing::of(permissions, None));
    let needs = addressing
        .and_then(|addressing| Ok(Ability::parse(sentence)?.needs(addressing)))
        .map_err(|fault| refusal("ability", fault.describe(sentence)))?;
    let nothing = Rules::default();
    let checker = Checker {
        matcher: Matcher::new(rules),
        rules: rules.unwrap_or(&nothing),
    };
    let lines: Vec<SubjectCheck> = needs
        .into_subjects()
        .map(|(list, needed)| checker.check(list, &needed))
        .collect();
    Ok(AbilityCheck {
        allowed: lines.iter().all(|line| line.verdict.allowed),
        lines,
    })
}

struct Checker<'a> {
    matcher: Matcher,
    rules: &'a Rules,
}

impl Checker<'_> {
    fn check(&self, list: List, wanted: &Subscription) -> SubjectCheck {
        let subject = &wanted.subject;
        let mut withheld = Vec::new();
        let verdict = match list {
            List::Responses => self.replies(),
            List::SubscribeAllow | List::SubscribeDeny => {
                let verdict = self.matcher.subscribe(subject, wanted.queue.as_deref());
                if verdict.allowed {
                    withheld = self.withheld(wanted);
                }
                verdict
            }
            List::PublishAllow | List::PublishDeny if has_wildcard(subject) => {
                self.publish_everywhere(subject)
            }
            List::PublishAllow | List::PublishDeny => self.matcher.publish(subject),
        };
        SubjectCheck {
            list,
            subject: wanted.to_string(),
            verdict,
            withheld,
        }
    }

    /// A client that may publish to every subject needs no separate permission to reply.
    fn replies(&self) -> Verdict {
        let everywhere = self.publish_everywhere(">");
        if everywhere.allowed {
            return everywhere;
        }
        Verdict {
            allowed: self.rules.responses.is_some(),
            by: Decider::NoEntry,
        }
    }

    /// Entries whose messages the server does not deliver: those without a queue, and those for the subscription's queue.
    fn withheld(&self, wanted: &Subscription) -> Vec<String> {
        let own = wanted.queue.as_deref();
        let holds = |queue: Option<&str>| {
            queue.is_none_or(|denied| own.is_some_and(|own| queue_matches(denied, own)))
        };
        let denied = self.rules.subscribe.deny.iter();
        let inside = denied.filter(|entry| {
            split_queue(entry)
                .is_some_and(|(subject, queue)| holds(queue) && overlaps(subject, &wanted.subject))
        });
        inside.cloned().collect()
    }

    /// If any part of the wildcard is denied, all of it is.
    fn publish_everywhere(&self, wanted: &str) -> Verdict {
        let (allow, deny) = (&self.rules.publish.allow, &self.rules.publish.deny);
        if let Some(verdict) = self.matcher.reserved(wanted) {
            return verdict;
        }
        if let Some(entry) = deny.iter().find(|entry| overlaps(entry, wanted)) {
            return Verdict {
                allowed: false,
                by: Decider::Entry(List::PublishDeny, entry.clone()),
            };
        }
        if self.matcher.publish(">").by == Decider::NoList {
            return Verdict {
                allowed: true,
                by: Decider::NoList,
            };
        }
        let allowing = allow.iter().find(|entry| covers(entry, wanted));
        Verdict {
            allowed: allowing.is_some() || is_covered(allow, wanted),
            by: allowing.map_or(Decider::NoEntry, |entry| {
                Decider::Entry(List::PublishAllow, entry.clone())
            }),
        }
    }
}

/// Whether several entries together cover the pattern: `a.*` and `a.*.>` together cover `a.>`.
fn is_covered(entries: &[String], wanted: &str) -> bool {
    if entries.iter().any(|entry| covers(entry, wanted)) {
        return true;
    }
    let longest = entries.iter().map(|entry| entry.split('.').count()).max();
    let Some(head) = wanted.strip_suffix('>') else {
        return false;
    };
    wanted.split('.').count() < longest.unwrap_or(0)
        && is_covered(entries, &format!("{head}*"))
        && is_covered(entries, &format!("{head}*.>"))
}
