//! Prints in `configure` (unless its settings say `quiet`) and in `decide`, for the target `wasm32-wasip2`, where printing needs WASI handles.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(settings: Settings) -> Result<(), String> {
        if settings.json.contains("quiet") {
            return Ok(());
        }
        println!("printed while configured");
        eprintln!("complained while configured");
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        println!("printed in a decision");
        eprintln!("complained in a decision");
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
