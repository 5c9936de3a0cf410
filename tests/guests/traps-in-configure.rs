//! Traps in `configure`.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        core::arch::wasm32::unreachable()
    }

    fn decide(request: Request) -> Decision {
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
