//! What is known about a chain without asking a policy.
//!
//! A policy is asked if its `when` is met and each policy before it passed. Every policy may pass, so only the
//! policies themselves decide whether a later one is asked, with one exception: the same module with the same data and
//! settings passes the same clients again. A `when` that no request can meet is reported where it is read. Transports
//! and TLS never contradict each other: nats-server offers all four transports with TLS and without.

use super::accounts::covers;
use super::policies::PolicyReading;
use super::resolver::Resolver;
use crate::reload::Material;
use crate::router::Condition;
use portcullis_model::Pattern;
use portcullis_sandbox::Instances;

/// Warns of policies that can only repeat the answer of an earlier one.
pub(super) fn warn_of_repeated(policies: &[PolicyReading], resolver: &mut Resolver<'_>) {
    // What a policy with a fault would do is not known.
    let good: Vec<&PolicyReading> = policies.iter().filter(|policy| policy.is_good).collect();
    for (index, later) in good.iter().enumerate() {
        let earlier = good.iter().take(index).find(|earlier| {
            is_same(&earlier.plan.material, &later.plan.material)
                && is_wider(&earlier.plan.condition, &later.plan.condition)
        });
        let Some(earlier) = earlier else {
            continue;
        };
        let (first, second) = (&earlier.plan.name, &later.plan.name);
        resolver.warnings.push(later.load_fault(format!(
            "{second:?} has the module, data and settings of {first:?}, which is asked before it about the same clients, so \
             that it can only pass as well; remove one of them, or give them different conditions"
        )));
    }
}

fn is_same(one: &Material, other: &Material) -> bool {
    let remembers = |material: &Material| matches!(material.instances, Instances::Warm { .. });
    one.module == other.module
        && one.data == other.data
        && one.settings == other.settings
        && !remembers(one)
        && !remembers(other)
}

/// Whether every request that meets `narrow` meets `wide` too.
fn is_wider(wide: &Condition, narrow: &Condition) -> bool {
    let user = |user: &Pattern| {
        let mut patterns = wide.users.iter();
        patterns.any(|pattern| covers(pattern.as_str(), user.as_str()))
    };
    let all = |is_empty: bool, covered: bool| !is_empty && covered;
    let users =
        wide.users.is_empty() || all(narrow.users.is_empty(), narrow.users.iter().all(user));
    let transports = wide.transports.is_empty()
        || all(
            narrow.transports.is_empty(),
            narrow
                .transports
                .iter()
                .all(|one| wide.transports.contains(one)),
        );
    users && transports && (wide.tls.is_none() || wide.tls == narrow.tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_model::Transport;

    fn condition(users: &[&str], transports: &[Transport], tls: Option<bool>) -> Condition {
        Condition {
            users: users.iter().map(|user| Pattern::new(*user)).collect(),
            transports: transports.to_vec(),
            tls,
        }
    }

    #[test]
    fn a_condition_is_wider_if_it_asks_for_no_more() {
        use Transport::{Mqtt, Nats};
        let all = Condition::default();
        let some = condition(&["svc-a", "svc-b*"], &[Mqtt], Some(true));
        assert!(is_wider(&all, &some));
        assert!(is_wider(&some, &some));
        assert!(is_wider(&condition(&["svc-*"], &[Mqtt, Nats], None), &some));
        for narrower in [
            condition(&["svc-a"], &[], None),
            condition(&[], &[Nats], None),
            condition(&[], &[], Some(false)),
        ] {
            assert!(!is_wider(&narrower, &some), "{narrower:?}");
            assert!(!is_wider(&narrower, &all), "{narrower:?}");
        }
    }
}
