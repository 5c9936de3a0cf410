use std::fmt;

/// A text from elsewhere, quoted and cut to what fits in a line of a log: to be written with `{:?}`.
pub struct Quoted<'a>(&'a str);

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
