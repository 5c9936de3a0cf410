//! What policies may grant: for all of them, and narrowed for one.

use std::time::Duration;

use super::accounts::{Special, account, covers, usual_system_accounts};
use super::problem::{Problem, nearest};
use super::resolver::Resolver;
use super::tree::{PolicyTable, Tree, Words, switch};
use super::units::lifetime;
use portcullis_permits::bounds::{AccountPattern, Bounds, BoundsError, GrantLimits};

/// The bounds of every policy that does not set narrower ones.
pub(super) struct ServiceBounds {
    accounts: Vec<AccountPattern>,
    /// None is written, not even a wrong one.
    pub(super) has_no_accounts: bool,
    special: Special,
    denied_subjects: Vec<String>,
    account_defaults: bool,
    lifetimes: Lifetimes,
}

#[derive(Clone, Copy)]
struct Lifetimes {
    default: Duration,
    max: Duration,
}

const THIRTY_DAYS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The values that the operator did not set. The default is as long as it may be, because the end of a grant closes some
/// clients for good (see `docs/src/clients.md`).
const STANDARD: Lifetimes = Lifetimes {
    default: THIRTY_DAYS,
    max: THIRTY_DAYS,
};

impl ServiceBounds {
    pub(super) fn read(tree: &Tree, resolver: &mut Resolver<'_>) -> Self {
        let written = Written {
            default: ("lifetime", &tree.lifetime),
            max: ("lifetime-max", &tree.lifetime_max),
        };
        let special = Special::read(tree);
        special.warn("accounts", &tree.accounts, resolver);
        Self {
            accounts: resolver.parse_all("accounts", &tree.accounts, |name| account(name)),
            has_no_accounts: tree.accounts.is_empty(),
            special,
            denied_subjects: resolver.parse_all(
                "denied-subjects",
                &tree.denied_subjects,
                |subject| denied_subject(subject),
            ),
            account_defaults: switch(&tree.account_defaults, true),
            lifetimes: STANDARD.narrowed(&written, None, resolver),
        }
    }

    /// The bounds of one policy; `label` is the name of its table.
    pub(super) fn of_policy(
        &self,
        table: &PolicyTable,
        label: &str,
        resolver: &mut Resolver<'_>,
    ) -> Bounds {
        let key = |key: &str| format!("{label}.{key}");
        let more = resolver.parse_all(&key("denied-subjects"), &table.denied_subjects, |subject| {
            denied_subject(subject)
        });
        let (default, max) = (key("lifetime"), key("lifetime-max"));
        let written = Written {
            default: (&default, &table.lifetime),
            max: (&max, &table.lifetime_max),
        };
        let bound = Some(self.lifetimes.max);
        let lifetimes = self.lifetimes.narrowed(&written, bound, resolver);
        Bounds {
            accounts: self.accounts_of(table, &key("accounts"), resolver),
            system_accounts: self.special.system.clone(),
            lifetime_max: lifetimes.max,
            lifetime_default: lifetimes.default,
            denied_subjects: self.denied_subjects.iter().cloned().chain(more).collect(),
            account_defaults: self.account_defaults && switch(&table.account_defaults, true),
            limits: GrantLimits::default(),
        }
    }

    /// The accounts that a policy names, each within those of the service; or all of these.
    fn accounts_of(
        &self,
        table: &PolicyTable,
        key: &str,
        resolver: &mut Resolver<'_>,
    ) -> Vec<AccountPattern> {
        let Some(written) = &table.accounts else {
            return self.accounts.clone();
        };
        let names = written.get_ref();
        if names.is_empty() {
            resolver.fault(written.span().start, key, Problem::EmptyAccounts);
        }
        self.special.warn(key, names, resolver);
        resolver.parse_all(key, names, |name| {
            let pattern = account(name)?;
            let covers = |wide: &AccountPattern| covers(wide.as_str(), name);
            if self.accounts.is_empty() || self.accounts.iter().any(covers) {
                return Ok(pattern);
            }
            let known: Vec<&str> = self.accounts.iter().map(AccountPattern::as_str).collect();
            let hint = nearest(name, &known);
            Err(Problem::UnknownAccount {
                account: name.clone(),
                known: known.join(", "),
                hint: hint.map_or_else(String::new, |near| format!("; did you mean {near:?}?")),
            })
        })
    }
}

/// The bounds of a service that sets only the accounts.
///
/// # Errors
///
/// A name or a pattern that no account can have.
pub fn standard_bounds(accounts: &[String]) -> Result<Bounds, BoundsError> {
    let accounts = accounts.iter().map(|text| AccountPattern::parse(text));
    Ok(Bounds {
        accounts: accounts.collect::<Result<_, _>>()?,
        system_accounts: usual_system_accounts(),
        lifetime_max: STANDARD.max,
        lifetime_default: STANDARD.default,
        denied_subjects: Vec::new(),
        account_defaults: true,
        limits: GrantLimits::default(),
    })
}

/// The two lifetimes as written, each with its key.
struct Written<'a> {
    default: (&'a str, &'a Words),
    max: (&'a str, &'a Words),
}

impl Lifetimes {
    /// These lifetimes with the written values, of which the maximum cannot exceed the bound. A default that is not written
    /// here is shortened to the maximum.
    fn narrowed(
        self,
        written: &Written<'_>,
        bound: Option<Duration>,
        resolver: &mut Resolver<'_>,
    ) -> Self {
        let mut max = self.max;
        let (key, text) = written.max;
        resolver.set(&mut max, key, text, |text| {
            let lifetime = lifetime(text)?;
            match bound.filter(|bound| lifetime > *bound) {
                Some(bound) => Err(Problem::LifetimeMax(bound)),
                None => Ok(lifetime),
            }
        });
        let mut default = self.default.min(max);
        let (key, text) = written.default;
        resolver.set(&mut default, key, text, |text| {
            let lifetime = lifetime(text)?;
            match lifetime > max {
                true => Err(Problem::Lifetime(max)),
                false => Ok(lifetime),
            }
        });
        Self { default, max }
    }
}

fn denied_subject(subject: &str) -> Result<String, Problem> {
    match Bounds::check_denied(subject) {
        Ok(()) => Ok(subject.to_owned()),
        Err(error) => Err(Problem::Other(error.to_string())),
    }
}
