use super::lifetime;
use portcullis_model::{Admission, Rules, Timestamp};

/// Permission to connect that passed the operator's bounds. Only `Bounds::admit` makes one, and no user JWT is signed without
/// one.
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

    /// The same, with a lifetime that is shorter by up to a tenth, so that clients that came together do not all come again
    /// together. How much shorter depends on nothing but the connection's user nkey.
    #[must_use]
    pub fn spread(self, issued_at: Timestamp, user_nkey: &str) -> Self {
        let expires_at = lifetime::spread(self.expires_at, issued_at, user_nkey);
        Self { expires_at, ..self }
    }
}

impl Admission for Permit {
    fn account(&self) -> &str {
        &self.account
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn tags(&self) -> &[String] {
        &self.tags
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The rules in the form that nats-server needs: if nothing is allowed, everything is denied. `None` stands for the
    /// defaults of the account.
    fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }
}
