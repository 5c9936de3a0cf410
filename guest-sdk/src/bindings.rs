//! The bindings that `wit-bindgen` generates from the contract. The crate's root re-exports the
//! types; the rest is for `export!`.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    clippy::all,
    clippy::allow_attributes,
    reason = "the style of generated code is the generator's, and differs between targets"
)]

wit_bindgen::generate!({
    // The contract, and random numbers. A component imports only what its policy uses. The interface is complete,
    // because on wasm32-wasip2 the standard library imports it as well.
    inline: "
        package portcullis:sdk;

        world policy {
            include portcullis:policy/policy@0.1.0;
            import wasi:random/random@0.2.0;
        }

        package wasi:random@0.2.0 {
            interface random {
                get-random-bytes: func(len: u64) -> list<u8>;
                get-random-u64: func() -> u64;
            }
        }
    ",
    path: "../wit",
    world: "portcullis:sdk/policy",
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_component",
    additional_derives: [PartialEq],
});
