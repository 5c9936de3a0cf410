//! A bucket is managed as a whole, whatever its keys.

use portcullis_sdk::Grant;
use portcullis_sdk::abilities::kv;

fn main() {
    Grant::account("APP").can(kv("settings").keys(["site.>"]).read().manage());
}
