use std::fmt;

/// A version, as far as it is compared: its first three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 3]);

impl Version {
    pub(super) const fn new(major: u32, minor: u32) -> Self {
        Self([major, minor, 0])
    }

    /// The first dotted number in the output of a tool, with any text before and after it:
    /// `go version go1.26.8 linux/amd64`, `v20.20.2`, `0.16.0-dev.12`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
        text.split(|letter| !is_part(letter)).find_map(|word| {
            let mut parts = word.trim_matches('.').split('.');
            let major = parts.next()?.parse().ok()?;
            let minor = parts.next()?.parse().ok()?;
            let patch = parts.next().and_then(|part| part.parse().ok());
            Some(Self([major, minor, patch.unwrap_or(0)]))
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        match (minor, patch) {
            (0, 0) => write!(formatter, "{major}"),
            (_, 0) => write!(formatter, "{major}.{minor}"),
            _ => write!(formatter, "{major}.{minor}.{patch}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("rustc 1.95.0 (59807616e 2026-04-14)", "1.95")]
    #[case("go version go1.26.8 linux/amd64", "1.26.8")]
    #[case("go version devel go1.27-abcdef12 Mon Nov 23", "1.27")]
    #[case("v20.20.2\n", "20.20.2")]
    #[case("Python 3.13.0rc1", "3.13")]
    #[case("0.16.0-dev.12+abc", "0.16")]
    #[case("componentize-py 0.25.1", "0.25.1")]
    #[case("(1.2.3.4).", "1.2.3")]
    fn a_version_is_found_anywhere_in_the_text(#[case] text: &str, #[case] version: &str) {
        assert_eq!(Version::parse(text).unwrap().to_string(), version);
    }

    #[rstest]
    #[case("")]
    #[case("unknown")]
    #[case("build 7")]
    #[case("99999999999999999999.1")]
    fn a_text_without_a_version_has_none(#[case] text: &str) {
        assert_eq!(Version::parse(text), None);
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(Version::parse("1.9.9") < Version::parse("1.24"));
        assert!(Version::parse("1.24.0").unwrap() >= Version::new(1, 24));
    }
}
