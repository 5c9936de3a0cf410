use std::fmt;

/// Why a policy cannot be configured: one line for the operator that says what is wrong, where, and
/// how to fix it.
///
/// `?` converts every [`std::error::Error`] into one.
pub struct Error(String);

/// The result of [`Policy::configure`](crate::Policy::configure).
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with this text. Do not put secrets into it: it is logged.
    pub fn new(text: impl fmt::Display) -> Self {
        Self(text.to_string())
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text itself, so that a failing `unwrap` in a test shows what the operator would read.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_another_crate_keeps_its_text() {
        let number: Result<u8> = "x".parse::<u8>().map_err(Error::from);
        assert_eq!(
            number.unwrap_err().to_string(),
            "invalid digit found in string"
        );
    }
}
