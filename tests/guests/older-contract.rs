//! A policy of an earlier contract: the same package, another version, another form.
#![cfg(target_family = "wasm")]

wit_bindgen::generate!({
    inline: "
        package portcullis:policy@0.0.9;

        interface authorizer {
            decide: func(user: string) -> bool;
        }

        world policy {
            export authorizer;
        }
    ",
});

struct Policy;

impl exports::portcullis::policy::authorizer::Guest for Policy {
    fn decide(_user: String) -> bool {
        true
    }
}

export!(Policy);
