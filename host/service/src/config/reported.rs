//! The keys whose faults were found when the sources were parsed, so that no later fault repeats them.

/// Keys with a reported fault.
#[derive(Default)]
pub(super) struct Reported {
    everything: bool,
    keys: Vec<Key>,
}

struct Key {
    /// Where the table of its policy begins, if it is the key of a policy.
    policy: Option<usize>,
    /// The path of the key from the top, or from the table of the policy.
    path: String,
}

impl Reported {
    /// The whole text cannot be read.
    pub(super) fn everything() -> Self {
        Self {
            everything: true,
            keys: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, policy: Option<usize>, path: impl Into<String>) {
        let path = path.into();
        self.keys.push(Key { policy, path });
    }

    /// Whether a key outside the policies has a reported fault.
    pub(super) fn has(&self, path: &str) -> bool {
        self.everything || self.keys.iter().any(|key| key.is(None, path))
    }

    /// Whether a key of the policy that begins there has a reported fault.
    pub(super) fn has_in(&self, policy: usize, path: &str) -> bool {
        self.keys.iter().any(|key| key.is(Some(policy), path))
    }

    /// Whether anything in the policy that begins there has a reported fault.
    pub(super) fn has_any_in(&self, policy: usize) -> bool {
        self.keys.iter().any(|key| key.policy == Some(policy))
    }
}

impl Key {
    fn is(&self, policy: Option<usize>, path: &str) -> bool {
        self.policy == policy && self.path == path
    }
}
