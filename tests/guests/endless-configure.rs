//! Never finishes `configure`.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        let mut rounds = 0_u64;
        while std::hint::black_box(rounds) < u64::MAX {
            rounds = rounds.wrapping_add(1) % 1_000;
        }
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
