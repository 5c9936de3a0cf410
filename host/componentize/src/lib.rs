//! Turns a module into a component that fits the contract in `wit/`.
//!
//! This crate reads and writes WebAssembly binaries. It wraps the output of compilers, checks imports and exports, and appends
//! a module to a snapshot that takes handles again. It runs no code. It must not know a WebAssembly runtime, NATS, keys, files
//! or the operator's settings.

#![deny(missing_debug_implementations)]

mod adapter;
mod build_info;
mod code;
mod component;
mod contract;
mod error;
mod handle;
mod index_spaces;
mod nested;
mod retake;
mod world;

pub use code::largest_code;
pub use component::{Componentized, component_of, componentize};
pub use contract::{MODULE_LOADER, PACKAGE, PACKAGE_VERSION};
pub use error::ModuleError;
pub use handle::{Handle, HandleEvent};
pub use retake::retake;
pub use world::{Imports, inspect};
