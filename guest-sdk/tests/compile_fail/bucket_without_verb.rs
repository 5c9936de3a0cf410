//! A bucket alone says nothing of what the client can do.

use portcullis_sdk::Grant;
use portcullis_sdk::abilities::kv;

fn main() {
    Grant::account("APP").can(kv("settings"));
}
