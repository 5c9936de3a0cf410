//! The findings as one JSON object for programs. Every field is always there; `--help` lists them.

use serde_json::{Value, json};

use super::findings::{Findings, LogEntry, PermissionEntry, PolicyFindings, PolicyPart, list_name};
use super::questions::{AbilityAnswer, SubjectAnswer};
use portcullis_callout::permission_claims;
use portcullis_permits::matcher;

pub(super) fn write(findings: &Findings) -> String {
    let admitted = findings.admitted.as_ref();
    let entries = admitted.map_or(&[][..], |admitted| &admitted.entries);
    let deciding = findings.deciding();
    json!({
        "config": findings.config,
        "policy": findings.policy,
        "policies": findings.policies.iter().map(policy).collect::<Vec<_>>(),
        "module": deciding.map(|policy| &policy.module),
        "digest": deciding.and_then(|policy| policy.digest.as_ref()),
        "at": findings.at,
        "outcome": findings.outcome,
        "policy_failure": findings.policy_failure,
        "cause": findings.cause.as_ref().map(|cause| json!({
            "kind": cause.kind,
            "text": cause.text,
            "blame": cause.blame.word(),
        })),
        "account": admitted.map(|admitted| &admitted.account),
        "name": admitted.and_then(|admitted| admitted.name.as_ref()),
        "tags": admitted.map_or(&[][..], |admitted| &admitted.tags),
        "expires_at": admitted.map(|admitted| admitted.expires_at),
        "permissions": admitted
            .and_then(|admitted| admitted.rules.as_ref())
            .map(|rules| json!(permission_claims(Some(rules)))),
        "lines": entries.iter().map(entry).collect::<Vec<_>>(),
        "can": findings.answers.iter().map(answer).collect::<Vec<_>>(),
        "log": findings.log.iter().map(log_entry).collect::<Vec<_>>(),
        "warnings": findings.warnings,
    })
    .to_string()
}

fn policy(policy: &PolicyFindings) -> Value {
    let (unmet, answer) = match policy.part {
        PolicyPart::Answered(answer) => (None, Some(answer)),
        PolicyPart::ConditionUnmet(unmet) => (Some(unmet), None),
        PolicyPart::NotLoaded | PolicyPart::NotReached => (None, None),
    };
    json!({
        "name": policy.name,
        "module": policy.module,
        "digest": policy.digest,
        "unmet": unmet,
        "answer": answer,
    })
}

fn log_entry(entry: &LogEntry) -> Value {
    json!({
        "policy": entry.policy,
        "level": entry.level,
        "text": entry.text,
    })
}

fn entry(entry: &PermissionEntry) -> Value {
    json!({
        "list": list_name(entry.list),
        "entry": entry.subject,
        "from": entry.from,
        "host": entry.host_reason,
    })
}

fn answer(check: &AbilityAnswer) -> Value {
    json!({
        "sentence": check.sentence,
        "allowed": check.allowed,
        "why": check.note,
        "needs": check.subjects.iter().map(subject).collect::<Vec<_>>(),
    })
}

fn subject(check: &SubjectAnswer) -> Value {
    let by = match &check.by {
        matcher::Decider::Entry(list, entry) => json!({"list": list_name(*list), "entry": entry}),
        matcher::Decider::NoList | matcher::Decider::NoEntry | matcher::Decider::Server(_) => {
            Value::Null
        }
    };
    let reason = match &check.by {
        matcher::Decider::Entry(..) => "entry",
        matcher::Decider::NoList => "no-list",
        matcher::Decider::NoEntry => "no-entry",
        matcher::Decider::Server(why) => why,
    };
    json!({
        "list": list_name(check.list),
        "subject": check.subject,
        "allowed": check.allowed,
        "by": by,
        "reason": reason,
        "from": check.from,
        "withheld": check.withheld,
    })
}
