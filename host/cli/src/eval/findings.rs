//! What came out, in plain words and values, for people and for programs alike. Causes and lines of the log are cleaned of the
//! client's secrets, as everywhere; what would be signed is shown as it is.

use super::questions::{self, Answered};
use portcullis_model::Admission;
use portcullis_model::subject::CALLOUT as CALLOUT_SUBJECT;
use portcullis_model::{Access, Cause, Permissions, Request, Rules, Timestamp, Transport};
use portcullis_permits::bounds::Permit;
use portcullis_permits::{Compiled, List, compile};
use portcullis_sandbox::{About, LogLine};
use portcullis_service::authorizer::{Ruled, Ruling};
use portcullis_service::telemetry::Redactor;

pub(super) struct Findings {
    pub(super) module: String,
    /// SHA-256 of the module; none if it was not loaded.
    pub(super) digest: Option<String>,
    pub(super) at: Timestamp,
    /// `allow`, `deny`, `ignore`, `fail`, or `pass` where the next policy of a chain would be asked.
    pub(super) outcome: &'static str,
    pub(super) cause: Option<Cause>,
    pub(super) policy_failure: Option<&'static str>,
    pub(super) landing: Option<Landing>,
    pub(super) answers: Vec<Answered>,
    pub(super) warnings: Vec<String>,
    /// What the policy wrote in this decision: level and text.
    pub(super) log: Vec<(String, String)>,
}

/// Where a client that is let in comes to be.
pub(super) struct Landing {
    pub(super) account: String,
    pub(super) name: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) expires_at: Timestamp,
    /// None: the defaults of the account.
    pub(super) rules: Option<Rules>,
    pub(super) lines: Vec<Line>,
}

/// One entry of the permissions.
pub(super) struct Line {
    pub(super) list: List,
    /// A subject; empty for responses, which have none.
    pub(super) entry: String,
    /// The policy's own words that it stems from.
    pub(super) from: Vec<String>,
    /// Why the host added it, if it did.
    pub(super) host: Option<&'static str>,
}

/// What the policy asked for, compiled once more for the origins of its lines.
pub(super) struct Wish<'a> {
    pub(super) permissions: Option<&'a Permissions>,
    compiled: Option<Compiled<'a>>,
}

impl<'a> Wish<'a> {
    pub(super) fn new(access: Option<&'a Access>, transport: Option<Transport>) -> Self {
        let compiled = access.and_then(|access| compile(access, transport).ok().flatten());
        let permissions = match access {
            Some(Access::Only(permissions)) => Some(permissions),
            _ => None,
        };
        Self {
            permissions,
            compiled,
        }
    }

    /// The sentences and rules that an entry stems from; empty if it is none of the policy's.
    pub(super) fn origins(&self, list: List, entry: &str) -> Vec<String> {
        let origins = self
            .compiled
            .as_ref()
            .map(|compiled| compiled.origins(list, entry));
        let origins = origins.unwrap_or_default().into_iter();
        origins.map(str::to_owned).collect()
    }

    /// Whether an entry is among those that were compiled, before the bounds added theirs.
    fn has(&self, list: List, entry: &str) -> bool {
        let entries = |compiled: &Compiled<'_>| {
            let rules = compiled.rules();
            let entries = match list {
                List::PublishAllow => &rules.publish.allow,
                List::PublishDeny => &rules.publish.deny,
                List::SubscribeAllow => &rules.subscribe.allow,
                List::SubscribeDeny => &rules.subscribe.deny,
                List::Responses => return rules.responses.is_some(),
            };
            entries.iter().any(|other| other == entry)
        };
        self.compiled.as_ref().is_some_and(entries)
    }
}

impl Findings {
    /// `ruled`: none where the policy passed.
    pub(super) fn new(
        module: &str,
        request: &Request,
        ruled: Option<&Ruled<'_>>,
        wish: &Wish<'_>,
        log: &[LogLine],
    ) -> Self {
        let redactor = Redactor::new(&request.credentials);
        let clean = |text: &str| redactor.clean(text).into_owned();
        let cause = ruled.and_then(|ruled| ruled.ruling.cause());
        let line = |line: &LogLine| {
            let level = tracing::Level::from(line.level);
            (level.as_str().to_lowercase(), clean(&line.text))
        };
        Self {
            module: module.to_owned(),
            digest: None,
            at: request.received_at,
            outcome: ruled.map_or("pass", |ruled| ruled.ruling.outcome().word()),
            cause: cause.map(|cause| Cause {
                text: clean(&cause.text),
                ..cause.clone()
            }),
            policy_failure: ruled.and_then(|ruled| ruled.failure),
            landing: permit(ruled).map(|permit| Landing::new(permit, wish)),
            answers: Vec::new(),
            warnings: Vec::new(),
            log: log.iter().map(line).collect(),
        }
    }

    pub(super) fn about(mut self, about: Option<&About>) -> Self {
        self.digest = about.map(|about| about.digest.clone());
        self.warnings = about.map_or_else(Vec::new, |about| about.warnings.clone());
        self
    }

    pub(super) fn answer(
        mut self,
        sentences: &[String],
        ruled: Option<&Ruled<'_>>,
        wish: &Wish<'_>,
    ) -> Self {
        let permit = permit(ruled);
        let answer = |sentence: &String| questions::answer(sentence, permit, wish);
        self.answers = sentences.iter().map(answer).collect();
        self
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.digest.is_some()
    }

    /// The client is let in, and every question is answered yes.
    pub(super) fn is_yes(&self) -> bool {
        self.landing.is_some() && self.answers.iter().all(|answer| answer.allowed)
    }
}

fn permit<'a>(ruled: Option<&'a Ruled<'_>>) -> Option<&'a Permit> {
    match &ruled?.ruling {
        Ruling::Allow(permit) => Some(permit),
        Ruling::Deny(_) | Ruling::Silence(..) => None,
    }
}

impl Landing {
    fn new(permit: &Permit, wish: &Wish<'_>) -> Self {
        Self {
            account: permit.account().to_owned(),
            name: permit.name().map(str::to_owned),
            tags: permit.tags().to_vec(),
            expires_at: permit.expires_at(),
            rules: permit.rules().cloned(),
            lines: permit
                .rules()
                .map_or_else(Vec::new, |rules| lines(rules, wish)),
        }
    }
}

fn lines(rules: &Rules, wish: &Wish<'_>) -> Vec<Line> {
    let lists = [
        (List::PublishAllow, &rules.publish.allow),
        (List::PublishDeny, &rules.publish.deny),
        (List::SubscribeAllow, &rules.subscribe.allow),
        (List::SubscribeDeny, &rules.subscribe.deny),
    ];
    let line = |list: List, entry: &str| {
        let from = wish.origins(list, entry);
        let host = from.is_empty().then(|| reason(list, entry, wish));
        Line {
            list,
            entry: entry.to_owned(),
            from,
            host,
        }
    };
    let subjects = lists
        .into_iter()
        .flat_map(|(list, entries)| entries.iter().map(move |entry| line(list, entry)));
    let responses = rules.responses.map(|_| line(List::Responses, ""));
    subjects.chain(responses).collect()
}

/// Why there is an entry that the policy did not ask for: `permits` adds some, and `bounds` others.
fn reason(list: List, entry: &str, wish: &Wish<'_>) -> &'static str {
    let subject = entry.split(' ').next();
    match entry {
        _ if wish.has(list, entry) => match list {
            List::SubscribeDeny => "servers would let an entry that ends in * reach deeper",
            _ => "older servers would overlook it in another entry",
        },
        ">" => "nothing is allowed, and an empty list would be everything",
        _ if subject == Some(CALLOUT_SUBJECT) => "whoever subscribes to it reads passwords",
        _ => "the operator never gives it",
    }
}

/// The name of a list, as data files and the WIT write it.
pub(super) fn word(list: List) -> &'static str {
    match list {
        List::PublishAllow => "publish.allow",
        List::PublishDeny => "publish.deny",
        List::SubscribeAllow => "subscribe.allow",
        List::SubscribeDeny => "subscribe.deny",
        List::Responses => "responses",
    }
}
