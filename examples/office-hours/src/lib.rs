//! Clients with a known nkey are admitted during office hours, and stay until closing time.

#![forbid(unsafe_code)]

mod clock;

use std::collections::HashMap;
use std::time::Duration;

use portcullis_sdk::{
    Decision, Error, Grant, Policy, Request, Result, Settings, allow, deny, pass,
};
use serde::Deserialize;

use clock::{Offset, TimeOfDay, Weekday};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OfficeHours {
    opens: TimeOfDay,
    closes: TimeOfDay,
    days: Vec<Weekday>,
    /// The offset of the office's clock from UTC, without daylight saving time.
    #[serde(default)]
    utc_offset: Offset,
    /// Accounts by public nkey.
    clerks: HashMap<String, String>,
}

impl Policy for OfficeHours {
    fn configure(settings: &Settings) -> Result<Self> {
        let office: Self = settings.json()?;
        if office.opens >= office.closes {
            return Err(Error::new(
                "settings: closes: must be later than opens, on the same day",
            ));
        }
        Ok(office)
    }

    /// The host has verified that the client holds the seed of its nkey.
    fn decide(&self, request: &Request) -> Decision {
        let Some(nkey) = request.nkey() else {
            return pass();
        };
        let Some(account) = self.clerks.get(nkey) else {
            return deny("unknown nkey");
        };
        let Some(left) = self.open_for(request.received_at()) else {
            return deny("outside office hours");
        };
        allow(Grant::account_defaults(account).expires_in(left))
    }
}

impl OfficeHours {
    /// How long the office stays open; `None` when it is closed.
    fn open_for(&self, timestamp: u64) -> Option<Duration> {
        let (day, time) = clock::read(timestamp, self.utc_offset)?;
        let open = self.days.contains(&day) && self.opens <= time;
        open.then(|| time.until(self.closes)).flatten()
    }
}

portcullis_sdk::export!(OfficeHours);

#[cfg(test)]
mod tests;
