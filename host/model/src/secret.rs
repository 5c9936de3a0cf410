use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that must stay hidden. It is wiped when dropped, printed as a placeholder, and compared in constant time.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. The name makes each use stand out in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The time of a comparison depends on the lengths of the two texts, not on their content.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_a_placeholder() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "[secret]");
    }

    #[test]
    fn secrets_are_equal_when_their_texts_are() {
        assert_eq!(Secret::from("hunter2"), Secret::from("hunter2"));
        assert_ne!(Secret::from("hunter2"), Secret::from("hunter3"));
        assert_ne!(Secret::from("hunter2"), Secret::from("hunter"));
    }
}
