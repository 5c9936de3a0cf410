//! Keys that are named after the verb would leave open whether it was said of them.

use portcullis_sdk::Grant;
use portcullis_sdk::abilities::kv;

fn main() {
    Grant::account("APP").can(kv("settings").read().keys(["site.>"]));
}
