//! Admits the user `guest`, who may subscribe to the news, and denies all others.
#![forbid(unsafe_code)]
use portcullis_sdk::{Decision, Grant, Policy, Request, Result, Settings, allow, deny};
pub struct Hello;
impl Policy for Hello {
    fn configure(_: &Settings) -> Result<Self> {
        Ok(Self)
    }
    fn decide(&self, request: &Request) -> Decision {
        if request.user() != Some("guest") {
            return deny("not a guest");
        }
        allow(Grant::account("APP").subscribe(["news.>"]))
    }
}
portcullis_sdk::export!(Hello);
