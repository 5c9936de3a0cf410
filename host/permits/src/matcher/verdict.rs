use crate::list::List;

/// Yes or no, and what decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    pub by: Decider,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decider {
    /// This entry, as it stands in its list.
    Entry(List, String),
    /// Nothing stands against it, and no list says what is allowed: everything is.
    NoList,
    /// There is a list of what is allowed, perhaps an empty one, and nothing in it fits.
    NoEntry,
    /// The server itself, whatever the lists say.
    Server(&'static str),
}
