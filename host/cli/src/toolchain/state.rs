use super::version::Version;

/// The state of something that a build needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There, in a version that will do, or in one that cannot be read.
    Ready(Option<Version>),
    TooOld(Version),
    Missing,
    /// There, but it does not run: the first line of what it said.
    Broken(String),
}
