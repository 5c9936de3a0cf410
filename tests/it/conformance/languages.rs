//! What differs between the languages, and why. Everything else is the same by the contract.

use std::path::PathBuf;

use portcullis_tests::artifacts;
use portcullis_tests::languages::{self, Unavailable};

/// The properties of a language.
pub(super) struct Facts {
    pub(super) module: fn() -> Result<PathBuf, Unavailable>,
    /// Whether it has stdout and stderr.
    pub(super) prints: bool,
    /// Whether it has a clock of its own.
    pub(super) clock: bool,
    pub(super) ordinary_random: Ordinary,
    /// Whether a text that begins with U+FEFF loses it.
    pub(super) drops_byte_order_mark: bool,
}

/// What the language's ordinary random numbers are in decisions from one snapshot. The documentation tells authors to use
/// the source for secrets where it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ordinary {
    /// There are none.
    None,
    /// Their state is part of the snapshot: each decision draws the same numbers.
    Frozen,
    /// Each decision draws different numbers.
    Fresh,
}

#[expect(non_upper_case_globals, reason = "they are named after the folders")]
mod table {
    use super::*;

    /// `wasm32-unknown-unknown` has neither output nor clock, and the standard library has no random numbers.
    pub(in super::super) const rust: Facts = Facts {
        module: || Ok(artifacts::guest("portcullis-conformance").to_owned()),
        prints: false,
        clock: false,
        ordinary_random: Ordinary::None,
        drops_byte_order_mark: false,
    };

    pub(in super::super) const rust_wasip2: Facts = Facts {
        module: || Ok(artifacts::guest_of_wasi("portcullis-conformance").to_owned()),
        prints: true,
        clock: true,
        ordinary_random: Ordinary::None,
        drops_byte_order_mark: false,
    };

    /// The runtime seeds `math/rand/v2` when it starts, so the seed is in the snapshot.
    pub(in super::super) const go: Facts = Facts {
        module: || languages::conformance("go"),
        prints: true,
        clock: true,
        ordinary_random: Ordinary::Frozen,
        drops_byte_order_mark: false,
    };

    /// The module `random` is seeded when it is imported, which is when the policy is built.
    pub(in super::super) const python: Facts = Facts {
        module: || languages::conformance("python"),
        prints: true,
        clock: true,
        ordinary_random: Ordinary::Frozen,
        drops_byte_order_mark: false,
    };

    /// `Math.random` asks the host in every decision. The runtime reads texts with a `TextDecoder` that removes a byte order
    /// mark.
    pub(in super::super) const javascript: Facts = Facts {
        module: || languages::conformance("javascript"),
        prints: true,
        clock: true,
        ordinary_random: Ordinary::Fresh,
        drops_byte_order_mark: true,
    };

    /// `rand` starts with the same seed in every program.
    pub(in super::super) const c: Facts = Facts {
        module: || languages::conformance("c"),
        prints: true,
        clock: true,
        ordinary_random: Ordinary::Frozen,
        drops_byte_order_mark: false,
    };
}

pub(super) use table::*;
