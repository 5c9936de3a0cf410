use std::fmt;

use portcullis_model::Pattern;

/// An exact account name, or a pattern with `*`. A `*` matches any number of characters, including none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPattern(Pattern);

/// What is wrong with the operator's bounds.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundsError {
    #[error(
        "an account name is empty; write a name as in the server's configuration, or a pattern such as TENANT-*"
    )]
    Empty,
    #[error(
        "account {0:?} has spaces or control characters; write the name as in the server's configuration"
    )]
    Malformed(String),
    #[error("denied subject {subject:?} {fault}")]
    Subject {
        subject: String,
        fault: &'static str,
    },
}

impl AccountPattern {
    /// Reads a name or a pattern.
    ///
    /// # Errors
    ///
    /// The text is empty or has spaces or control characters.
    pub fn parse(text: &str) -> Result<Self, BoundsError> {
        if text.is_empty() {
            return Err(BoundsError::Empty);
        }
        if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Err(BoundsError::Malformed(text.to_owned()));
        }
        Ok(Self(Pattern::new(text)))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the pattern matches the whole name.
    pub fn matches(&self, account: &str) -> bool {
        self.0.matches(account)
    }

    /// Whether this is exactly that name, and not a pattern that matches it.
    pub(super) fn is_exactly(&self, account: &str) -> bool {
        self.0.is_exactly(account)
    }
}

impl fmt::Display for AccountPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("APP", "APP", true)]
    #[case("APP", "APP2", false)]
    #[case("APP", "app", false)]
    #[case("TENANT-*", "TENANT-", true)]
    #[case("TENANT-*", "TENANT-7", true)]
    #[case("TENANT-*", "XTENANT-7", false)]
    #[case("*", "anything", true)]
    #[case("*-EU", "A-EU", true)]
    #[case("*-EU", "A-EU-B", false)]
    #[case("A*B*C", "AxBxC", true)]
    #[case("A*B*C", "ABC", true)]
    #[case("A*B*C", "AC", false)]
    #[case("A*A", "A", false)]
    #[case("A*B*B", "AB", false)]
    #[case("A**B", "AB", true)]
    fn a_star_matches_any_characters(
        #[case] pattern: &str,
        #[case] account: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(
            AccountPattern::parse(pattern).unwrap().matches(account),
            expected
        );
    }

    #[test]
    fn an_empty_name_or_one_with_spaces_is_refused() {
        assert_eq!(AccountPattern::parse(""), Err(BoundsError::Empty));
        assert_eq!(
            AccountPattern::parse("A B"),
            Err(BoundsError::Malformed("A B".into()))
        );
        assert_eq!(
            AccountPattern::parse("A\n"),
            Err(BoundsError::Malformed("A\n".into()))
        );
    }
}
