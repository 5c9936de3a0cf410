//! Allocates memory in `configure` until there is none left.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        let mut hoard = Vec::new();
        loop {
            hoard.push(std::hint::black_box(vec![1_u8; 1 << 20]));
        }
    }

    fn decide(request: Request) -> Decision {
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
