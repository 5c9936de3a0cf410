use super::list::List;
use super::matcher::{Decider, Matcher, Verdict};
use super::needs::{Addressing, DEFAULT_API, DEFAULT_INBOX, Subscription};
use super::refusal::refusal;
use super::sentence::Ability;
use portcullis_model::subject::{covers, has_wildcard, overlaps, queue_fits, split_queue};
use portcullis_model::{Cause, Permissions, Rules};

/// Whether a client can do what a sentence says.
#[derive(Debug, PartialEq)]
pub struct AbilityCheck {
    /// Whether it has every subject that the sentence needs.
    pub allowed: bool,
    /// One for each of them, in the order in which the sentence's family names them.
    pub lines: Vec<SubjectCheck>,
}

/// A subject that a sentence needs, and what decides about it.
#[derive(Debug, PartialEq)]
pub struct SubjectCheck {
    /// `PublishAllow`, `SubscribeAllow`, or `Responses` for replies, which have no subject.
    pub list: List,
    /// The subject; for a subscription in a queue group followed by a blank and the queue.
    pub subject: String,
    pub verdict: Verdict,
    /// Entries that deny a part of a subscription: it is allowed, and what fits them is not delivered.
    pub withheld: Vec<String>,
}

/// Asks whether a client with these rules can do what a sentence says, in the words of the abilities.
///
/// The rules are those that were signed; `None` are the defaults of the account, which are taken to be everything. Inboxes
/// and JetStream are where the permissions say, or in their usual places. A sentence that publishes to a wildcard is answered
/// with yes only if every subject that fits it is allowed, but for the few that servers keep for themselves whatever a client
/// may do.
///
/// # Errors
///
/// What is wrong with the sentence.
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
    let place = permissions.map_or(Ok(usual), |permissions| Addressing::of(permissions, None));
    let needs = place
        .and_then(|place| Ok(Ability::parse(sentence)?.needs(place)))
        .map_err(|fault| refusal("ability", fault.of(sentence)))?;
    let nothing = Rules::default();
    let asked = Checker {
        matcher: Matcher::new(rules),
        rules: rules.unwrap_or(&nothing),
    };
    let lines: Vec<SubjectCheck> = needs
        .into_lines()
        .map(|(list, wanted)| asked.line(list, &wanted))
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
    fn line(&self, list: List, wanted: &Subscription) -> SubjectCheck {
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

    /// Who may publish everywhere needs no leave to reply.
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

    /// What a server does not deliver: denied without a queue, or for the queue of the subscription.
    fn withheld(&self, wanted: &Subscription) -> Vec<String> {
        let own = wanted.queue.as_deref();
        let holds = |queue: Option<&str>| {
            queue.is_none_or(|denied| own.is_some_and(|own| queue_fits(denied, own)))
        };
        let denied = self.rules.subscribe.deny.iter();
        let inside = denied.filter(|entry| {
            split_queue(entry)
                .is_some_and(|(subject, queue)| holds(queue) && overlaps(subject, &wanted.subject))
        });
        inside.cloned().collect()
    }

    /// A denial of any part of it is a denial.
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

/// Whether several entries cover it together: `a.>` is everything that `a.*` and `a.*.>` are.
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
