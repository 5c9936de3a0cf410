//! The operator's limits on grants, and the permit, which is all that the callout signs.
//!
//! A grant passes as a whole or not at all. Nothing is trimmed to fit, because then a policy would do something other than
//! what its author tested. Bounds also refuse what nats-server would reject or skip: if it skips an entry of a deny list, the
//! subject is allowed.

mod account;
mod connection;
mod lifetime;
mod mqtt;
mod permit;
mod subject;

use std::time::Duration;

pub use account::{AccountPattern, BoundsError};
pub use permit::Permit;

use crate::refusal::refusal;
use portcullis_model::subject::{CALLOUT as CALLOUT_SUBJECT, CALLOUT_ANSWERS};
use portcullis_model::{Cause, Grant, Request, Rules, Timestamp, quoted};

/// The system account that nats-server uses when its configuration names none.
const DEFAULT_SYSTEM_ACCOUNT: &str = "$SYS";

/// The operator's limits on the grants of one policy.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The accounts in which the policy may place clients. Empty means none.
    pub accounts: Vec<AccountPattern>,
    /// System accounts besides `$SYS`. A policy reaches them and the callout's own account only by an exact name in
    /// `accounts`, not by a pattern.
    pub system_accounts: Vec<String>,
    /// The longest lifetime of a connection.
    pub lifetime_max: Duration,
    /// The lifetime for grants that have none, at most `lifetime_max`.
    pub lifetime_default: Duration,
    /// Subjects that no client may publish or subscribe to.
    pub denied_subjects: Vec<String>,
    /// Whether a grant may have no rules, with which a client may do everything in its account.
    pub account_defaults: bool,
    pub limits: GrantLimits,
}

/// How large a grant may be. A grant travels in the user JWT, which is base64 within base64, and nats-server reads at most
/// 1 MiB.
#[derive(Clone, Copy, Debug)]
pub struct GrantLimits {
    /// The most bytes of all texts of a grant together.
    pub text_bytes_max: usize,
    /// The most entries of all lists of a grant together.
    pub entries_max: usize,
    /// The most tags of a grant.
    pub tags_max: usize,
    /// The most bytes of one name: the account, the user, a tag.
    pub name_bytes_max: usize,
}

impl Default for GrantLimits {
    fn default() -> Self {
        Self {
            text_bytes_max: 256 * 1024,
            entries_max: 4_096,
            tags_max: 64,
            name_bytes_max: 256,
        }
    }
}

impl Bounds {
    /// Checks one of `denied_subjects`. Call it for each of them when bounds are set up.
    ///
    /// # Errors
    ///
    /// A server would misread the subject.
    pub fn check_denied(subject: &str) -> Result<(), BoundsError> {
        let fault = |fault| BoundsError::Subject {
            subject: subject.to_owned(),
            fault,
        };
        subject::find_denied_fault(subject).map_or(Ok(()), |found| Err(fault(found)))
    }

    /// Makes a permit for exactly what the grant says.
    ///
    /// `rules` are the grant's access as [`compile`](crate::compile) made it; `None` stands for the defaults of the account.
    /// `issued_at` is the server's time, from which the lifetime counts. `callout_account` is the account in which the server
    /// asks the callout. While it is not known, any account may be it: then no client may subscribe to the callout's subject,
    /// and none gets the defaults of its account.
    ///
    /// # Errors
    ///
    /// The grant exceeds the bounds. The cause names the field and how to correct it.
    pub fn admit(
        &self,
        grant: Grant,
        rules: Option<Rules>,
        request: &Request,
        issued_at: Timestamp,
        callout_account: Option<&str>,
    ) -> Result<Permit, Cause> {
        self.check_size(&grant, rules.as_ref())?;
        self.check_account(&grant.account, callout_account)?;
        self.check_labels(&grant)?;
        connection::check_transport(&grant.transports, request)?;
        connection::check_source(&grant.source_networks, request)?;
        let expires_at = lifetime::end(
            grant.expires_in,
            (self.lifetime_default, self.lifetime_max),
            issued_at,
        )?;
        let rules = match rules {
            Some(rules) => {
                let rules = self.complete(rules, &grant.account, callout_account)?;
                mqtt::check_denials(&rules, request)?;
                Some(rules)
            }
            None => self
                .check_defaults(&grant.account, callout_account)
                .map(|()| None)?,
        };
        Ok(Permit::new(
            grant.account,
            grant.name,
            grant.tags,
            expires_at,
            rules,
        ))
    }

    /// This check comes first, so that the others never process megabytes.
    fn check_size(&self, grant: &Grant, rules: Option<&Rules>) -> Result<(), Cause> {
        let subjects = rules.into_iter().flat_map(|rules| {
            let (publish, subscribe) = (&rules.publish, &rules.subscribe);
            [
                &publish.allow,
                &publish.deny,
                &subscribe.allow,
                &subscribe.deny,
            ]
        });
        let lists = || {
            [&grant.source_networks, &grant.tags]
                .into_iter()
                .chain(subjects.clone())
        };
        let entries = lists().map(Vec::len).sum::<usize>() + grant.transports.len();
        if entries > self.limits.entries_max {
            let limit = self.limits.entries_max;
            return Err(refusal(
                "size",
                format!(
                    "the grant has {entries} entries in its lists, but at most {limit} are allowed; a wildcard can replace many"
                ),
            ));
        }
        let names = grant.account.len() + grant.name.as_ref().map_or(0, String::len);
        let bytes = lists().flatten().map(String::len).sum::<usize>() + names;
        if bytes > self.limits.text_bytes_max {
            let limit = self.limits.text_bytes_max;
            return Err(refusal(
                "size",
                format!(
                    "the grant has {bytes} bytes of text, but at most {limit} are allowed; a wildcard can replace many entries"
                ),
            ));
        }
        Ok(())
    }

    fn check_account(&self, account: &str, callout_account: Option<&str>) -> Result<(), Cause> {
        self.check_label("account", account)?;
        if !self.accounts.iter().any(|pattern| pattern.matches(account)) {
            let allowed = self
                .accounts
                .iter()
                .map(AccountPattern::as_str)
                .collect::<Vec<_>>();
            let allowed = if allowed.is_empty() {
                "none".to_owned()
            } else {
                allowed.join(", ")
            };
            return Err(refusal(
                "account_not_allowed",
                format!(
                    "this policy may not use the account {account:?}; the operator allows: {allowed}"
                ),
            ));
        }
        let special = if callout_account == Some(account) {
            "the callout's own"
        } else if account == DEFAULT_SYSTEM_ACCOUNT
            || self.system_accounts.iter().any(|name| name == account)
        {
            "a system account"
        } else {
            return Ok(());
        };
        if self
            .accounts
            .iter()
            .any(|pattern| pattern.is_exactly(account))
        {
            return Ok(());
        }
        Err(refusal(
            "account_not_allowed",
            format!(
                "account {account:?} is {special}: a pattern does not allow it; write its exact name in `accounts` if the policy may use it"
            ),
        ))
    }

    fn check_labels(&self, grant: &Grant) -> Result<(), Cause> {
        if let Some(name) = &grant.name {
            self.check_label("name", name)?;
        }
        if grant.tags.len() > self.limits.tags_max {
            let (count, limit) = (grant.tags.len(), self.limits.tags_max);
            return Err(refusal(
                "tag",
                format!("the grant has {count} tags, but at most {limit} are allowed"),
            ));
        }
        for tag in &grant.tags {
            self.check_label("tag", tag)?;
        }
        if let Some((name, _)) = grant.options.first() {
            return Err(refusal(
                "option",
                format!(
                    "this version does not know the option {:?} of the grant; leave it out",
                    quoted(name)
                ),
            ));
        }
        Ok(())
    }

    fn check_label(&self, field: &'static str, label: &str) -> Result<(), Cause> {
        let limit = self.limits.name_bytes_max;
        let fault = if label.is_empty() {
            "is empty".to_owned()
        } else if label.len() > limit {
            format!("has {} bytes, but at most {limit} are allowed", label.len())
        } else if label.contains(char::is_control) {
            "has control characters".to_owned()
        } else if label.trim() != label {
            "begins or ends with a space".to_owned()
        } else {
            return Ok(());
        };
        Err(refusal(
            field,
            format!("{field} {:?} {fault}", quoted(label)),
        ))
    }

    /// Checks the rules and adds the denials that nats-server needs to do what the grant says.
    fn complete(
        &self,
        mut rules: Rules,
        account: &str,
        callout_account: Option<&str>,
    ) -> Result<Rules, Cause> {
        subject::check(&rules, &self.denied_subjects)?;
        subject::deny_publishing(&mut rules.publish.deny, &self.denied_subjects);
        subject::deny_subscribing(&mut rules.subscribe.deny, &self.denied_subjects);
        if may_be_callout_account(callout_account, account) {
            let [callout, answers] = [CALLOUT_SUBJECT, CALLOUT_ANSWERS].map(str::to_owned);
            subject::deny_publishing(&mut rules.publish.deny, std::slice::from_ref(&answers));
            subject::deny_subscribing(&mut rules.subscribe.deny, &[callout, answers]);
        }
        for subjects in [&mut rules.publish, &mut rules.subscribe] {
            if subjects.allow.is_empty() {
                // nats-server reads a missing allow list as "everything", even if there is a deny list.
                subjects.deny = vec![">".to_owned()];
            }
        }
        Ok(rules)
    }

    /// The server applies the defaults of an account by itself, so nothing can be denied in addition.
    fn check_defaults(&self, account: &str, callout_account: Option<&str>) -> Result<(), Cause> {
        if !self.account_defaults {
            return Err(refusal(
                "account_defaults",
                "account-defaults lets the client do everything in the account, which the operator forbids (account-defaults = false); give permissions instead".to_owned(),
            ));
        }
        if let Some(denied) = self.denied_subjects.first() {
            return Err(refusal(
                "account_defaults",
                format!(
                    "account-defaults cannot deny the client {denied:?}, which the operator's denied-subjects include; give permissions instead"
                ),
            ));
        }
        if may_be_callout_account(callout_account, account) {
            let why = match callout_account {
                Some(_) => "is the callout's own",
                None => "may be the callout's own, which is not known yet",
            };
            return Err(refusal(
                "account_defaults",
                format!(
                    "account {account:?} {why}; with account-defaults the client could read passwords on {CALLOUT_SUBJECT}; give permissions instead"
                ),
            ));
        }
        Ok(())
    }
}

fn may_be_callout_account(callout_account: Option<&str>, account: &str) -> bool {
    callout_account.is_none_or(|own| own == account)
}

#[cfg(test)]
mod tests;
