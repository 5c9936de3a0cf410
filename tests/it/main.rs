//! One binary for all scenarios, so that linking happens once. Each module has one concern. All tests are black-box, with
//! real servers and the real binary.

include!(concat!(env!("OUT_DIR"), "/foreach.rs"));

mod abilities;
mod admission;
mod bad_requests;
mod callout_crate;
mod check_config;
mod claims;
mod clients;
mod config_reload;
mod conformance;
mod dist;
mod eval;
mod examples;
mod fleet;
mod harness;
mod hostile;
mod key_rotation;
mod loads;
mod micro;
mod new_build;
mod overload;
mod permissions;
mod policy_answers;
mod ready;
mod reference;
mod reload;
mod sentences;
mod service_user;
mod settings;
mod shutdown;
mod throttle;
mod tls_link;
