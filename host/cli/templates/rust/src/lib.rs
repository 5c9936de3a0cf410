//! policy-name: the user `guest` may listen to the news, and nobody else gets in.

#![forbid(unsafe_code)]

use portcullis_sdk::{Decision, Grant, Policy, Request, Result, Settings, allow, deny};

/// What `configure` prepares and `decide` looks up.
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
    fn guests_listen_to_the_news() {
        let expected = Grant::account("APP").subscribe(["news.>"]);
        assert_eq!(decide("guest"), allow(expected));
    }

    #[test]
    fn nobody_else_gets_in() {
        assert_eq!(decide("alice"), deny("not a guest"));
    }
}
