//! The handles of streams that a guest takes while it is configured.

/// A handle that can be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    Stdin,
    Stdout,
    Stderr,
    /// The pollable of the output stream with this number. Handles are numbered from 0 in the order in which they were taken.
    OutputReady(usize),
    /// The pollable of the input stream with this number.
    InputReady(usize),
}

/// A change of the handles that a guest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleEvent {
    Taken(Handle),
    /// The guest returned the handle with this number.
    Returned(usize),
}
