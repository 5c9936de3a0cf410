//! policy-name: admits the user `guest`, who may subscribe to the news, and denies all others.

#![forbid(unsafe_code)]

use portcullis_sdk::{Decision, Grant, Policy, Request, Result, Settings, allow, deny};

/// What `configure` prepares and `decide` uses.
pub struct News;

impl Policy for News {
    /// Called once: read settings and data files here.
    fn configure(_settings: &Settings) -> Result<Self> {
        Ok(Self)
    }

    /// Called for each client.
    fn decide(&self, request: &Request) -> Decision {
        if request.user() != Some("guest") {
            return deny("not a guest");
        }
        allow(Grant::account("APP").subscribe(["news.>"]))
    }
}

portcullis_sdk::export!(News);

#[cfg(test)]
mod tests {
    use portcullis_sdk::testing;

    use super::*;

    fn decide(user: &str) -> Decision {
        let policy = News::configure(&testing::settings().build()).unwrap();
        policy.decide(&testing::request().user(user).build())
    }

    #[test]
    fn guests_may_subscribe_to_the_news() {
        let expected = Grant::account("APP").subscribe(["news.>"]);
        assert_eq!(decide("guest"), allow(expected));
    }

    #[test]
    fn all_others_are_denied() {
        assert_eq!(decide("alice"), deny("not a guest"));
    }
}
