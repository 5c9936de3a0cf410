//! Lines for the operator's log: `log::info!("{} accounts", accounts.len())`.
//!
//! The host adds the policy's name and version, and keeps the lines of a decision within limits. In
//! native tests the lines go to standard error. Put no secrets into them; the host removes those of
//! the request, but it cannot know the others.

use std::fmt;

#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn,
};

/// How much a line matters to the operator, least first.
pub use crate::bindings::portcullis::policy::log::Level;

/// Writes one line. The macros of this module read better.
#[cfg(target_family = "wasm")]
pub fn write(level: Level, line: fmt::Arguments<'_>) {
    match line.as_str() {
        Some(text) => crate::bindings::portcullis::policy::log::write(level, text),
        None => crate::bindings::portcullis::policy::log::write(level, &line.to_string()),
    }
}

/// Writes one line. The macros of this module read better.
#[cfg(not(target_family = "wasm"))]
#[expect(
    clippy::print_stderr,
    reason = "in native tests, standard error is the operator"
)]
pub fn write(level: Level, line: fmt::Arguments<'_>) {
    let level = match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    eprintln!("{level}: {line}");
}

/// For the policy's author. Takes what `format!` takes.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Debug, ::core::format_args!($($line)+))
    };
}

/// Worth knowing, nothing to do. Takes what `format!` takes.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Info, ::core::format_args!($($line)+))
    };
}

/// The policy goes on, but something is not as it should be. Takes what `format!` takes.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Warn, ::core::format_args!($($line)+))
    };
}

/// The policy cannot do its work, for this request or at all. Takes what `format!` takes.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Error, ::core::format_args!($($line)+))
    };
}
