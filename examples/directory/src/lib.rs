//! Admits users in `users.json` with the right password, with the permissions written there.

#![forbid(unsafe_code)]

mod hashes;
mod users;

use portcullis_sdk::{
    Decision, Policy, Request, Result, Settings, allow, deny, log, pass, same_secret,
};

use users::Users;

/// Compared with the password of an unknown user, so that the answer takes as long as for known
/// users.
const NOBODYS_PASSWORD: &str = "not the password of anybody";

pub struct Directory {
    users: Users,
}

impl Policy for Directory {
    fn configure(settings: &Settings) -> Result<Self> {
        let users: Users = settings.data_json("users.json")?;
        log::info!("users in users.json: {}", users.len());
        Ok(Self { users })
    }

    /// A client without a user name may have credentials for another policy of the chain.
    fn decide(&self, request: &Request) -> Decision {
        let Some(name) = request.user() else {
            return pass();
        };
        let user = self.users.find(name);
        let expected = user.map_or(NOBODYS_PASSWORD, |user| &user.pass);
        let right = same_secret(request.password().unwrap_or_default(), expected);
        match user {
            Some(user) if right => allow(user.grant().name(name)),
            _ => deny("unknown user or wrong password"),
        }
    }
}

portcullis_sdk::export!(Directory);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portcullis_sdk::{Grant, testing};

    use super::*;

    const USERS: &str = r#"{
        "sys": { "pass": "sys", "account": "SYS" },
        "alice": { "pass": "alice", "account": "APP" },
        "bob": { "pass": "bob", "account": "APP", "permissions": {
            "pub": { "allow": ["bob.>"], "deny": ["bob.secret"] }, "sub": { "allow": ["bob.>"] },
            "resp": { "max": 1 }
        } },
        "eve": { "pass": "eve", "account": "APP", "permissions": { "pub": { "deny": ["a"] } } },
        "ann": { "pass": "ann", "account": "APP", "permissions": {
            "resp": { "max": -1, "ttl": 5000000000 }
        } },
        "joe": { "pass": "joe", "account": "APP",
            "can": ["kv read test_kv dev.001.>", "request orders.*"],
            "inbox": "_INBOX_joe", "jetstream_api": "$JS.hub.API"
        },
        "kim": { "pass": "kim", "account": "APP", "can": ["publish news"],
            "permissions": { "sub": { "allow": ["kim.>"] } }
        },
        "lee": { "pass": "lee", "account": "APP", "can": [] }
    }"#;

    fn decision(user: &str, password: &str) -> Decision {
        let policy = Directory::configure(&testing::settings().data("users.json", USERS).build());
        policy
            .unwrap()
            .decide(&testing::request().user(user).password(password).build())
    }

    #[test]
    fn a_user_without_permissions_has_those_of_the_account() {
        assert_eq!(
            decision("alice", "alice"),
            allow(Grant::account_defaults("APP").name("alice"))
        );
        assert_eq!(
            decision("sys", "sys"),
            allow(Grant::account_defaults("SYS").name("sys"))
        );
    }

    #[test]
    fn a_user_with_permissions_has_no_others() {
        let bob = Grant::account("APP")
            .name("bob")
            .publish(["bob.>"])
            .deny_publish(["bob.secret"]);
        let bob = bob.subscribe(["bob.>"]).allow_responses(1, Duration::ZERO);
        assert_eq!(decision("bob", "bob"), allow(bob));
        let ann = Grant::account("APP").name("ann");
        let ann = ann.allow_responses(u32::MAX, Duration::from_secs(5));
        assert_eq!(decision("ann", "ann"), allow(ann));
    }

    #[test]
    fn a_user_who_is_only_denied_subjects_is_allowed_none() {
        assert_eq!(
            decision("eve", "eve"),
            allow(Grant::account("APP").name("eve").deny_publish(["a"]))
        );
    }

    #[test]
    fn a_user_with_abilities_has_these_and_no_defaults() {
        let joe = Grant::account("APP")
            .name("joe")
            .inbox("_INBOX_joe")
            .jetstream_api("$JS.hub.API")
            .can(["kv read test_kv dev.001.>", "request orders.*"]);
        assert_eq!(decision("joe", "joe"), allow(joe));
        let lee = Grant::account("APP").name("lee");
        assert_eq!(decision("lee", "lee"), allow(lee));
    }

    #[test]
    fn abilities_and_permissions_stand_beside_each_other() {
        let kim = Grant::account("APP").name("kim");
        let kim = kim.can("publish news").subscribe(["kim.>"]);
        assert_eq!(decision("kim", "kim"), allow(kim));
    }

    #[test]
    fn every_grant_is_sound() {
        for user in ["alice", "bob", "eve", "ann", "joe", "kim", "lee"] {
            testing::check(&decision(user, user)).unwrap();
        }
    }

    #[test]
    fn a_wrong_password_and_an_unknown_user_are_answered_alike() {
        for (user, password) in [
            ("alice", "bob"),
            ("alice", ""),
            ("pam", "pam"),
            ("pam", NOBODYS_PASSWORD),
            ("", ""),
        ] {
            assert_eq!(
                decision(user, password),
                deny("unknown user or wrong password"),
                "{user}"
            );
        }
    }

    #[test]
    fn a_client_without_a_user_name_is_left_to_the_next_policy() {
        let settings = testing::settings().data("users.json", USERS).build();
        let request = testing::request().token("alice").build();
        assert_eq!(
            Directory::configure(&settings).unwrap().decide(&request),
            pass()
        );
    }
}
