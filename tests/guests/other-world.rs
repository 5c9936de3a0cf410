//! A component of a different world.
#![cfg(target_family = "wasm")]

wit_bindgen::generate!({
    inline: "
        package elsewhere:greetings@1.0.0;

        interface greeter {
            greet: func(name: string) -> string;
        }

        world greetings {
            export greeter;
        }
    ",
});

struct Greeter;

impl exports::elsewhere::greetings::greeter::Guest for Greeter {
    fn greet(name: String) -> String {
        format!("hello {name}")
    }
}

export!(Greeter);
