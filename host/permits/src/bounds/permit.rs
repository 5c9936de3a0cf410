use portcullis_model::{Admission, Rules, Timestamp};

/// Leave to connect that passed the operator's bounds. Only `Bounds::admit` makes one, and without one no user is signed.
#[derive(Debug, PartialEq)]
pub struct Permit {
    account: String,
    name: Option<String>,
    tags: Vec<String>,
    expires_at: Timestamp,
    rules: Option<Rules>,
}

impl Permit {
    pub(super) fn new(
        account: String,
        name: Option<String>,
        tags: Vec<String>,
        expires_at: Timestamp,
        rules: Option<Rules>,
    ) -> Self {
        Self {
            account,
            name,
            tags,
            expires_at,
            rules,
        }
    }
}

impl Admission for Permit {
    /// Name of the account to place the client in.
    fn account(&self) -> &str {
        &self.account
    }

    /// Name by which the server shows the connection.
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn tags(&self) -> &[String] {
        &self.tags
    }

    /// When the server ends the connection, by the server's own clock.
    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// As nats-server reads them: where nothing is allowed, everything is denied. `None` are the defaults of the account.
    fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }
}
