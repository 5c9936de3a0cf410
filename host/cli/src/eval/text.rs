//! The findings for people: what becomes of the client, a table of what it may do, and the answers.

use std::fmt::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

use super::findings::{Findings, Landing, Line, word};
use super::questions::{Answered, Need};
use portcullis_model::{ResponseRule, Timestamp};
use portcullis_permits::{List, matcher};

/// Whether good and bad have colours.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Paint {
    Bare,
    Colour,
}

pub(super) fn write(findings: &Findings, paint: Paint) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_all(&mut text, findings, paint);
    text.truncate(text.trim_end().len());
    text
}

fn write_all(out: &mut String, findings: &Findings, paint: Paint) -> fmt::Result {
    let outcome = paint.mark(findings.outcome, findings.landing.is_some());
    writeln!(out, "{}: {outcome}", findings.module)?;
    if let Some(cause) = &findings.cause {
        let text = shown(&cause.text);
        fact(
            out,
            "cause",
            &format!("{text} ({}, {})", cause.kind, cause.blame.word()),
        )?;
    } else if findings.landing.is_none() {
        fact(
            out,
            "cause",
            "the policy leaves this client to the next one; at the end of a chain it is denied",
        )?;
    }
    if let Some(landing) = &findings.landing {
        write_landing(out, landing, findings.at)?;
    }
    let warnings = findings.warnings.iter().map(|text| ("warning", text));
    let log = findings
        .log
        .iter()
        .map(|(level, text)| (level.as_str(), text));
    for (level, text) in warnings.chain(log) {
        fact(out, level, &shown(text))?;
    }
    if let Some(landing) = &findings.landing {
        write_table(out, landing)?;
    }
    if !findings.answers.is_empty() {
        writeln!(out)?;
    }
    for answered in &findings.answers {
        write_answer(out, answered, paint)?;
    }
    Ok(())
}

impl Paint {
    fn mark(self, text: &str, good: bool) -> String {
        match (self, good) {
            (Self::Bare, _) => text.to_owned(),
            (Self::Colour, true) => format!("\x1b[1;32m{text}\x1b[0m"),
            (Self::Colour, false) => format!("\x1b[1;31m{text}\x1b[0m"),
        }
    }
}

fn fact(out: &mut String, name: &str, text: &str) -> fmt::Result {
    writeln!(out, "  {name:<9}  {text}")
}

fn write_landing(out: &mut String, landing: &Landing, at: Timestamp) -> fmt::Result {
    fact(out, "account", &shown(&landing.account))?;
    let name = landing.name.as_deref().map(shown);
    let nameless = "its own nkey, without a name";
    fact(out, "as", name.as_deref().unwrap_or(nameless))?;
    if !landing.tags.is_empty() {
        fact(out, "tags", &shown(&landing.tags.join(", ")))?;
    }
    let lifetime = Duration::from_secs(landing.expires_at.saturating_sub(at));
    let lifetime = humantime::format_duration(lifetime);
    fact(
        out,
        "until",
        &format!("{} ({lifetime})", moment(landing.expires_at)),
    )
}

/// Texts of others cannot change what the terminal shows: whatever does not print is written out.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\'' | '\\' => shown.push(letter),
            letter => shown.extend(letter.escape_debug()),
        }
    }
    shown
}

/// RFC 3339, as far as the calendar goes.
fn moment(at: Timestamp) -> String {
    const YEAR_10000: Timestamp = 253_402_300_800;
    if at >= YEAR_10000 {
        return format!("{at} seconds after 1970");
    }
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(at)).to_string()
}

fn write_table(out: &mut String, landing: &Landing) -> fmt::Result {
    writeln!(out)?;
    if landing.rules.is_none() {
        let text = "the permissions are those of the account; without any there, everything in it is allowed";
        return writeln!(out, "  {text}");
    }
    let mut rows: Vec<_> = landing
        .lines
        .iter()
        .map(|line| row(line, landing))
        .collect();
    let head = ["list", "subject", "from"].map(str::to_owned);
    rows.insert(0, head);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1).min(SUBJECT_WIDTH_MAX));
    for [list, subject, from] in &rows {
        let line = format!("  {list:<first$}  {subject:<second$}  {from}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A subject may have a thousand characters; the others need not be pushed out of sight by one.
const SUBJECT_WIDTH_MAX: usize = 60;

fn row(line: &Line, landing: &Landing) -> [String; 3] {
    let from = match line.host {
        Some(reason) => format!("the host: {reason}"),
        None => line.from.join(" | "),
    };
    let what = match landing.rules.as_ref().and_then(|rules| rules.responses) {
        Some(responses) if line.list == List::Responses => limits(responses),
        _ => shown(&line.entry),
    };
    let from = shown(&from);
    [word(line.list).to_owned(), what, from]
}

/// Zero is the server's own default, the largest value no limit (nats-server `DEFAULT_ALLOW_RESPONSE_MAX_MSGS`,
/// `DEFAULT_ALLOW_RESPONSE_EXPIRATION`).
fn limits(rule: ResponseRule) -> String {
    let messages = match rule.max_messages {
        0 | 1 => "1 reply".to_owned(),
        u32::MAX => "any number of replies".to_owned(),
        messages => format!("{messages} replies"),
    };
    let time = match rule.expires_in_ms {
        0 => "2m".to_owned(),
        u64::MAX => return format!("{messages} to a message, at any time"),
        milliseconds => humantime::format_duration(Duration::from_millis(milliseconds)).to_string(),
    };
    format!("{messages} to a message, within {time}")
}

fn write_answer(out: &mut String, answered: &Answered, paint: Paint) -> fmt::Result {
    let word = paint.mark(
        if answered.allowed { "yes" } else { "no" },
        answered.allowed,
    );
    writeln!(out, "  can {}: {word}", shown(&answered.sentence))?;
    if let Some(why) = &answered.why {
        writeln!(out, "    {}", shown(why))?;
    }
    // Where permissions are the account's, no entry decides.
    let needs = answered.needs.iter().filter(|_| answered.why.is_none());
    for need in needs {
        writeln!(out, "    {}", reason(need))?;
    }
    Ok(())
}

fn reason(need: &Need) -> String {
    use matcher::Decider;

    let what = match need.list {
        List::PublishAllow | List::PublishDeny => "publish ",
        List::SubscribeAllow | List::SubscribeDeny => "subscribe ",
        List::Responses => "replies",
    };
    let what = format!("{what}{}", shown(&need.subject));
    let verdict = if need.allowed { "allowed" } else { "denied" };
    let decider = match (&need.by, need.list) {
        (Decider::Entry(list, entry), _) => {
            let from = match need.from.join(" | ") {
                from if from.is_empty() => "the host".to_owned(),
                from => shown(&from),
            };
            format!("{verdict} by {} {} ({from})", word(*list), shown(entry))
        }
        (Decider::Server(why), _) => format!("{verdict} by the server: {why}"),
        (Decider::NoList, _) => "allowed, as nothing is denied".to_owned(),
        (Decider::NoEntry, List::Responses) if need.allowed => "allowed by responses".to_owned(),
        (Decider::NoEntry, List::Responses) => "the permissions have no responses".to_owned(),
        (Decider::NoEntry, _) if need.allowed => "allowed by several entries together".to_owned(),
        (Decider::NoEntry, _) => "no entry allows it".to_owned(),
    };
    match need.withheld.as_slice() {
        [] => format!("{what}: {decider}"),
        withheld => format!("{what}: {decider}, without {}", shown(&withheld.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use matcher::Decider;

    use super::*;
    use portcullis_model::{Rules, SubjectRules};

    fn findings() -> Findings {
        let line = |list, entry: &str, from: &[&str], host| Line {
            list,
            entry: entry.into(),
            from: from.iter().map(|text| (*text).into()).collect(),
            host,
        };
        let rules = Rules {
            publish: SubjectRules {
                allow: vec!["orders.*".into()],
                deny: Vec::new(),
            },
            subscribe: SubjectRules {
                allow: Vec::new(),
                deny: vec![">".into()],
            },
            responses: Some(ResponseRule::default()),
        };
        Findings {
            module: "policy.wasm".into(),
            digest: None,
            at: 1_790_000_000,
            outcome: "allow",
            cause: None,
            policy_failure: None,
            landing: Some(Landing {
                account: "APP".into(),
                name: Some("alice".into()),
                tags: vec!["eu".into(), "team".into()],
                expires_at: 1_790_003_600,
                rules: Some(rules),
                lines: vec![
                    line(
                        List::PublishAllow,
                        "orders.*",
                        &["request orders.*", "publish orders.new"],
                        None,
                    ),
                    line(List::SubscribeDeny, ">", &[], Some("why")),
                    line(List::Responses, "", &["reply orders.*"], None),
                ],
            }),
            answers: Vec::new(),
            warnings: Vec::new(),
            log: vec![("info".into(), "one\n\x1b[31mtwo".into())],
        }
    }

    #[test]
    fn a_client_that_is_let_in_is_described_line_by_line() {
        let expected = "\
policy.wasm: allow
  account    APP
  as         alice
  tags       eu, team
  until      2026-09-21T15:13:20Z (1h)
  info       one\\n\\u{1b}[31mtwo

  list            subject                          from
  publish.allow   orders.*                         request orders.* | publish orders.new
  subscribe.deny  >                                the host: why
  responses       1 reply to a message, within 2m  reply orders.*";
        assert_eq!(write(&findings(), Paint::Bare), expected);
    }

    #[test]
    fn colours_are_added_and_nothing_else() {
        let painted = write(&findings(), Paint::Colour);
        assert!(painted.contains("\x1b[1;32mallow\x1b[0m"), "{painted}");
        let bare = painted.replace("\x1b[1;32m", "").replace("\x1b[0m", "");
        assert_eq!(bare, write(&findings(), Paint::Bare));
    }

    #[test]
    fn an_answer_names_each_subject_and_what_decides() {
        let need = |list, subject: &str, allowed, by: Decider, from: &[&str]| Need {
            list,
            subject: subject.into(),
            allowed,
            by,
            withheld: Vec::new(),
            from: from.iter().map(|text| (*text).into()).collect(),
        };
        let entry = |list, entry: &str| Decider::Entry(list, entry.into());
        let answered = Answered {
            sentence: "request orders.new".into(),
            allowed: false,
            why: None,
            needs: vec![
                need(
                    List::PublishAllow,
                    "orders.new",
                    true,
                    entry(List::PublishAllow, "orders.*"),
                    &["publish orders.*"],
                ),
                need(
                    List::SubscribeAllow,
                    "_INBOX.>",
                    false,
                    entry(List::SubscribeDeny, ">"),
                    &[],
                ),
                need(List::SubscribeAllow, "b", false, Decider::NoEntry, &[]),
                need(List::PublishAllow, "c.>", true, Decider::NoEntry, &[]),
                need(
                    List::PublishAllow,
                    "d",
                    true,
                    Decider::Server("reserved"),
                    &[],
                ),
                need(List::Responses, "", false, Decider::NoEntry, &[]),
                Need {
                    withheld: vec!["e.x".into()],
                    ..need(
                        List::SubscribeAllow,
                        "e.>",
                        true,
                        entry(List::SubscribeAllow, ">"),
                        &["all"],
                    )
                },
            ],
        };
        let mut text = String::new();
        write_answer(&mut text, &answered, Paint::Bare).unwrap();
        let expected = "  \
can request orders.new: no
    publish orders.new: allowed by publish.allow orders.* (publish orders.*)
    subscribe _INBOX.>: denied by subscribe.deny > (the host)
    subscribe b: no entry allows it
    publish c.>: allowed by several entries together
    publish d: allowed by the server: reserved
    replies: the permissions have no responses
    subscribe e.>: allowed by subscribe.allow > (all), without e.x
";
        assert_eq!(text, expected);
    }

    #[rstest]
    #[case(0, 0, "1 reply to a message, within 2m")]
    #[case(3, 1_500, "3 replies to a message, within 1s 500ms")]
    #[case(u32::MAX, u64::MAX, "any number of replies to a message, at any time")]
    fn limits_of_responses_are_as_the_server_reads_them(
        #[case] max_messages: u32,
        #[case] expires_in_ms: u64,
        #[case] expected: &str,
    ) {
        let rule = ResponseRule {
            max_messages,
            expires_in_ms,
        };
        assert_eq!(limits(rule), expected);
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_a_number() {
        assert_eq!(moment(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(moment(u64::MAX), format!("{} seconds after 1970", u64::MAX));
    }
}
