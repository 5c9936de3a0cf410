//! Admits only the first client that an instance sees: shows whether decisions share an instance.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

use std::sync::atomic::{AtomicU32, Ordering};

static CALLS: AtomicU32 = AtomicU32::new(0);

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        if CALLS.fetch_add(1, Ordering::Relaxed) > 0 {
            return Decision::Deny("this instance has decided before".to_owned());
        }
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
