//! Refuses subjects that nats-server would misread. For some of them, it rejects the whole user JWT (nats-io/jwt v2,
//! `Permissions.Validate`). Some it skips with only a line in its log (`client.setPermissions`). And it takes some literally
//! that were meant as wildcards.

use crate::refusal::refusal;
use portcullis_model::subject::{BYTES_MAX, TOKENS_MAX, covers, overlooked};
use portcullis_model::{Cause, Rules, quoted};

/// Checks every entry of the rules, and that none allows a subject that the operator denies.
pub(super) fn check(rules: &Rules, denied: &[String]) -> Result<(), Cause> {
    check_response(rules)?;
    let (publish, subscribe) = (&rules.publish, &rules.subscribe);
    for (field, list, queue) in [
        ("publish.allow", &publish.allow, Queue::Refused),
        ("publish.deny", &publish.deny, Queue::Refused),
        ("subscribe.allow", &subscribe.allow, Queue::Accepted),
        ("subscribe.deny", &subscribe.deny, Queue::Accepted),
    ] {
        for entry in list {
            check_entry(field, entry, queue)?;
        }
    }
    for (field, list) in [
        ("publish.allow", &publish.allow),
        ("subscribe.allow", &subscribe.allow),
    ] {
        check_denied(field, list, denied)?;
    }
    Ok(())
}

/// Adds the operator's denials to a list for publishing, in such a way that no other entry weakens them.
pub(super) fn deny_publishing(list: &mut Vec<String>, denied: &[String]) {
    if denied.is_empty() {
        return;
    }
    list.extend_from_slice(denied);
    let entries: Vec<&str> = list.iter().map(String::as_str).collect();
    let overlooked: Vec<String> = overlooked(&entries)
        .into_iter()
        .map(str::to_owned)
        .collect();
    list.extend(overlooked);
}

/// Adds the operator's denials to a list for subscribing. Up to nats-server 2.10, a denied `foo` does not hold for members of
/// queue groups if another entry denies a queue on `foo`. In that case all queues are denied by name, too.
pub(super) fn deny_subscribing(list: &mut Vec<String>, denied: &[String]) {
    let has_queues = list.iter().any(|entry| entry.contains(' '));
    list.extend_from_slice(denied);
    if has_queues {
        list.extend(denied.iter().map(|subject| format!("{subject} >")));
    }
}

/// What is wrong with a subject that the operator denies. A server skips a malformed denial without an error.
pub(super) fn find_denied_fault(subject: &str) -> Option<&'static str> {
    find_fault(subject, Queue::Refused)
}

/// Whether an entry may have the form `subject queue`. Only subscriptions may.
#[derive(Clone, Copy, PartialEq)]
enum Queue {
    Accepted,
    Refused,
}

fn check_entry(field: &str, entry: &str, queue: Queue) -> Result<(), Cause> {
    find_fault(entry, queue).map_or(Ok(()), |fault| {
        Err(refusal(
            "subject",
            format!("{field} has {:?}, which {fault}", quoted(entry)),
        ))
    })
}

fn find_fault(entry: &str, queue: Queue) -> Option<&'static str> {
    if entry.len() > BYTES_MAX {
        return Some("is longer than 1,024 bytes");
    }
    // Not only the space: nats-server splits a subject from its queue at any Unicode white space.
    if entry
        .contains(|letter: char| letter.is_control() || (letter.is_whitespace() && letter != ' '))
    {
        return Some("has control characters or white space");
    }
    match entry.split_once(' ') {
        None => find_token_fault(entry),
        Some(_) if queue == Queue::Refused => {
            Some("has a space; only a subscription can have a queue after its subject")
        }
        Some((_, queue)) if queue.contains(' ') => {
            Some("has more than one space; write \"subject\" or \"subject queue\"")
        }
        Some((subject, queue)) => find_token_fault(subject).or_else(|| find_token_fault(queue)),
    }
}

fn find_token_fault(subject: &str) -> Option<&'static str> {
    if subject.is_empty() {
        return Some("is empty; write a subject");
    }
    let mut tokens = 0;
    let mut ended = false;
    for token in subject.split('.') {
        tokens += 1;
        if token.is_empty() {
            return Some("has an empty token; dots stand between tokens only");
        }
        if ended {
            return Some("has \">\" before its end; \">\" is the last token or none");
        }
        if token.len() > 1 && token.contains(['*', '>']) {
            return Some("has a wildcard inside a token; \"*\" and \">\" are tokens of their own");
        }
        ended = token == ">";
    }
    (tokens > TOKENS_MAX).then_some("has more than 32 tokens")
}

fn check_denied(field: &str, allowed: &[String], denied: &[String]) -> Result<(), Cause> {
    for entry in allowed {
        let subject = entry
            .split_once(' ')
            .map_or(entry.as_str(), |(subject, _)| subject);
        if let Some(denied) = denied.iter().find(|denied| covers(denied, subject)) {
            return Err(refusal(
                "denied_subject",
                format!(
                    "{field} has {:?}, but the operator's denied-subjects include {denied:?}; leave it out",
                    quoted(entry)
                ),
            ));
        }
    }
    Ok(())
}

/// nats-server keeps this time in nanoseconds, in 63 bits.
fn check_response(rules: &Rules) -> Result<(), Cause> {
    let Some(expires_in_ms) = rules.responses.map(|rule| rule.expires_in_ms) else {
        return Ok(());
    };
    let longest = i64::MAX.unsigned_abs() / 1_000_000;
    if expires_in_ms <= longest || expires_in_ms == u64::MAX {
        return Ok(());
    }
    Err(refusal(
        "response",
        format!(
            "responses.expires-in-ms is {expires_in_ms}, but at most {longest} is allowed; write {} for no limit",
            u64::MAX
        ),
    ))
}
