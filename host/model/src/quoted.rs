use std::fmt;

/// A text from outside, to be written with `{:?}`: quoted and cut to 80 bytes, so that it fits in a log line.
pub struct Quoted<'a>(&'a str);

/// Prepares a text from outside for an error or a log line.
pub fn quoted(text: &str) -> Quoted<'_> {
    Quoted(text)
}

impl fmt::Debug for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.floor_char_boundary(80);
        let (head, tail) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        let more = if tail.is_empty() { "" } else { "..." };
        write!(formatter, "{head:?}{more}")
    }
}
