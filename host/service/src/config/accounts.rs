//! Accounts in which policies may place clients, and accounts in which clients can do harm.

use toml::Spanned;

use super::problem::Problem;
use super::resolver::Resolver;
use super::tree::Tree;
use portcullis_permits::bounds::AccountPattern;

/// Names that system accounts usually have. They are closed to patterns unless the operator names others.
const USUAL_SYSTEM_NAMES: [&str; 2] = ["SYS", "$SYS"];
/// Names that system accounts have here and there, beside the usual ones.
const MORE_SYSTEM_NAMES: [&str; 4] = ["SYSTEM", "system", "sys", "Sys"];

/// Accounts whose clients can do harm.
pub(super) struct Special {
    pub(super) system: Vec<String>,
    /// The operator has named a system account.
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
            system_is_named: named.is_some_and(|names| !names.is_empty()),
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
            return self.warning_of_pattern(name);
        }
        if self.callout.as_deref() == Some(name) {
            return Some(format!(
                "{name:?} is the callout's own account, where clients can read the requests of others, with passwords; \
                 remove it unless you mean that"
            ));
        }
        self.is_system(name).then(|| {
            format!(
                "{name:?} is a system account, where clients see and control every server; remove it unless you mean that"
            )
        })
    }

    fn warning_of_pattern(&self, name: &str) -> Option<String> {
        let fits = AccountPattern::parse(name).ok()?;
        let closed = self.system.join(" and ");
        let mut holes = self.usual_names().filter(|hole| !self.closes(hole));
        let hole = holes.find(|hole| fits.matches(hole))?;
        let reason = match closed.as_str() {
            "" => "system-accounts closes none to patterns".to_owned(),
            closed => format!("only {closed} are closed to patterns"),
        };
        Some(format!(
            "{name:?} also fits a system account called {hole:?}, where clients see and control every server; {reason}, so \
             name yours in system-accounts"
        ))
    }

    fn is_system(&self, name: &str) -> bool {
        name == "$SYS" || self.closes(name) || self.usual_names().any(|usual| usual == name)
    }

    fn closes(&self, name: &str) -> bool {
        self.system.iter().any(|system| system == name)
    }

    /// The names to look out for, unless the operator has named the system accounts.
    fn usual_names(&self) -> impl Iterator<Item = &'static str> {
        let names = USUAL_SYSTEM_NAMES.into_iter().chain(MORE_SYSTEM_NAMES);
        names.filter(|_| !self.system_is_named)
    }
}

/// The system accounts of an operator who names none.
pub(super) fn usual_system_accounts() -> Vec<String> {
    USUAL_SYSTEM_NAMES.map(str::to_owned).to_vec()
}

pub(super) fn account(name: &str) -> Result<AccountPattern, Problem> {
    AccountPattern::parse(name).map_err(|error| Problem::Other(error.to_string()))
}

/// The name of one account.
pub(super) fn account_name(name: &str) -> Result<String, Problem> {
    match AccountPattern::parse(name).is_ok() && !name.contains('*') {
        true => Ok(name.to_owned()),
        false => Err(Problem::BadAccount(name.to_owned())),
    }
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
