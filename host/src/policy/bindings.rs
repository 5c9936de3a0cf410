//! The host's side of the contract, generated from `wit/`.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "policy",
    ownership: Borrowing { duplicate_if_necessary: true },
});

pub(super) use self::exports::portcullis::policy::authorizer;
pub(super) use self::portcullis::policy::{log, types};

/// Name and version of the package that this host serves.
pub(super) const PACKAGE: &str = "portcullis:policy";
pub(super) const PACKAGE_VERSION: &str = "0.1.0";
/// The one export that the host calls.
pub(super) const AUTHORIZER: &str = "portcullis:policy/authorizer@0.1.0";
/// What its name begins with in every version.
pub(super) const AUTHORIZER_OF_ANY_VERSION: &str = "portcullis:policy/authorizer@";
