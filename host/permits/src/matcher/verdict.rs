use crate::list::List;

/// Whether something is allowed, and what decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    pub by: Decider,
}

/// What decides whether something is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decider {
    /// This entry of this list, as it is written there.
    Entry(List, String),
    /// There is no list of allowed subjects, so everything is allowed that no entry denies.
    NoList,
    /// There is a list of allowed subjects, perhaps an empty one, and no entry of it matches.
    NoEntry,
    /// The server itself, for this reason, whatever the lists contain.
    Server(&'static str),
}
