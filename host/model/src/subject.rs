//! Subjects as nats-server reads them (server/sublist.go). A subject is a list of tokens with dots between them. In a
//! pattern, the token `*` matches exactly one token, and `>` as the last token matches one or more. Inside a longer token,
//! `*` and `>` are ordinary letters.

use std::collections::HashSet;

/// The subject on which nats-server asks about clients. A client that may subscribe to it can read passwords.
pub const CALLOUT: &str = "$SYS.REQ.USER.AUTH";

/// The subjects on which nats-server waits for answers of the callout. A client that hears one there can answer the same
/// request itself, with a message that no server accepts.
pub const CALLOUT_ANSWERS: &str = "$SYS._INBOX.>";

/// The longest subject that the host signs, in bytes.
pub const BYTES_MAX: usize = 1_024;

/// The most tokens that the host signs in one subject.
pub const TOKENS_MAX: usize = 32;

/// Whether the text is a valid subject to publish to: no empty token, no white space, no wildcard.
///
/// A server also lets clients publish to invalid subjects, unless the client asked for a check (`pedantic`). See
/// [`matches()`].
pub fn is_literal(subject: &str) -> bool {
    is_pattern(subject) && !has_wildcard(subject)
}

/// Whether the text is valid in a subscription or a list of permissions: no empty token, no white space, `>` only at the
/// end.
pub fn is_pattern(subject: &str) -> bool {
    let mut ended = false;
    !subject.contains(['\t', '\n', '\x0c', '\r', ' '])
        && subject
            .split('.')
            .all(|token| !token.is_empty() && !std::mem::replace(&mut ended, token == ">"))
}

/// Whether one of the tokens is `*` or `>`.
pub fn has_wildcard(subject: &str) -> bool {
    subject.split('.').any(|token| matches!(token, "*" | ">"))
}

/// Whether `pattern` matches `subject`, taken literally.
///
/// Wildcards in `subject` are ordinary letters here, as in a message that was published to `a.>`: both `a.>` and `a.*`
/// match it, because its `>` is one token. To compare two patterns, use [`covers`].
pub fn matches(pattern: &str, subject: &str) -> bool {
    if subject.split('.').any(str::is_empty) {
        return false;
    }
    let mut tokens = subject.split('.');
    for token in pattern.split('.') {
        match (token, tokens.next()) {
            (">", Some(_)) => return true,
            // This arm comes first, so that a wildcard in `subject` is matched by wildcards only.
            ("*", Some(_)) => {}
            (token, Some(other)) if token == other => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

/// Whether the pattern `wide` matches every subject that the pattern `narrow` matches. Exact for all valid patterns.
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

/// Whether both patterns match some common subject. Exact for all valid patterns.
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

/// Whether the queue name of an entry, which may have wildcards, matches a queue group (`queueMatches` in
/// server/client.go).
pub fn queue_matches(named: &str, queue: &str) -> bool {
    named == queue || covers(named, queue)
}

/// Splits an entry of a permission list, `subject` or `subject queue`. `None` if it is empty or has more than two parts.
///
/// The queue may have wildcards, as the subject may. In lists for publishing, the queue has no meaning.
pub fn split_queue(entry: &str) -> Option<(&str, Option<&str>)> {
    let mut words = entry.split_whitespace();
    let parts = (words.next()?, words.next());
    words.next().is_none().then_some(parts)
}

/// Whether the last token is `*`.
pub fn ends_with_star(pattern: &str) -> bool {
    pattern == "*" || pattern.ends_with(".*")
}

/// The subjects that servers up to 2.10 overlook in a list for publishing. If the list has `a.*` and `a.b.c`, these servers
/// do not find `a.b` in it (`hasInterest` in their `sublist.go`). They find `a.b` if it is an entry of its own.
pub fn overlooked<'a>(entries: &[&'a str]) -> Vec<&'a str> {
    let mut known: HashSet<&str> = entries.iter().copied().collect();
    let mut overlooked = Vec::new();
    for pattern in entries.iter().filter(|entry| ends_with_star(entry)) {
        let tokens = pattern.split('.').count();
        for head in entries
            .iter()
            .filter_map(|entry| first_tokens(entry, tokens))
        {
            if matches(pattern, head) && !ends_with_star(head) && known.insert(head) {
                overlooked.push(head);
            }
        }
    }
    overlooked
}

/// The first `tokens` tokens of an entry that has more than that.
fn first_tokens(entry: &str, tokens: usize) -> Option<&str> {
    let (end, _) = entry.match_indices('.').nth(tokens.checked_sub(1)?)?;
    entry.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_no_empty_token_and_a_full_wildcard_only_at_its_end() {
        for pattern in ["a", "a.b", "*", ">", "a.*.>", "$SYS.*", "a*.>b", "ü.ß"] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for invalid in ["", ".", "a.", ".a", "a..b", "a.>.b", ">.>", "a b", "a.\tb"] {
            assert!(!is_pattern(invalid), "{invalid:?}");
        }
    }

    #[test]
    fn a_literal_has_no_wildcard_token() {
        for (subject, literal) in [("a.b", true), ("a*.>b", true), ("a.*", false), (">", false)] {
            assert_eq!(is_literal(subject), literal, "{subject}");
            assert_eq!(has_wildcard(subject), !literal, "{subject}");
        }
        assert!(!is_literal("a..b"));
    }

    #[test]
    fn wildcards_in_a_published_subject_are_ordinary_letters() {
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

    /// All valid patterns that have up to so many of these tokens.
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
    fn covers_and_overlaps_agree_with_matching_each_subject() {
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
    fn an_entry_is_a_subject_with_an_optional_queue() {
        assert_eq!(split_queue("a.>"), Some(("a.>", None)));
        assert_eq!(split_queue("a.> q.*"), Some(("a.>", Some("q.*"))));
        assert_eq!(split_queue(" "), None);
        assert_eq!(split_queue("a b c"), None);
    }
}
