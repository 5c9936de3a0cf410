//! `decide` takes the request by reference.

use portcullis_sdk::{Decision, Policy, Request, Result, Settings, deny};

struct Closed;

impl Policy for Closed {
    fn configure(_: &Settings) -> Result<Self> {
        Ok(Self)
    }

    fn decide(&self, _: Request) -> Decision {
        deny("closed")
    }
}

portcullis_sdk::export!(Closed);

fn main() {}
