//! The settings: turns what was written into the types of the rooms.
//!
//! A flag takes precedence over a variable, and a variable over the file. All three become one table with spans
//! (`merge`), the table becomes one tree of serde types (`parse`), and the tree is resolved into the types that the
//! rooms own: seeds read, paths resolved, every value checked once. Every [`Fault`] is reported, not only the first: a
//! line that says where, what, and how to fix it, and that never repeats a secret.
//!
//! Nothing here opens a socket or keeps a file open, so [`load`] may be called again with the same flags whenever one of
//! the files that it read has changed.

mod accounts;
mod bounds;
mod chain;
mod fault;
mod flags;
mod keys;
mod limits;
mod load;
mod merge;
mod nats;
mod parse;
mod policies;
mod policy_name;
mod policy_settings;
mod problem;
mod removed;
mod reported;
mod resolver;
mod service;
mod single;
mod sources;
mod surroundings;
#[cfg(test)]
mod tests;
mod throttle;
mod tree;
mod units;
mod wording;

pub use bounds::standard_bounds;
pub use fault::{Fault, Faults, Place};
pub use flags::Flags;
pub use limits::Limits;
pub use load::{Loaded, Reading, load, read};
pub use policies::PolicyReading;
pub use problem::nearest;
pub use service::{Service, cache_without_settings};
pub use single::{json_object, secret_flag};
pub use surroundings::{Process, Surroundings};
