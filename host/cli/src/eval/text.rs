//! The findings for people: the outcome, a table of what the client may do, and the answers to the questions.

mod answers;
mod printable;
mod table;

use std::fmt::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

use anstyle::{AnsiColor, Style};

use self::printable::printable;
use super::findings::{AdmittedClient, Findings, LogEntry, PolicyPart};
use super::questions::AbilityAnswer;
use portcullis_model::Timestamp;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// With colors, which the stream removes where they do not belong. `width`: that of the terminal, if it is one.
pub(super) fn write(findings: &Findings, width: Option<u16>) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_all(&mut text, findings, width);
    text.truncate(text.trim_end().len());
    text
}

fn write_all(out: &mut String, findings: &Findings, width: Option<u16>) -> fmt::Result {
    let outcome = colored(findings.outcome, findings.admitted.is_some());
    writeln!(out, "{}: {outcome}", findings.name())?;
    if let (Some(_), Some(policy)) = (&findings.config, &findings.policy) {
        write_field(out, "policy", policy)?;
    }
    if let Some(cause) = &findings.cause {
        let text = printable(&cause.text);
        let text = format!("{text} ({}, {})", cause.kind, cause.blame.word());
        write_field(out, "cause", &text)?;
    } else if findings.admitted.is_none() {
        let text =
            "the policy passes this client on to the next one; the end of a chain is a denial";
        write_field(out, "cause", text)?;
    }
    if let Some(admitted) = &findings.admitted {
        write_admission(out, admitted, findings.at)?;
    }
    write_policies(out, findings)?;
    for text in &findings.warnings {
        write_field(out, "warning", &printable(text))?;
    }
    for LogEntry {
        policy,
        level,
        text,
    } in &findings.log
    {
        let text = match findings.config {
            Some(_) => printable(&format!("{policy}: {text}")),
            None => printable(text),
        };
        write_field(out, level, &text)?;
    }
    if let Some(admitted) = &findings.admitted {
        writeln!(out)?;
        for line in table::lines(admitted, width) {
            writeln!(out, "{line}")?;
        }
    }
    if !findings.answers.is_empty() {
        writeln!(out)?;
    }
    for answer in &findings.answers {
        write_answer(out, answer)?;
    }
    Ok(())
}

fn write_admission(out: &mut String, admitted: &AdmittedClient, at: Timestamp) -> fmt::Result {
    write_field(out, "account", &printable(&admitted.account))?;
    let name = admitted.name.as_deref().map(printable);
    let nameless = "its own nkey, without a name";
    write_field(out, "as", name.as_deref().unwrap_or(nameless))?;
    if !admitted.tags.is_empty() {
        write_field(out, "tags", &printable(&admitted.tags.join(", ")))?;
    }
    let lifetime = Duration::from_secs(admitted.expires_at.saturating_sub(at));
    let lifetime = humantime::format_duration(lifetime);
    let until = format!("{} ({lifetime})", format_time(admitted.expires_at));
    write_field(out, "until", &until)
}

/// Which policies were asked, and why the others were not. A single module needs no list.
fn write_policies(out: &mut String, findings: &Findings) -> fmt::Result {
    let policies = match findings.config {
        Some(_) => findings.policies.as_slice(),
        None => &[],
    };
    let width = policies.iter().map(|policy| policy.name.len()).max();
    let width = width.unwrap_or(0);
    for (index, policy) in policies.iter().enumerate() {
        let part = match policy.part {
            PolicyPart::Answered(answer) => answer.to_owned(),
            PolicyPart::ConditionUnmet(part) => {
                format!("not asked: the client does not meet when.{part}")
            }
            PolicyPart::NotReached if findings.is_loaded() => {
                "not asked: a policy before it decided".to_owned()
            }
            PolicyPart::NotReached => "not asked".to_owned(),
            PolicyPart::NotLoaded => "not loaded".to_owned(),
        };
        let name = if index == 0 { "policies" } else { "" };
        write_field(out, name, &format!("{:<width$}  {part}", policy.name))?;
    }
    Ok(())
}

fn write_answer(out: &mut String, answer: &AbilityAnswer) -> fmt::Result {
    let word = colored(if answer.allowed { "yes" } else { "no" }, answer.allowed);
    writeln!(out, "  can {}: {word}", printable(&answer.sentence))?;
    if let Some(note) = &answer.note {
        // Where the permissions are those of the account, no entry decides.
        return writeln!(out, "    {}", printable(note));
    }
    for check in &answer.subjects {
        writeln!(out, "    {}", answers::explain(check))?;
    }
    Ok(())
}

fn write_field(out: &mut String, name: &str, text: &str) -> fmt::Result {
    writeln!(out, "  {name:<9}  {text}")
}

fn colored(text: &str, is_good: bool) -> String {
    let style = if is_good { GOOD } else { BAD };
    format!("{style}{text}{style:#}")
}

/// RFC 3339, up to the last year of the calendar.
fn format_time(at: Timestamp) -> String {
    const YEAR_10000: Timestamp = 253_402_300_800;
    if at >= YEAR_10000 {
        return format!("{at} seconds after 1970");
    }
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(at)).to_string()
}

#[cfg(test)]
mod tests;
