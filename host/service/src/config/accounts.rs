//! Accounts in which policies may place clients, and accounts in which clients can do harm.

use toml::Spanned;

use super::problem::Problem;
use super::resolver::Resolver;
use super::tree::Tree;
use portcullis_permits::bounds::AccountPattern;

/// Further names that system accounts can have. The usual two are closed to patterns in any case.
const MORE_SYSTEM_NAMES: [&str; 4] = ["SYSTEM", "system", "sys", "Sys"];

/// Accounts whose clients can do harm.
pub(super) struct Special {
    pub(super) system: Vec<String>,
    /// The operator has named the system accounts.
    system_is_named: bool,
    callout: Option<String>,
}

impl Special {
    pub(super) fn read(tree: &Tree) -> Self {
        let named = tree.system_accounts.as_ref();
        let names = |names: &Vec<Spanned<String>>| {
            let names = names.iter().map(|name| name.get_ref().clone());
            names.collect()
        };
        let callout = tree.service.callout_account.as_ref();
        Self {
            system: named.map_or_else(usual_system_accounts, names),
            system_is_named: named.is_some(),
            callout: callout.map(|name| name.get_ref().clone()),
        }
    }

    /// Warns if `accounts` allows one of these.
    pub(super) fn warn(&self, key: &str, written: &[Spanned<String>], resolver: &mut Resolver<'_>) {
        for name in written {
            if let Some(text) = self.warning(name.get_ref()) {
                resolver.warn(name.span().start, key, text);
            }
        }
    }

    fn warning(&self, name: &str) -> Option<String> {
        if name.contains('*') {
            let fits = AccountPattern::parse(name).ok()?;
            let hole = MORE_SYSTEM_NAMES.iter().find(|name| fits.matches(name))?;
            return (!self.system_is_named).then(|| {
                format!(
                    "{name:?} also fits a system account called {hole:?}, where clients see and control every server; only \
                     SYS and $SYS are closed to patterns, so name yours in system-accounts"
                )
            });
        }
        if self.callout.as_deref() == Some(name) {
            return Some(format!(
                "{name:?} is the callout's own account, where clients can read the requests of others, with passwords; \
                 remove it unless you mean that"
            ));
        }
        let is_system = name == "$SYS" || self.system.iter().any(|system| system == name);
        is_system.then(|| {
            format!(
                "{name:?} is a system account, where clients see and control every server; remove it unless you mean that"
            )
        })
    }
}

/// Names that system accounts usually have.
pub(super) fn usual_system_accounts() -> Vec<String> {
    vec!["SYS".to_owned(), "$SYS".to_owned()]
}

pub(super) fn account(name: &str) -> Result<AccountPattern, Problem> {
    AccountPattern::parse(name).map_err(|error| Problem::Other(error.to_string()))
}

/// Whether every account that `narrow` matches is one that `wide` matches. A `*` of `narrow` counts as a letter
/// here: only a `*` of `wide` matches it.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    let Some((head, tail)) = wide.split_once('*') else {
        return wide == narrow;
    };
    let Some(rest) = narrow.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len())
        .filter_map(|start| rest.get(start..))
        .any(|rest| covers(tail, rest))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("APP", "APP", true)]
    #[case("APP", "APPS", false)]
    #[case("TENANT-*", "TENANT-7", true)]
    #[case("TENANT-*", "TENANT-7*", true)]
    #[case("TENANT-*", "*", false)]
    #[case("TENANT-*-A", "TENANT-7-A", true)]
    #[case("TENANT-*-A", "TENANT-*", false)]
    #[case("*", "anything", true)]
    fn a_pattern_covers_what_is_narrower(
        #[case] wide: &str,
        #[case] narrow: &str,
        #[case] covered: bool,
    ) {
        assert_eq!(covers(wide, narrow), covered);
    }
}
