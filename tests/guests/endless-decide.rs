//! Never answers the user `mallory`, and admits all others.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        while std::hint::black_box(request.credentials.user.as_deref()) == Some("mallory") {}
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
