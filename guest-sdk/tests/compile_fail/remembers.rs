//! A decision cannot leave anything behind in the policy.

use std::cell::Cell;

use portcullis_sdk::{Decision, Policy, Request, Result, Settings, deny};

struct Counting(Cell<u32>);

impl Policy for Counting {
    fn configure(_: &Settings) -> Result<Self> {
        Ok(Self(Cell::new(0)))
    }

    fn decide(&self, _: &Request) -> Decision {
        self.0.set(self.0.get() + 1);
        deny("closed")
    }
}

portcullis_sdk::export!(Counting);

fn main() {}
