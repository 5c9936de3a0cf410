//! What a new policy project consists of: its language, its name, and its files.
//!
//! The files come from `host/cli/templates`, `guest-sdk` and `wit`, embedded at build time. This room writes no files.

mod files;
mod language;
mod name;

pub use files::{NewFile, contract, files};
pub use language::{Language, UnknownLanguage};
pub use name::{NameError, ProjectName};
