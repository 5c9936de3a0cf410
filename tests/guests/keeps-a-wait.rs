//! Keeps, from `configure`, a WASI handle that cannot be recreated: a wait on the clock.
#![cfg(target_family = "wasm")]

use std::sync::OnceLock;

use portcullis_guests::*;

mod clock {
    wit_bindgen::generate!({
        inline: "
            package portcullis:guests;
            world waits { import wasi:clocks/monotonic-clock@0.2.0; }
            package wasi:io@0.2.0 { interface poll { resource pollable { ready: func() -> bool; } } }
            package wasi:clocks@0.2.0 {
                interface monotonic-clock {
                    use wasi:io/poll@0.2.0.{pollable};
                    subscribe-duration: func(when: u64) -> pollable;
                }
            }
        ",
        generate_all,
    });
    pub use wasi::clocks::monotonic_clock::{Pollable, subscribe_duration};
}

static KEPT: OnceLock<clock::Pollable> = OnceLock::new();

struct Policy;

impl Guest for Policy {
    fn configure(_: Settings) -> Result<(), String> {
        KEPT.get_or_init(|| clock::subscribe_duration(1));
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        match KEPT.get() {
            Some(wait) if wait.ready() => welcome(&request),
            _ => Decision::Deny("not yet".into()),
        }
    }
}

export!(Policy with_types_in portcullis_guests);
