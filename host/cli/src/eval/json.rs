//! One object for programs. Every field is always there; `--help` lists them.

use serde_json::{Value, json};

use super::findings::{Findings, Line, word};
use super::questions::{Answered, Need};
use portcullis_callout::permission_claims;
use portcullis_permits::matcher;

pub(super) fn write(findings: &Findings) -> String {
    let landing = findings.landing.as_ref();
    let lines = landing.map_or(&[][..], |landing| &landing.lines);
    json!({
        "module": findings.module,
        "digest": findings.digest,
        "at": findings.at,
        "outcome": findings.outcome,
        "policy_failure": findings.policy_failure,
        "cause": findings.cause.as_ref().map(|cause| json!({
            "kind": cause.kind,
            "text": cause.text,
            "blame": cause.blame.word(),
        })),
        "account": landing.map(|landing| &landing.account),
        "name": landing.and_then(|landing| landing.name.as_ref()),
        "tags": landing.map_or(&[][..], |landing| &landing.tags),
        "expires_at": landing.map(|landing| landing.expires_at),
        "permissions": landing
            .and_then(|landing| landing.rules.as_ref())
            .map(|rules| json!(permission_claims(Some(rules)))),
        "lines": lines.iter().map(line).collect::<Vec<_>>(),
        "can": findings.answers.iter().map(answer).collect::<Vec<_>>(),
        "log": findings
            .log
            .iter()
            .map(|(level, text)| json!({"level": level, "text": text}))
            .collect::<Vec<_>>(),
        "warnings": findings.warnings,
    })
    .to_string()
}

fn line(line: &Line) -> Value {
    json!({
        "list": word(line.list),
        "entry": line.entry,
        "from": line.from,
        "host": line.host,
    })
}

fn answer(answered: &Answered) -> Value {
    json!({
        "sentence": answered.sentence,
        "allowed": answered.allowed,
        "why": answered.why,
        "needs": answered.needs.iter().map(need).collect::<Vec<_>>(),
    })
}

fn need(need: &Need) -> Value {
    let by = match &need.by {
        matcher::Decider::Entry(list, entry) => json!({"list": word(*list), "entry": entry}),
        matcher::Decider::NoList | matcher::Decider::NoEntry | matcher::Decider::Server(_) => {
            Value::Null
        }
    };
    let reason = match &need.by {
        matcher::Decider::Entry(..) => "entry",
        matcher::Decider::NoList => "no-list",
        matcher::Decider::NoEntry => "no-entry",
        matcher::Decider::Server(why) => why,
    };
    json!({
        "list": word(need.list),
        "subject": need.subject,
        "allowed": need.allowed,
        "by": by,
        "reason": reason,
        "from": need.from,
        "withheld": need.withheld,
    })
}
