//! What is exported must be a policy.

struct Door;

portcullis_sdk::export!(Door);

fn main() {}
