//! Allocates memory for `mallory` until there is none left.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        if request.credentials.user.as_deref() == Some("mallory") {
            let mut hoard = Vec::new();
            loop {
                hoard.push(std::hint::black_box(vec![1_u8; 1 << 20]));
            }
        }
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
