//! `--can`: may the client do this? The question is an ability; the answer follows from the permissions that a server would
//! check.

use super::super::failure::Failure;
use super::origins::Origins;
use portcullis_model::Admission;
use portcullis_permits::bounds::Permit;
use portcullis_permits::{List, SubjectCheck, ask, matcher};

/// Whether the client can do what an ability says.
pub(super) struct AbilityAnswer {
    pub(super) sentence: String,
    pub(super) allowed: bool,
    /// Each subject that the ability needs.
    pub(super) subjects: Vec<SubjectAnswer>,
    /// What the subjects do not show.
    pub(super) note: Option<String>,
}

/// Whether the client can use a subject that an ability needs, and what decides it.
pub(super) struct SubjectAnswer {
    /// What the client would do with the subject: publish, subscribe, or reply to messages.
    pub(super) list: List,
    /// Empty for replies.
    pub(super) subject: String,
    pub(super) allowed: bool,
    pub(super) by: matcher::Decider,
    /// The policy's own words that the deciding entry comes from.
    pub(super) from: Vec<String>,
    /// Entries that deny a part of a subscription: the client can subscribe, and does not receive what they match.
    pub(super) withheld: Vec<String>,
}

/// Refuses a sentence that is not an ability before anything is loaded: it is a mistake of the command line.
pub(super) fn check(sentences: &[String]) -> Result<(), Failure> {
    for sentence in sentences {
        ask(sentence, None, None).map_err(|cause| Failure::Settings(format!("--can: {cause}")))?;
    }
    Ok(())
}

/// What the client can do with this permit; nothing without one.
pub(super) fn answer(
    sentence: &str,
    permit: Option<&Permit>,
    origins: &Origins<'_>,
) -> AbilityAnswer {
    let no = |note: String| AbilityAnswer {
        sentence: sentence.to_owned(),
        allowed: false,
        subjects: Vec::new(),
        note: Some(note),
    };
    let Some(permit) = permit else {
        return no("the client is not admitted".to_owned());
    };
    match ask(sentence, origins.granted(), permit.rules()) {
        Ok(answer) => AbilityAnswer {
            sentence: sentence.to_owned(),
            allowed: answer.allowed,
            subjects: answer
                .lines
                .into_iter()
                .map(|check| answer_subject(check, origins))
                .collect(),
            note: permit.rules().is_none().then(|| DEFAULTS.to_owned()),
        },
        // The sentence itself was checked before, but not with the prefixes of this grant.
        Err(cause) => no(cause.to_string()),
    }
}

fn answer_subject(check: SubjectCheck, origins: &Origins<'_>) -> SubjectAnswer {
    let matcher::Verdict { allowed, by } = check.verdict;
    SubjectAnswer {
        list: check.list,
        subject: check.subject,
        allowed,
        from: match &by {
            matcher::Decider::Entry(list, entry) => origins.of(*list, entry),
            matcher::Decider::NoList | matcher::Decider::NoEntry | matcher::Decider::Server(_) => {
                Vec::new()
            }
        },
        by,
        withheld: check.withheld,
    }
}

const DEFAULTS: &str = "by the defaults of the account, which are everything in it";
