//! Grants in `APP` what the password asks for: abilities, separated by semicolons, including `inbox=PREFIX`, `api=PREFIX`,
//! `publish=SUBJECT` and `deny=SUBJECT`.
#![cfg(target_family = "wasm")]

use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        let mut decision = welcome(&request);
        let wishes = request.credentials.password.unwrap_or_default();
        if let Decision::Allow(grant) = &mut decision
            && let Access::Only(permissions) = &mut grant.access
        {
            permissions.publish.allow.clear();
            permissions.subscribe.allow.clear();
            for wish in wishes.split(';').map(str::trim) {
                match wish.split_once('=') {
                    Some(("inbox", prefix)) => permissions.inbox = Some(prefix.to_owned()),
                    Some(("api", prefix)) => permissions.jetstream_api = Some(prefix.to_owned()),
                    Some(("publish", subject)) => {
                        permissions.publish.allow.push(subject.to_owned())
                    }
                    Some(("deny", subject)) => permissions.publish.deny.push(subject.to_owned()),
                    _ => permissions.abilities.push(wish.to_owned()),
                }
            }
        }
        decision
    }
}

export!(Policy with_types_in portcullis_guests);
