//! A service can only be offered by its name.

use portcullis_sdk::Grant;
use portcullis_sdk::abilities::services;

fn main() {
    Grant::account("APP").can(services().offer());
}
