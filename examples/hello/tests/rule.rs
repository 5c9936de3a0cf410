//! The policy, natively.

use hello::Hello;
use portcullis_sdk::{Grant, Policy, allow, deny, testing};

#[test]
fn a_guest_may_subscribe_to_the_news() {
    let policy = Hello::configure(&testing::settings().build()).unwrap();
    let guest = testing::request().user("guest").build();
    assert_eq!(
        policy.decide(&guest),
        allow(Grant::account("APP").subscribe(["news.>"]))
    );
}

#[test]
fn all_others_are_denied() {
    let policy = Hello::configure(&testing::settings().build()).unwrap();
    for request in [testing::request().user("mallory"), testing::request()] {
        assert_eq!(policy.decide(&request.build()), deny("not a guest"));
    }
}
