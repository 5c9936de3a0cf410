//! Traps when it decides about `mallory`.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        if request.credentials.user.as_deref() == Some("mallory") {
            core::arch::wasm32::unreachable();
        }
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
