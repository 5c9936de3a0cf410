//! Lines for the operator's log: `log::info!("{} accounts", accounts.len())`.
//!
//! The host adds the policy's name and version, and limits the lines of a decision. In native tests
//! the lines go to standard error. Do not write secrets: the host removes those of the request, but
//! it does not know others.

use std::fmt;

#[doc(inline)]
pub use crate::{
    __log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn,
};

/// How important a line is to the operator, the least important first.
pub use crate::bindings::portcullis::policy::log::Level;

/// Writes one line. The macros of this module are shorter.
#[cfg(target_family = "wasm")]
pub fn write(level: Level, line: fmt::Arguments<'_>) {
    match line.as_str() {
        Some(text) => crate::bindings::portcullis::policy::log::write(level, text),
        None => crate::bindings::portcullis::policy::log::write(level, &line.to_string()),
    }
}

/// Writes one line. The macros of this module are shorter.
#[cfg(not(target_family = "wasm"))]
#[expect(
    clippy::print_stderr,
    reason = "in native tests, standard error stands for the operator's log"
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

/// For the policy's author. Takes the arguments of `format!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Debug, ::core::format_args!($($line)+))
    };
}

/// Useful to know; the operator has nothing to do. Takes the arguments of `format!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Info, ::core::format_args!($($line)+))
    };
}

/// Something is wrong, but the policy continues. Takes the arguments of `format!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Warn, ::core::format_args!($($line)+))
    };
}

/// The policy cannot do its work, for this request or for any. Takes the arguments of `format!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($line:tt)+) => {
        $crate::log::write($crate::log::Level::Error, ::core::format_args!($($line)+))
    };
}
