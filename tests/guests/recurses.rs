//! Calls itself for `mallory` until the stack is exhausted.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

#[expect(unconditional_recursion, reason = "the point of this guest")]
#[inline(never)]
fn dig(depth: u64) -> u64 {
    // Little of the module's own stack in memory: the host's is to be exhausted first.
    dig(depth + 1) + std::hint::black_box(depth)
}

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        if request.credentials.user.as_deref() == Some("mallory") && dig(1) == 0 {
            return Decision::Pass;
        }
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
