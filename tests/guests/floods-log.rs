//! Writes 10,000 lines, and puts the password into the log and into its denials.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        let password = request.credentials.password.clone().unwrap_or_default();
        for line in 0..10_000 {
            log::write(
                log::Level::Warn,
                &format!("{line}: the password is {password}"),
            );
        }
        log::write(log::Level::Error, &password.repeat(10_000));
        if request.credentials.user.as_deref() == Some("mallory") {
            return Decision::Deny(format!("{password} is not a password"));
        }
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
