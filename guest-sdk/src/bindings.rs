//! What `wit-bindgen` makes of the contract. The types are re-exported from the crate's root; the
//! rest is for `export!`.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    clippy::all,
    clippy::allow_attributes,
    reason = "generated code follows its generator's taste, which differs between targets"
)]

wit_bindgen::generate!({
    path: "../wit",
    world: "policy",
    pub_export_macro: true,
    export_macro_name: "export_component",
    additional_derives: [PartialEq],
});
