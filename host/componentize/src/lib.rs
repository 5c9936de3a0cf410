//! A module becomes a component of the contract in `wit/`.
//!
//! This crate reads and writes WebAssembly binaries: it wraps what compilers give, checks imports and exports, and appends to a
//! snapshot the module that takes handles again. It runs nothing: it must not know a WebAssembly runtime, NATS, keys, files
//! or the settings of an operator.

#![deny(missing_debug_implementations)]

mod adapter;
mod component;
mod contract;
mod error;
mod handle;
mod index_spaces;
mod nested;
mod origin;
mod retake;
mod world;

pub use component::{Componentized, component_of, componentize};
pub use contract::{MODULE_LOADER, PACKAGE, PACKAGE_VERSION};
pub use error::ModuleError;
pub use handle::{Handle, HandleEvent};
pub use retake::retake;
pub use world::{Imports, inspect};
