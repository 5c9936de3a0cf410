//! Flags, environment and a TOML file become one [`Settings`]: a flag wins over a variable, a variable over the file.
//!
//! It happens in two steps. What was written ([`Flags`], twice: from the command line and from the environment; and the
//! file) knows names, places and types. [`Settings`] is what the program needs: seeds read, paths resolved, every value
//! checked. Whatever is wrong ends as one [`SettingsError`], a line that says what, where, and how to mend it, and that
//! never repeats a secret.
//!
//! Nothing here opens a socket or keeps a file open, so [`load`] may be called again with the same flags whenever one of
//! the files that it read has changed.

mod build;
mod error;
mod file;
mod flags;
mod layers;
mod limits;
mod nats;
mod policies;
mod resolve;
mod secrets;
mod settings;
mod surroundings;
#[cfg(test)]
mod tests;
mod units;

pub use build::{drain, standard_bounds, threads};
pub use error::{SettingsError, nearest};
pub use flags::Flags;
pub use limits::Limits;
pub use policies::json_object;
pub use resolve::{Loaded, load};
pub use secrets::secret_flag;
pub use settings::{Data, Keys, Nats, Policy, Seed, Settings, TlsFiles, TlsIdentity, When};
pub use surroundings::{Process, Surroundings};
