/// An exact name, or a pattern with `*`. A `*` matches any number of characters, including none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern matches the whole name.
    pub fn matches(&self, name: &str) -> bool {
        let Some((head, rest)) = self.0.split_once('*') else {
            return self.0 == name;
        };
        let Some(mut middle) = name.strip_prefix(head) else {
            return false;
        };
        let (between, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
        // The leftmost match of each piece leaves the most room for the next piece.
        for piece in between.split('*') {
            match middle.split_once(piece) {
                Some((_, after)) => middle = after,
                None => return false,
            }
        }
        middle.ends_with(tail)
    }

    /// Whether this is exactly that name, and not a pattern that matches it.
    pub fn is_exactly(&self, name: &str) -> bool {
        !self.0.contains('*') && self.0 == name
    }
}
