//! Answers `mallory` with a grant of 32 MiB.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        let mut decision = welcome(&request);
        if let Decision::Allow(grant) = &mut decision
            && request.credentials.user.as_deref() == Some("mallory")
        {
            grant.tags = vec!["t".repeat(1 << 20); 32];
        }
        decision
    }
}

export!(Policy with_types_in portcullis_guests);
