//! Handles of streams that a guest takes while it is configured.

/// What can be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    Stdin,
    Stdout,
    Stderr,
    /// The readiness of an output or input, which was the nth to be taken.
    OutputReady(usize),
    InputReady(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleEvent {
    Taken(Handle),
    /// The nth that was taken, given back.
    Returned(usize),
}
