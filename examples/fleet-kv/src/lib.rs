//! `admin` may do everything; `router001` reads and writes the keys `dev.001.>` of the bucket
//! `test_kv`, `router002` those of `dev.002.>`, and so on for any number of routers.

#![forbid(unsafe_code)]

mod passwords;

use portcullis_sdk::abilities::kv;
use portcullis_sdk::{
    Decision, Error, Grant, Policy, Request, Result, Settings, allow, deny, pass, same_secret,
};
use serde::Deserialize;

use passwords::Passwords;

const ACCOUNT: &str = "APP";
const BUCKET: &str = "test_kv";
const SECRET_BYTES_MIN: usize = 32;

pub struct FleetKv {
    admin_password: String,
    router_passwords: Passwords,
}

/// `fleet.json`.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "an object with admin-password and router-secret"
)]
struct Fleet {
    admin_password: String,
    router_secret: String,
}

impl Policy for FleetKv {
    fn configure(settings: &Settings) -> Result<Self> {
        let fleet: Fleet = settings.data_json("fleet.json")?;
        if fleet.admin_password.is_empty() {
            return Err(Error::new("fleet.json: admin-password: must not be empty"));
        }
        if fleet.router_secret.len() < SECRET_BYTES_MIN {
            return Err(Error::new(format_args!(
                "fleet.json: router-secret: must have at least {SECRET_BYTES_MIN} bytes"
            )));
        }
        Ok(Self {
            admin_password: fleet.admin_password,
            router_passwords: Passwords::new(fleet.router_secret.as_bytes()),
        })
    }

    /// A client without a user name may have credentials for another policy of the chain.
    fn decide(&self, request: &Request) -> Decision {
        let Some(name) = request.user() else {
            return pass();
        };
        let (expected, grant) = match number_of_router(name) {
            Some(number) => (self.router_passwords.of(name), Some(router(name, number))),
            None if name == "admin" => (self.admin_password.clone(), Some(admin())),
            None => (self.router_passwords.of(name), None),
        };
        let right = same_secret(request.password().unwrap_or_default(), &expected);
        match grant {
            Some(grant) if right => allow(grant.name(name)),
            _ => deny("unknown user or wrong password"),
        }
    }
}

/// The digits after `router`, three or more. Nothing else may become part of a key, least of all a
/// dot or a wildcard.
fn number_of_router(name: &str) -> Option<&str> {
    let number = name.strip_prefix("router")?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    (digits && number.len() >= 3).then_some(number)
}

fn admin() -> Grant {
    Grant::account(ACCOUNT).publish([">"]).subscribe([">"])
}

fn router(name: &str, number: &str) -> Grant {
    let keys = [format!("dev.{number}.>")];
    Grant::account(ACCOUNT)
        .inbox(format!("_INBOX_{name}"))
        .can(kv(BUCKET).keys(keys).read().write())
}

portcullis_sdk::export!(FleetKv);

#[cfg(test)]
mod tests;
