//! Bindings and answers that the guests in this folder share. They use the contract directly, because the SDK would prevent
//! what they do.
#![cfg(target_family = "wasm")]
#![allow(missing_docs, unsafe_code, reason = "generated bindings")]

wit_bindgen::generate!({ path: "../../wit", world: "policy", pub_export_macro: true });

pub use exports::portcullis::policy::authorizer::Guest;
pub use portcullis::policy::log;
pub use portcullis::policy::types::{
    Access, Decision, Grant, Permissions, Request, Settings, SubjectRules, Transport,
};

/// Permission to do anything in the account `APP`.
pub fn welcome(request: &Request) -> Decision {
    let all = || SubjectRules {
        allow: vec![">".to_owned()],
        deny: vec![],
    };
    Decision::Allow(Grant {
        account: "APP".to_owned(),
        access: Access::Only(Permissions {
            abilities: vec![],
            publish: all(),
            subscribe: all(),
            responses: None,
            inbox: None,
            jetstream_api: None,
        }),
        name: request.credentials.user.clone(),
        expires_in: None,
        transports: vec![],
        source_networks: vec![],
        tags: vec![],
        options: vec![],
    })
}
