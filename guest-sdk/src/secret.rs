use subtle::{Choice, ConstantTimeEq};

/// Whether a secret that a client presented is the expected one. The time depends only on the length
/// of the presented secret, so that a client that measures it learns nothing about the expected
/// secret.
///
/// An empty secret never matches: a forgotten password must not admit anyone.
///
/// If there is no secret to compare with, such as the password of an unknown user, compare with
/// some other text anyway: otherwise the time would tell which users exist.
///
/// ```
/// use portcullis_sdk::same_secret;
///
/// assert!(same_secret("correct horse", "correct horse"));
/// assert!(!same_secret("correct", "correct horse"));
/// assert!(!same_secret("", ""));
/// ```
pub fn same_secret(presented: &str, expected: &str) -> bool {
    // A longer presented secret is compared with the expected bytes repeatedly: the lengths differ,
    // and the work is the same.
    let expected_bytes = expected.bytes().cycle().chain(std::iter::repeat(0));
    let same_bytes = presented
        .bytes()
        .zip(expected_bytes)
        .fold(Choice::from(1), |same, (ours, theirs)| {
            same & ours.ct_eq(&theirs)
        });
    let same_length = presented.len().ct_eq(&expected.len());
    let not_empty = !expected.len().ct_eq(&0);
    (same_bytes & same_length & not_empty).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_of_the_secret_is_another_secret() {
        assert!(!same_secret("abab", "ab"));
    }

    #[test]
    fn a_change_of_any_byte_is_another_secret() {
        for changed in ["xbc", "axc", "abx"] {
            assert!(!same_secret(changed, "abc"), "{changed}");
        }
    }

    #[test]
    fn nothing_is_the_same_as_an_empty_secret() {
        assert!(!same_secret("abc", ""));
    }
}
