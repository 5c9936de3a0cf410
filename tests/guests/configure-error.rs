//! Refuses its settings.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Err("the entry \"mallory\" has no account".to_owned())
    }

    fn decide(request: Request) -> Decision {
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
