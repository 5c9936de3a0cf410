//! From what a policy means to the subjects that a server checks.
//!
//! A policy says what a client can do in sentences, its *abilities*: `kv read test_kv dev.001.>`. Each family of sentences is
//! one file here, with a table of the subjects that the client libraries need for it and nothing beside. Subject rules that a
//! policy gives itself pass through. Everything here is pure: the same access always gives the same rules.

mod compiled;
mod key_value;
pub mod matcher;
mod merge;
mod messages;
mod mqtt;
mod names;
mod needs;
mod object_store;
mod question;
mod sentence;
mod services;
mod streams;

pub use compiled::{Compiled, List};
pub use question::{Answer, Line, ask};

use crate::model::{Access, Blame, Cause, Transport};

/// The rules that an access amounts to; `None` leaves the client to the defaults of its account.
///
/// The transport is how the client reaches the server: over MQTT, servers before 2.11.15 and 2.12.6 want rules for subjects of
/// their own, which would let a client of another transport read the messages of others.
///
/// # Errors
///
/// A sentence that is none, a name that cannot exist, and more than fits are refused with a cause that quotes it and says
/// what would be right: leaving it out would give the client less than its policy decided, and nobody would be told.
pub fn compile(
    access: &Access,
    transport: Option<Transport>,
) -> Result<Option<Compiled<'_>>, Cause> {
    match access {
        Access::Only(permissions) => Compiled::new(permissions, transport).map(Some),
        Access::AccountDefaults => Ok(None),
        Access::Role(role) => Err(refusal(
            "role",
            format!(
                "the grant asks for the role {role:?}, which needs a server in operator mode; give permissions instead"
            ),
        )),
    }
}

fn refusal(kind: &'static str, text: String) -> Cause {
    Cause {
        blame: Blame::Policy,
        kind,
        text,
    }
}

#[cfg(test)]
mod tests;
