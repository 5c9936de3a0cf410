//! Subjects as nats-server reads them (server/sublist.go): tokens between dots; in a pattern the token `*` stands for exactly
//! one token and `>`, at the end, for one or more. A wildcard's letter inside a longer token is an ordinary letter.

use std::collections::HashSet;

/// Where nats-server asks a service about a client. A client that may subscribe to it reads passwords.
pub const CALLOUT: &str = "$SYS.REQ.USER.AUTH";

/// The longest subject that the host signs, in bytes.
pub const BYTES_MAX: usize = 1_024;

/// The most tokens of a subject that the host signs.
pub const TOKENS_MAX: usize = 32;

/// Whether messages can be published to it by its meaning: no empty token, no white space, no token that is a wildcard.
///
/// A server lets clients publish to other texts too, unless they ask to be told (`pedantic`): see [`matches()`].
pub fn is_literal(subject: &str) -> bool {
    is_pattern(subject) && !has_wildcard(subject)
}

/// Whether it can be subscribed to, or stand in a list of permissions: no empty token, no white space, `>` only at the end.
pub fn is_pattern(subject: &str) -> bool {
    let mut ended = false;
    !subject.contains(['\t', '\n', '\x0c', '\r', ' '])
        && subject
            .split('.')
            .all(|token| !token.is_empty() && !std::mem::replace(&mut ended, token == ">"))
}

/// Whether one of its tokens is `*` or `>`.
pub fn has_wildcard(subject: &str) -> bool {
    subject.split('.').any(|token| matches!(token, "*" | ">"))
}

/// Whether `subject`, as it stands, fits `pattern`.
///
/// Wildcards in `subject` are letters like others here, as in a message that was published to `a.>`: it fits `a.>` and
/// also `a.*`, where its `>` is one token. Whether a pattern fits *as a pattern* is what [`covers`] says.
pub fn matches(pattern: &str, subject: &str) -> bool {
    if subject.split('.').any(str::is_empty) {
        return false;
    }
    let mut tokens = subject.split('.');
    for token in pattern.split('.') {
        match (token, tokens.next()) {
            (">", Some(_)) => return true,
            // An asked wildcard never meets an equal one as a literal: only wildcards match it.
            ("*", Some(_)) => {}
            (token, Some(asked)) if token == asked => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

/// Whether every subject that fits the pattern `narrow` fits the pattern `wide` too. Exact for all valid patterns.
pub fn covers(wide: &str, narrow: &str) -> bool {
    let mut narrow = narrow.split('.');
    for token in wide.split('.') {
        match (token, narrow.next()) {
            (">", Some(_)) => return true,
            ("*", Some(other)) if other != ">" && !other.is_empty() => {}
            (token, Some(other)) if token == other => {}
            _ => return false,
        }
    }
    narrow.next().is_none()
}

/// Whether some subject fits both patterns. Exact for all valid patterns.
pub fn overlaps(one: &str, other: &str) -> bool {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(_), None) | (None, Some(_)) => return false,
            (Some(">"), Some(_)) | (Some(_), Some(">")) => return true,
            (Some("*"), Some(_)) | (Some(_), Some("*")) => {}
            (Some(one), Some(other)) if one == other => {}
            (Some(_), Some(_)) => return false,
        }
    }
}

/// Whether a queue group is the one that an entry names, perhaps with wildcards (`queueMatches` in server/client.go).
pub fn queue_fits(named: &str, queue: &str) -> bool {
    named == queue || covers(named, queue)
}

/// An entry of a list of permissions, `subject` or `subject queue`, in its parts; nothing if it has none or more than two.
///
/// The queue may have wildcards, as a subject may; in lists for publishing it has no meaning.
pub fn split_queue(entry: &str) -> Option<(&str, Option<&str>)> {
    let mut words = entry.split_whitespace();
    let parts = (words.next()?, words.next());
    words.next().is_none().then_some(parts)
}

/// Whether the last token is `*`.
pub fn ends_with_any(pattern: &str) -> bool {
    pattern == "*" || pattern.ends_with(".*")
}

/// What servers up to 2.10 overlook in a list for publishing: with `a.*` and `a.b.c` in it, they find `a.b` in neither
/// (`hasInterest` in their `sublist.go`). As an entry of its own it is found.
pub fn overlooked<'a>(entries: &[&'a str]) -> Vec<&'a str> {
    let mut known: HashSet<&str> = entries.iter().copied().collect();
    let mut overlooked = Vec::new();
    for end in entries.iter().filter(|entry| ends_with_any(entry)) {
        let tokens = end.split('.').count();
        for head in entries.iter().filter_map(|entry| head(entry, tokens)) {
            if matches(end, head) && !ends_with_any(head) && known.insert(head) {
                overlooked.push(head);
            }
        }
    }
    overlooked
}

/// So many tokens of an entry that has more.
fn head(entry: &str, tokens: usize) -> Option<&str> {
    let (end, _) = entry.match_indices('.').nth(tokens.checked_sub(1)?)?;
    entry.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_full_tokens_and_end_with_the_full_wildcard() {
        for pattern in ["a", "a.b", "*", ">", "a.*.>", "$SYS.*", "a*.>b", "ü.ß"] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for not in ["", ".", "a.", ".a", "a..b", "a.>.b", ">.>", "a b", "a.\tb"] {
            assert!(!is_pattern(not), "{not:?}");
        }
    }

    #[test]
    fn literals_have_no_token_that_is_a_wildcard() {
        for (subject, literal) in [("a.b", true), ("a*.>b", true), ("a.*", false), (">", false)] {
            assert_eq!(is_literal(subject), literal, "{subject}");
            assert_eq!(has_wildcard(subject), !literal, "{subject}");
        }
        assert!(!is_literal("a..b"));
    }

    #[test]
    fn wildcards_in_a_published_subject_are_letters() {
        for pattern in ["a.>", "a.*", ">", "*.*", "*.>"] {
            assert!(matches(pattern, "a.>"), "{pattern}");
            assert!(matches(pattern, "a.*"), "{pattern}");
            assert!(matches(pattern, "a.b"), "{pattern}");
        }
        for pattern in ["a.b", "a", "a.*.*", "a.*.>", "*"] {
            assert!(!matches(pattern, "a.>"), "{pattern}");
        }
        for subject in ["", "a.", "a..b", "a..", ".a"] {
            assert!(!matches(">", subject), "{subject:?}");
        }
    }

    /// Patterns and literals of up to three tokens over two letters, and one letter that no pattern has.
    fn all(letters: &[&str], tokens: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..tokens {
            last = last
                .iter()
                .flat_map(|head| letters.iter().map(move |token| format!("{head}.{token}")))
                .collect();
            all.extend_from_slice(&last);
        }
        all.iter()
            .filter_map(|subject| subject.strip_prefix('.'))
            .filter(|subject| is_pattern(subject))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn covering_and_overlapping_agree_with_every_subject_there_is() {
        let patterns = all(&["a", "b", "*", ">"], 3);
        let subjects = all(&["a", "b", "x"], 4);
        for one in &patterns {
            for other in &patterns {
                let mut both = subjects.iter().filter(|subject| matches(other, subject));
                let covered = both.clone().all(|subject| matches(one, subject));
                assert_eq!(covers(one, other), covered, "{one} covers {other}");
                let common = both.any(|subject| matches(one, subject));
                assert_eq!(overlaps(one, other), common, "{one} overlaps {other}");
            }
        }
    }

    #[test]
    fn an_entry_is_a_subject_and_perhaps_a_queue() {
        assert_eq!(split_queue("a.>"), Some(("a.>", None)));
        assert_eq!(split_queue("a.> q.*"), Some(("a.>", Some("q.*"))));
        assert_eq!(split_queue(" "), None);
        assert_eq!(split_queue("a b c"), None);
    }
}
