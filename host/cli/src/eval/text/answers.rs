//! The answers to `--can`.

use super::super::findings::list_name;
use super::super::questions::SubjectAnswer;
use super::printable::printable;
use portcullis_permits::List;
use portcullis_permits::matcher::Decider;

/// What the client wants to do with a subject, and what allows or denies it.
pub(super) fn explain(check: &SubjectAnswer) -> String {
    let action = match check.list {
        List::PublishAllow | List::PublishDeny => "publish ",
        List::SubscribeAllow | List::SubscribeDeny => "subscribe ",
        List::Responses => "replies",
    };
    let subject = printable(&check.subject);
    let decider = decider(check);
    match check.withheld.as_slice() {
        [] => format!("{action}{subject}: {decider}"),
        withheld => {
            let withheld = printable(&withheld.join(", "));
            format!("{action}{subject}: {decider}, without {withheld}")
        }
    }
}

fn decider(check: &SubjectAnswer) -> String {
    let verdict = if check.allowed { "allowed" } else { "denied" };
    match (&check.by, check.list) {
        (Decider::Entry(list, entry), _) => {
            let from = match check.from.join(" | ") {
                from if from.is_empty() => "the host".to_owned(),
                from => printable(&from),
            };
            let (list, entry) = (list_name(*list), printable(entry));
            format!("{verdict} by {list} {entry} ({from})")
        }
        (Decider::Server(why), _) => format!("{verdict} by the server: {why}"),
        (Decider::NoList, _) => "allowed, as nothing is denied".to_owned(),
        (Decider::NoEntry, List::Responses) if check.allowed => "allowed by responses".to_owned(),
        (Decider::NoEntry, List::Responses) => "the permissions have no responses".to_owned(),
        (Decider::NoEntry, _) if check.allowed => "allowed by several entries together".to_owned(),
        (Decider::NoEntry, _) => "no entry allows it".to_owned(),
    }
}
