//! `--can`: may the client do this? Asked in the words of an ability, answered by the rules that a server would have.

use super::super::failure::Failure;
use super::findings::Wish;
use portcullis_model::Admission;
use portcullis_permits::bounds::Permit;
use portcullis_permits::{List, SubjectCheck as Line, ask, matcher};

/// A question and its answer.
pub(super) struct Answered {
    pub(super) sentence: String,
    pub(super) allowed: bool,
    /// Each subject that it takes, and what decides about it.
    pub(super) needs: Vec<Need>,
    /// What the needs do not tell.
    pub(super) why: Option<String>,
}

pub(super) struct Need {
    /// Where the client would use the subject: to publish, to subscribe, or to reply to messages.
    pub(super) list: List,
    /// Empty for replies.
    pub(super) subject: String,
    pub(super) allowed: bool,
    pub(super) by: matcher::Decider,
    /// What the policy said to bring the entry about that decides.
    pub(super) from: Vec<String>,
    /// Entries that deny a part of a subscription: it is allowed, and what fits them is not delivered.
    pub(super) withheld: Vec<String>,
}

/// Before anything is loaded: a sentence that is no ability is a mistake of the command line.
pub(super) fn check(sentences: &[String]) -> Result<(), Failure> {
    for sentence in sentences {
        ask(sentence, None, None).map_err(|cause| Failure::Settings(format!("--can: {cause}")))?;
    }
    Ok(())
}

/// What the client may do with this permit; without one, nothing.
pub(super) fn answer(sentence: &str, permit: Option<&Permit>, wish: &Wish<'_>) -> Answered {
    let no = |why: String| Answered {
        sentence: sentence.to_owned(),
        allowed: false,
        needs: Vec::new(),
        why: Some(why),
    };
    let Some(permit) = permit else {
        return no("the client is not let in".to_owned());
    };
    match ask(sentence, wish.permissions, permit.rules()) {
        Ok(answer) => Answered {
            sentence: sentence.to_owned(),
            allowed: answer.allowed,
            needs: answer
                .lines
                .into_iter()
                .map(|line| need(line, wish))
                .collect(),
            why: permit.rules().is_none().then(|| DEFAULTS.to_owned()),
        },
        // Good by itself, as was checked, but not with the prefixes of this grant.
        Err(cause) => no(cause.to_string()),
    }
}

fn need(line: Line, wish: &Wish<'_>) -> Need {
    let matcher::Verdict { allowed, by } = line.verdict;
    Need {
        list: line.list,
        subject: line.subject,
        allowed,
        from: match &by {
            matcher::Decider::Entry(list, entry) => wish.origins(*list, entry),
            matcher::Decider::NoList | matcher::Decider::NoEntry | matcher::Decider::Server(_) => {
                Vec::new()
            }
        },
        by,
        withheld: line.withheld,
    }
}

const DEFAULTS: &str = "by the defaults of the account, as long as it has no default permissions";
