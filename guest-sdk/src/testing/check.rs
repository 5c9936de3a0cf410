use std::str::FromStr;

use crate::abilities::{Ability, Name};
use crate::{
    Access, Decision, Error, Grant, Permissions, Result, Subject, SubjectRules, Subscription,
};

/// Checks that the host would understand the decision: known abilities with valid names, valid
/// subjects, an account, and a lifetime. It does not check the operator's bounds, which a policy
/// does not know.
///
/// ```
/// use portcullis_sdk::abilities::kv;
/// use portcullis_sdk::{Grant, allow, testing};
///
/// let sound = allow(Grant::account("APP").can(kv("settings").read()));
/// testing::check(&sound).unwrap();
///
/// let dotted = allow(Grant::account("APP").can(kv("settings.v2").read()));
/// assert!(testing::check(&dotted).is_err());
/// ```
///
/// # Errors
///
/// The first fault, with its entry.
pub fn check(decision: &Decision) -> Result<()> {
    match decision {
        Decision::Allow(grant) => check_grant(grant),
        Decision::Deny(_) | Decision::Ignore(_) | Decision::Pass => Ok(()),
    }
}

fn check_grant(grant: &Grant) -> Result<()> {
    if grant.account.is_empty() {
        return Err(Error::new("account: must not be empty"));
    }
    if grant.expires_in == Some(0) {
        return Err(Error::new(
            "expires_in: less than one second admits no client",
        ));
    }
    match &grant.access {
        Access::Only(permissions) => check_permissions(permissions),
        Access::Role(_) | Access::AccountDefaults => Ok(()),
    }
}

fn check_permissions(permissions: &Permissions) -> Result<()> {
    for sentence in &permissions.abilities {
        sentence.parse::<Ability>()?;
    }
    check_rules::<Subject>("publish", &permissions.publish)?;
    check_rules::<Subscription>("subscribe", &permissions.subscribe)?;
    check_prefix("inbox", permissions.inbox.as_deref())?;
    if let Some(inbox) = permissions
        .inbox
        .as_deref()
        .filter(|inbox| inbox.starts_with('$'))
    {
        return Err(Error::new(format_args!(
            "inbox: {inbox:?} begins with $, which is reserved for the server"
        )));
    }
    check_prefix("jetstream_api", permissions.jetstream_api.as_deref())
}

fn check_rules<E: FromStr<Err = Error>>(field: &str, rules: &SubjectRules) -> Result<()> {
    for entry in rules.allow.iter().chain(&rules.deny) {
        if let Err(fault) = entry.parse::<E>() {
            return Err(Error::new(format_args!("{field}: {fault}")));
        }
    }
    Ok(())
}

/// Checks a subject to which the host adds tokens.
fn check_prefix(field: &str, prefix: Option<&str>) -> Result<()> {
    let Some(prefix) = prefix else { return Ok(()) };
    let wildcard = prefix
        .contains(['*', '>'])
        .then_some("has a wildcard; a prefix cannot have one");
    match Name::Subject.fault(prefix).or(wildcard) {
        None => Ok(()),
        Some(fault) => Err(Error::new(format_args!("{field}: {prefix:?} {fault}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::abilities::{kv, publish};
    use crate::{allow, deny};

    fn fault(grant: Grant) -> String {
        check(&allow(grant))
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn what_the_host_understands_is_sound() {
        let grant = Grant::account("APP")
            .can(kv("settings").keys(["site.>"]).read())
            .publish(["orders.*"])
            .subscribe(["jobs.> workers", "news"])
            .deny_subscribe(["news.internal.>"])
            .inbox("_INBOX_alice")
            .jetstream_api("$JS.hub.API");
        assert_eq!(fault(grant), "");
        assert_eq!(fault(Grant::account_defaults("APP")), "");
        assert!(check(&deny("no")).is_ok());
    }

    #[test]
    fn a_fault_is_named_with_its_entry() {
        let app = || Grant::account("APP");
        for (grant, expected) in [
            (Grant::account(""), "account: must not be empty"),
            (
                app().expires_in(Duration::ZERO),
                "expires_in: less than one second admits no client",
            ),
            (
                app().publish(["a b"]),
                "publish: \"a b\" has white space or control characters; write each subject as an \
                 entry of its own",
            ),
            (
                app().subscribe(["a b c"]),
                "subscribe: \"a b c\" has white space or control characters; write \"subject\" or \
                 \"subject queue\"",
            ),
            (
                app().deny_publish(["a..b"]),
                "publish: \"a..b\" has an empty token; dots only separate tokens",
            ),
            (
                app().inbox("_INBOX.>"),
                "inbox: \"_INBOX.>\" has a wildcard; a prefix cannot have one",
            ),
            (
                app().inbox("$SYS"),
                "inbox: \"$SYS\" begins with $, which is reserved for the server",
            ),
            (
                app().jetstream_api("$JS."),
                "jetstream_api: \"$JS.\" has an empty token; dots only separate tokens",
            ),
            (
                app().can("publish a").can(publish("a b")),
                "\"invalid name \\\"a b\\\" for publish\" is not an ability; use publish, \
                 subscribe, request, reply, service, stream, kv, object or mqtt",
            ),
        ] {
            assert_eq!(fault(grant), expected);
        }
    }
}
