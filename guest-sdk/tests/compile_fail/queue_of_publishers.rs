//! Queue groups receive.

use portcullis_sdk::Grant;
use portcullis_sdk::abilities::publish;

fn main() {
    Grant::account("APP").can(publish("jobs").queue("workers"));
}
