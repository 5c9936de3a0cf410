//! The host's side of the contract, generated from `wit/`.

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "policy",
    ownership: Borrowing { duplicate_if_necessary: true },
});

pub(super) use self::exports::portcullis::policy::authorizer;
pub(super) use self::portcullis::policy::{log, types};
