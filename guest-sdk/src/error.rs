use std::fmt;

/// Why a policy cannot be configured: one line for the operator, saying what, where, and how to
/// mend it.
///
/// Every [`std::error::Error`] becomes one with `?`.
pub struct Error(String);

/// What [`Policy::configure`](crate::Policy::configure) returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with this text. Put no secrets into it: it goes to a log.
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

/// The text itself, so that a test that unwraps shows it as the operator would read it.
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
