//! The sandbox: the only room that knows WebAssembly.
//!
//! [`Sandbox::load`] turns a module's bytes into a [`Policy`] that was seen to decide, or says why not; [`Decide::decide`]
//! asks it about one client, in an instance of its own, within [`Limits`]. Nothing of NATS, keys or JWTs is known here.

mod adapter;
mod bindings;
mod cache;
mod call;
mod census;
mod component;
mod convert;
mod engine;
mod error;
mod functions;
mod handles;
mod instance;
mod limits;
mod lines;
mod link;
mod load;
mod nested;
mod origin;
mod probe;
mod replay;
mod snapshot;
mod source;
mod state;
mod wasi;
mod world;

pub use cache::{Cache, CacheError};
pub use call::{Decide, Policy};
pub use component::{Componentized, componentize};
pub use engine::{EngineError, EngineSettings};
pub use error::{Failure, LoadError};
pub use instance::Verdict;
pub use limits::Limits;
pub use lines::{Level, LogLine};
pub use load::Sandbox;
pub use source::{About, Configuration, Instances, Source};
