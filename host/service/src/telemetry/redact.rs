use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER,
};
use zeroize::Zeroizing;

use portcullis_model::Credentials;

/// Removes a client's password, token and JWT from what a policy wrote: in plain, escaped, in base64 (also inside a longer
/// text, as in a basic authorization header) and in hex. For a long secret its beginning is enough, because policies and
/// limits shorten texts.
///
/// It does not stop a policy that discloses a secret on purpose: for example, it does not find a reversed secret.
///
/// Making one is cheap; the forms of the secrets are computed when the first text is redacted.
#[derive(Debug)]
pub struct Redactor<'a> {
    credentials: Option<&'a Credentials>,
    forms: OnceLock<Forms>,
}

impl<'a> Redactor<'a> {
    pub fn new(credentials: &'a Credentials) -> Self {
        Self {
            credentials: Some(credentials),
            forms: OnceLock::new(),
        }
    }

    /// The text with a placeholder for each secret. If there was none, the text is not copied.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let forms = self.forms.get_or_init(|| Forms::of(self.credentials));
        let mut secret: Vec<Range<usize>> = forms.0.iter().flat_map(|f| found(text, f)).collect();
        if secret.is_empty() {
            return Cow::Borrowed(text);
        }
        secret.sort_by_key(|range| (range.start, range.end));
        Cow::Owned(without(text, &secret))
    }
}

impl Default for Redactor<'_> {
    /// For texts that do not depend on a client.
    fn default() -> Self {
        Self {
            credentials: None,
            forms: OnceLock::new(),
        }
    }
}

/// Every form of every secret.
struct Forms(Vec<Zeroizing<String>>);

impl Forms {
    fn of(credentials: Option<&Credentials>) -> Self {
        let mut forms = Vec::new();
        for secret in credentials.into_iter().flat_map(Credentials::secrets) {
            let secret = secret.expose();
            plain(secret, &mut forms);
            if secret.trim() != secret {
                plain(secret.trim(), &mut forms);
            }
            encoded(secret.as_bytes(), &mut forms);
        }
        forms.sort_unstable_by(|a, b| a.as_str().cmp(b));
        forms.dedup();
        Self(forms)
    }
}

impl std::fmt::Debug for Forms {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "[{} secret forms]", self.0.len())
    }
}

fn plain(secret: &str, forms: &mut Vec<Zeroizing<String>>) {
    if secret.is_empty() {
        return;
    }
    forms.push(Zeroizing::new(secret.to_owned()));
    if secret
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        return;
    }
    let escaped = Zeroizing::new(format!("{secret:?}"));
    forms.extend(unquoted(&escaped));
    if let Ok(json) = serde_json::to_string(secret).map(Zeroizing::new) {
        forms.extend(unquoted(&json));
        forms.extend(unquoted(&ascii(&json, "")));
        forms.extend(unquoted(&ascii(&json, "<>&")));
    }
}

fn unquoted(text: &str) -> Option<Zeroizing<String>> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    Some(Zeroizing::new(inside.to_owned()))
}

/// JSON as Python writes it (only ASCII) and, with `also`, as Go does (characters of HTML are escaped).
fn ascii(json: &str, also: &str) -> Zeroizing<String> {
    let mut escaped = Zeroizing::new(String::with_capacity(json.len()));
    for character in json.chars() {
        match character.is_ascii() && !also.contains(character) {
            true => escaped.push(character),
            false => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

fn encoded(secret: &[u8], forms: &mut Vec<Zeroizing<String>>) {
    let encodings = [
        &HEXLOWER,
        &HEXUPPER,
        &BASE64,
        &BASE64URL,
        &BASE64_NOPAD,
        &BASE64URL_NOPAD,
    ];
    for encoding in encodings {
        forms.extend(long_enough(encoding.encode(secret)));
    }
    if secret.len() >= SHIFTED_BYTES_MIN {
        for (encoding, shift) in [(&BASE64, 1), (&BASE64, 2), (&BASE64URL, 1), (&BASE64URL, 2)] {
            forms.extend(shifted(secret, encoding, shift));
        }
        // Not shifted, but followed by something that changes its last character.
        let whole = secret.len() - secret.len() % 3;
        let start = secret.get(..whole).unwrap_or(secret);
        forms.extend([BASE64.encode(start), BASE64URL.encode(start)].map(Zeroizing::new));
    }
}

fn long_enough(form: String) -> Option<Zeroizing<String>> {
    (form.len() >= ENCODED_CHARS_MIN).then(|| Zeroizing::new(form))
}

/// The base64 of the secret if `shift` bytes (plus multiples of three) precede it: only the characters that depend on
/// nothing but the secret.
fn shifted(secret: &[u8], encoding: &Encoding, shift: usize) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(vec![0; shift]);
    bytes.extend_from_slice(secret);
    let whole = bytes.len() - bytes.len() % 3;
    bytes.truncate(whole);
    let form = Zeroizing::new(encoding.encode(&bytes));
    form.get(shift + 1..)
        .map(|own| Zeroizing::new(own.to_owned()))
}

/// Where the text contains the form, complete or enough of its beginning.
fn found<'t>(text: &'t str, form: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let head = start(form, HEAD_CHARS);
    let inside = text.match_indices(head).map(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        at..at + same_start(rest, form)
    });
    inside.chain(cut_at_end(text, form))
}

/// Where the text ends in the middle of the form's head. Only a long text was shortened by a limit: in a short one, the
/// user name at its end could be taken for the beginning of the password.
fn cut_at_end(text: &str, form: &str) -> Option<Range<usize>> {
    let (text, is_cut) = match text.strip_suffix(CUT_MARK) {
        Some(cut) => (cut, true),
        None => (text, false),
    };
    if !is_cut && text.len() < CUT_TEXT_BYTES_MIN {
        return None;
    }
    let head = start(form, HEAD_CHARS);
    let ends = head.char_indices().map(|(end, _)| end).skip(CUT_CHARS_MIN);
    let cut = ends
        .filter_map(|end| head.get(..end))
        .filter(|cut| text.ends_with(cut))
        .last()?;
    Some(text.len() - cut.len()..text.len())
}

fn start(text: &str, chars: usize) -> &str {
    let end = text
        .char_indices()
        .nth(chars)
        .map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

/// The number of bytes that both texts have in common at their start.
fn same_start(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    pairs
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum()
}

/// Ranges are sorted by their start and may overlap.
fn without(text: &str, secret: &[Range<usize>]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut seen = 0;
    for range in secret {
        if range.start >= seen {
            clean.push_str(text.get(seen..range.start).unwrap_or_default());
            clean.push_str(PLACEHOLDER);
        }
        seen = seen.max(range.end);
    }
    clean.push_str(text.get(seen..).unwrap_or_default());
    clean
}

const PLACEHOLDER: &str = "[secret]";
/// What the sandbox puts at the end of a line that it cut.
const CUT_MARK: char = '…';
/// This much of a long secret counts as the secret.
const HEAD_CHARS: usize = 16;
/// The end of a long text counts as a shortened secret if it has at least this much of one.
const CUT_CHARS_MIN: usize = 4;
const CUT_TEXT_BYTES_MIN: usize = 256;
/// Shorter encoded forms would be found in any text.
const ENCODED_CHARS_MIN: usize = 4;
const SHIFTED_BYTES_MIN: usize = 6;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use portcullis_model::Secret;

    fn password(text: &str) -> Credentials {
        Credentials {
            password: Some(Secret::from(text)),
            ..Credentials::default()
        }
    }

    #[rstest]
    #[case::plain("hunter2", "wrong password hunter2", "wrong password [secret]")]
    #[case::twice("hunter2", "hunter2 is not hunter2", "[secret] is not [secret]")]
    #[case::in_a_row("hunter2", "hunter2hunter2.", "[secret][secret].")]
    #[case::short("x", "axb", "a[secret]b")]
    #[case::overlapping("aa", "baaab", "b[secret]ab")]
    #[case::escaped("a\"b\n", r#"got "a\"b\n""#, r#"got "[secret]""#)]
    #[case::rust_escape("grün\u{1}", r"grün\u{1}", "[secret]")]
    #[case::python_json("grün😀", r"gr\u00fcn\ud83d\ude00", "[secret]")]
    #[case::go_json("a<b>c", r"a\u003cb\u003ec", "[secret]")]
    #[case::trimmed(" hunter2\n", "got hunter2", "got [secret]")]
    #[case::base64("hunter2?>", "aHVudGVyMj8+", "[secret]")]
    #[case::base64_url("hunter2?>", "aHVudGVyMj8-", "[secret]")]
    #[case::padded("hunter2", "<aHVudGVyMg==>", "<[secret]>")]
    #[case::unpadded("hunter2", "<aHVudGVyMg>", "<[secret]>")]
    #[case::hex("hunter2", "68756e74657232", "[secret]")]
    #[case::hex_capitals("Jean-Luc", "4A65616E2D4C7563", "[secret]")]
    #[case::innocent("hunter2", "no such user: alice", "no such user: alice")]
    #[case::empty("", "nothing to hide", "nothing to hide")]
    fn a_password_is_taken_out(#[case] secret: &str, #[case] text: &str, #[case] clean: &str) {
        assert_eq!(Redactor::new(&password(secret)).clean(text), clean);
    }

    #[rstest]
    #[case("a:", "")]
    #[case("al:", " and more")]
    #[case("ali:", "x")]
    #[case("alice:", "")]
    fn a_basic_authorization_header_does_not_give_the_password_away(
        #[case] before: &str,
        #[case] behind: &str,
    ) {
        let header = BASE64.encode(format!("{before}correct horse{behind}").as_bytes());
        let credentials = password("correct horse");
        let clean = Redactor::new(&credentials).clean(&header).into_owned();
        assert!(clean.contains(PLACEHOLDER), "{header} became {clean}");
        let left: usize = clean.split(PLACEHOLDER).map(str::len).sum();
        let own = header.len() - BASE64.encode(b"correct horse").len();
        assert!(left <= own + 8, "{header} became {clean}");
    }

    #[test]
    fn token_and_jwt_are_taken_out_too_and_a_text_without_them_is_not_copied() {
        let credentials = Credentials {
            token: Some(Secret::from("t0ken")),
            jwt: Some(Secret::from("eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl")),
            ..Credentials::default()
        };
        let redactor = Redactor::new(&credentials);
        let text = "t0ken, eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl";
        assert_eq!(redactor.clean(text), "[secret], [secret]");
        assert!(matches!(redactor.clean("all is well"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_long_secret_cut_short_is_taken_out() {
        let secret = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9";
        let credentials = password(secret);
        let redactor = Redactor::new(&credentials);
        assert_eq!(
            redactor.clean(&format!("bad {}...", &secret[..20])),
            "bad [secret]..."
        );
        let long = "x".repeat(CUT_TEXT_BYTES_MIN);
        for cut in CUT_CHARS_MIN..secret.len() {
            let text = format!("{long}: {}", &secret[..cut]);
            assert_eq!(redactor.clean(&text), format!("{long}: [secret]"));
            let marked = format!("bad {}…", &secret[..cut]);
            assert_eq!(redactor.clean(&marked), "bad [secret]…");
        }
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let credentials = password("hunter2");
        let redactor = Redactor::new(&credentials);
        redactor.clean("warm up");
        assert!(!format!("{redactor:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn redacted_text_never_contains_the_secret(secret in "\\PC{1,24}", before in "\\PC{0,12}", behind in "\\PC{0,12}") {
            let credentials = password(&secret);
            let redactor = Redactor::new(&credentials);
            let json = serde_json::to_string(&secret).unwrap();
            for form in [secret.clone(), format!("{secret:?}"), json, HEXLOWER.encode(secret.as_bytes())] {
                if form.len() < 4 {
                    continue;
                }
                let text = format!("{before}{form}{behind}");
                let clean = redactor.clean(&text).into_owned();
                let kept = clean.split(PLACEHOLDER).any(|part| part.contains(&form));
                prop_assert!(!kept, "{text:?} became {clean:?}");
            }
        }
    }
}
