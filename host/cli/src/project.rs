//! What a policy's project is made of: its language, its name, and the files that it begins with.
//!
//! The files are those of `host/cli/templates`, `guest-sdk` and `wit`, embedded by the build. Nothing is written here.

mod files;
mod language;
mod name;

pub use files::{NewFile, contract, files};
pub use language::{Language, UnknownLanguage};
pub use name::{NameError, ProjectName};
