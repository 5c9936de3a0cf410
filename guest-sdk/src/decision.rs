//! Decisions and grants.

use std::time::Duration;

use crate::abilities::Abilities;
use crate::{Access, Decision, Grant, Permissions, ResponseRule, SubjectRules, Transport};

/// Admits the client with this grant.
pub fn allow(grant: Grant) -> Decision {
    Decision::Allow(grant)
}

/// Denies the client at once. The cause is a short, fixed text ("wrong password"). The operator
/// reads it and the host counts by it; the client never sees it.
pub fn deny(cause: &str) -> Decision {
    Decision::Deny(cause.to_owned())
}

/// Denies the client without an answer until the server's timeout, which slows down guessing. The
/// cause is as in [`deny`].
pub fn ignore(cause: &str) -> Decision {
    Decision::Ignore(cause.to_owned())
}

/// Leaves the decision to the next policy of the chain. At the end of the chain the client is denied.
pub fn pass() -> Decision {
    Decision::Pass
}

/// Constructors.
impl Grant {
    /// A grant for this account, with only the permissions that are added to it. Without any, the
    /// client can connect and do nothing else.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use portcullis_sdk::Grant;
    /// Grant::account("APP")
    ///     .publish(["orders.new"])
    ///     .subscribe(["orders.>", "_INBOX.>"])
    ///     .deny_subscribe(["orders.internal.>"])
    ///     .allow_responses(1, Duration::from_secs(60))
    ///     .expires_in(Duration::from_secs(3600));
    /// ```
    pub fn account(account: impl Into<String>) -> Self {
        Self::with_access(account, Access::Only(nothing()))
    }

    /// A grant for this account without rules of its own: everything in the account. nats-server
    /// applies no `default_permissions` to clients of the callout. The operator can forbid it.
    pub fn account_defaults(account: impl Into<String>) -> Self {
        Self::with_access(account, Access::AccountDefaults)
    }

    /// A grant for this account, with the permissions of one of its scoped signing keys, by the name
    /// that the operator gave it. Operator mode only.
    pub fn role(account: impl Into<String>, role: impl Into<String>) -> Self {
        Self::with_access(account, Access::Role(role.into()))
    }

    fn with_access(account: impl Into<String>, access: Access) -> Self {
        Self {
            account: account.into(),
            access,
            name: None,
            expires_in: None,
            transports: Vec::new(),
            source_networks: Vec::new(),
            tags: Vec::new(),
            options: Vec::new(),
        }
    }
}

/// What the client may do. The first of these calls on a grant of
/// [`account_defaults`](Grant::account_defaults) or of a [`role`](Grant::role) replaces those
/// permissions: from then on the client has only what is added.
impl Grant {
    /// Permission to publish to these subjects, wildcards included.
    pub fn publish(self, subjects: impl IntoIterator<Item: Into<String>>) -> Self {
        self.permit(|named| {
            named
                .publish
                .allow
                .extend(subjects.into_iter().map(Into::into))
        })
    }

    /// Forbids publishing to these subjects, whatever else allows it.
    pub fn deny_publish(self, subjects: impl IntoIterator<Item: Into<String>>) -> Self {
        self.permit(|named| {
            named
                .publish
                .deny
                .extend(subjects.into_iter().map(Into::into))
        })
    }

    /// Permission to subscribe to these subjects, wildcards included.
    pub fn subscribe(self, subjects: impl IntoIterator<Item: Into<String>>) -> Self {
        self.permit(|named| {
            named
                .subscribe
                .allow
                .extend(subjects.into_iter().map(Into::into))
        })
    }

    /// Forbids subscribing to these subjects, whatever else allows it.
    pub fn deny_subscribe(self, subjects: impl IntoIterator<Item: Into<String>>) -> Self {
        self.permit(|named| {
            named
                .subscribe
                .deny
                .extend(subjects.into_iter().map(Into::into))
        })
    }

    /// Permission to reply to messages that the client received: the number of replies to each, and
    /// for how long, in milliseconds (a fraction counts as one). Zero is the server's own default (one
    /// reply, two minutes); the largest values mean no limit.
    pub fn allow_responses(self, max_messages: u32, within: Duration) -> Self {
        let milliseconds = within.as_nanos().div_ceil(1_000_000);
        let expires_in_ms = u64::try_from(milliseconds).unwrap_or(u64::MAX);
        self.permit(|named| {
            named.responses = Some(ResponseRule {
                max_messages,
                expires_in_ms,
            })
        })
    }

    /// Adds one or more abilities, as calls of [`abilities`](crate::abilities) or as sentences:
    /// `kv("settings").keys(["site.>"]).read()` is `"kv read settings site.>"`. The host turns them
    /// into the subjects that they need. If there is one that it does not understand, it denies the
    /// client.
    ///
    /// ```
    /// # use portcullis_sdk::Grant;
    /// use portcullis_sdk::abilities::{kv, request};
    ///
    /// Grant::account("APP")
    ///     .inbox("_INBOX_alice")
    ///     .can(kv("settings").keys(["site.>"]).read())
    ///     .can(request("orders.*"));
    /// ```
    pub fn can(self, abilities: impl Abilities) -> Self {
        self.permit(|named| named.abilities.extend(abilities.sentences()))
    }

    /// The prefix of the client's inbox, instead of `_INBOX`, for the abilities that receive
    /// replies. With a prefix of its own, no other client can read its replies. The client has to use
    /// the same prefix.
    pub fn inbox(self, prefix: impl Into<String>) -> Self {
        self.permit(|named| named.inbox = Some(prefix.into()))
    }

    /// The prefix of the JetStream API, instead of `$JS.API`, for the abilities of streams and
    /// buckets. With a domain it is `$JS.<domain>.API`.
    pub fn jetstream_api(self, prefix: impl Into<String>) -> Self {
        self.permit(|named| named.jetstream_api = Some(prefix.into()))
    }

    fn permit(mut self, name: impl FnOnce(&mut Permissions)) -> Self {
        let mut permissions = match self.access {
            Access::Only(permissions) => permissions,
            Access::Role(_) | Access::AccountDefaults => nothing(),
        };
        name(&mut permissions);
        self.access = Access::Only(permissions);
        self
    }
}

/// How long the grant is valid, from where, and under which name.
impl Grant {
    /// The name by which the server shows the connection.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// When the server ends the connection, in whole seconds: a fraction is cut off, and less than
    /// one second admits no client. The operator sets the default and the maximum.
    /// A longer lifetime than the maximum is a denial.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX));
        self
    }

    /// Transports for which the grant is valid, instead of the one that the client uses.
    pub fn transports(mut self, transports: impl IntoIterator<Item = Transport>) -> Self {
        self.transports.extend(transports);
        self
    }

    /// CIDR blocks for which the grant is valid, instead of any address.
    pub fn source_networks(mut self, networks: impl IntoIterator<Item: Into<String>>) -> Self {
        self.source_networks
            .extend(networks.into_iter().map(Into::into));
        self
    }

    /// A tag for the operator.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// An option that only newer hosts know. A host that does not know the name denies the client.
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.push((name.into(), value.into()));
        self
    }
}

fn nothing() -> Permissions {
    let no_subjects = || SubjectRules {
        allow: Vec::new(),
        deny: Vec::new(),
    };
    Permissions {
        abilities: Vec::new(),
        publish: no_subjects(),
        subscribe: no_subjects(),
        responses: None,
        inbox: None,
        jetstream_api: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_into_an_account_gives_nothing_that_it_does_not_name() {
        assert_eq!(Grant::account("APP").access, Access::Only(nothing()));
    }

    #[test]
    fn a_named_permission_replaces_the_defaults_of_the_account() {
        assert_eq!(
            Grant::account_defaults("APP").publish(["a"]),
            Grant::account("APP").publish(["a"])
        );
    }

    #[test]
    fn a_lifetime_beyond_the_contract_is_the_longest_that_it_has() {
        assert_eq!(
            Grant::account("APP").expires_in(Duration::MAX).expires_in,
            Some(u32::MAX)
        );
        let always = Grant::account("APP").allow_responses(u32::MAX, Duration::MAX);
        let Access::Only(permissions) = always.access else {
            panic!("permissions were named")
        };
        assert_eq!(permissions.responses.unwrap().expires_in_ms, u64::MAX);
    }
}
