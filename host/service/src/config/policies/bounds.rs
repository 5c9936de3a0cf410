use std::time::Duration;

use super::{duration_at, nearest_account};
use crate::config::error::{Place, Problem, SettingsError};
use crate::config::file::FilePolicy;
use crate::config::layers::{Layers, filled};
use portcullis_model::subject::is_pattern;

/// What holds for every policy, unless it narrows it.
pub(super) struct Frame {
    accounts: Vec<String>,
    pub(super) denied_subjects: Vec<String>,
    pub(super) lifetimes: Lifetimes,
}

#[derive(Clone, Copy)]
pub(in crate::config) struct Lifetimes {
    pub(in crate::config) default: Duration,
    pub(in crate::config) max: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Frame {
    pub(super) fn read(layers: &Layers<'_>) -> Result<Self, SettingsError> {
        let accounts = layers.keyed(
            "account",
            "accounts",
            |flags| filled(&flags.account),
            |file| filled(&file.accounts),
        );
        let denied = layers.key("denied-subjects", |file| filled(&file.denied_subjects));
        let lifetime = layers.key("lifetime", |file| file.lifetime.clone());
        let max = layers.key("lifetime-max", |file| file.lifetime_max.clone());
        let lifetime = lifetime.map(|given| (given.value, given.place));
        let max = max.map(|given| (given.value, given.place));
        Ok(Self {
            accounts: match accounts {
                Some(given) => given.check(|names| names.into_iter().map(account).collect())?,
                None => Vec::new(),
            },
            denied_subjects: match denied {
                Some(given) => given.check(|list| list.into_iter().map(subject).collect())?,
                None => Vec::new(),
            },
            lifetimes: Lifetimes::STANDARD.narrowed(lifetime, max)?,
        })
    }

    /// The accounts that a policy names, each within those of the service; or all of these.
    pub(super) fn accounts_of(
        &self,
        named: &[String],
        place: &Place,
    ) -> Result<Vec<String>, SettingsError> {
        if named.is_empty() {
            return match self.accounts.is_empty() {
                true => Err(Place::Nowhere.fault(Problem::NoAccounts)),
                false => Ok(self.accounts.clone()),
            };
        }
        for name in named {
            account(name.clone()).map_err(|problem| place.fault(problem))?;
            let inside = self.accounts.iter().any(|pattern| covers(pattern, name));
            if !inside && !self.accounts.is_empty() {
                return Err(place.fault(Problem::UnknownAccount {
                    account: name.clone(),
                    known: self.accounts.join(", "),
                    hint: nearest_account(name, &self.accounts),
                }));
            }
        }
        Ok(named.to_vec())
    }

    /// The subjects denied to everybody, and these.
    pub(super) fn denied_also(&self, more: &[String]) -> Result<Vec<String>, Problem> {
        let common = self.denied_subjects.iter().cloned().map(Ok);
        common.chain(more.iter().cloned().map(subject)).collect()
    }
}

impl Lifetimes {
    /// Where the operator says nothing.
    pub(in crate::config) const STANDARD: Self = Self {
        default: DAY,
        max: Duration::from_secs(30 * DAY.as_secs()),
    };

    pub(super) fn of_policy(
        written: &FilePolicy,
        frame: &Frame,
        place: &dyn Fn(&str) -> Place,
    ) -> Result<Self, SettingsError> {
        let at = |text: &Option<String>, key| text.clone().map(|text| (text, place(key)));
        let lifetime = at(&written.lifetime, "lifetime");
        let max = at(&written.lifetime_max, "lifetime-max");
        frame.lifetimes.narrowed(lifetime, max)
    }

    /// These, with what was written in their place. A lifetime that nobody wrote here yields to a shorter maximum.
    fn narrowed(
        self,
        lifetime: Option<(String, Place)>,
        max: Option<(String, Place)>,
    ) -> Result<Self, SettingsError> {
        let max = match max {
            Some((text, place)) => duration_at(&text, &place)?,
            None => self.max,
        };
        let default = match lifetime {
            None => self.default.min(max),
            Some((text, place)) => {
                let lifetime = duration_at(&text, &place)?;
                if lifetime > max {
                    return Err(place.fault(Problem::Lifetime(max)));
                }
                lifetime
            }
        };
        Ok(Self { default, max })
    }
}

fn account(name: String) -> Result<String, Problem> {
    let bad = name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control());
    if bad {
        Err(Problem::BadAccount(name))
    } else {
        Ok(name)
    }
}

fn subject(text: String) -> Result<String, Problem> {
    let blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let fits = is_pattern(&text) && !text.contains(blank);
    if fits {
        Ok(text)
    } else {
        Err(Problem::BadSubject(text))
    }
}

/// Whether every account that `narrow` matches is one that `wide` matches. A `*` of `narrow` is a letter like others
/// here: only a `*` of `wide` reaches over it.
fn covers(wide: &str, narrow: &str) -> bool {
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
