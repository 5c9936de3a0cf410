use super::version::Version;

/// The state of a tool that a build needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Installed, in a version that is new enough or cannot be read.
    Ready(Option<Version>),
    TooOld(Version),
    Missing,
    /// Installed, but it does not run: the first line of its output.
    Broken(String),
}
