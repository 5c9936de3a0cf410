use portcullis_sdk::testing;

use super::*;

const TOKENS: &str = r#"{ "orders": { "secret": "s3.cret", "account": "ORDERS" } }"#;
const NAMES: &str = r#"{ "certificates": { "billing.internal": "BILLING" } }"#;

fn policy() -> TokenAccounts {
    let settings = testing::settings().json(NAMES).data("tokens.json", TOKENS);
    TokenAccounts::configure(&settings.build()).unwrap()
}

fn named(name: &str) -> Certificate {
    Certificate {
        dns_names: vec![name.to_owned()],
        ..testing::certificate()
    }
}

#[test]
fn a_token_leads_into_the_account_of_its_name() {
    let request = testing::request().token("orders.s3.cret").build();
    assert_eq!(
        policy().decide(&request),
        allow(Grant::account_defaults("ORDERS"))
    );
}

#[test]
fn a_wrong_token_is_denied_whatever_else_the_client_has() {
    for token in [
        "orders.s3",
        "orders.",
        "orders",
        "sales.s3.cret",
        "sales.not the secret of anybody",
        "",
    ] {
        let request = testing::request()
            .token(token)
            .certificate(named("billing.internal"));
        assert_eq!(
            policy().decide(&request.build()),
            deny("unknown token"),
            "{token}"
        );
    }
}

#[test]
fn a_verified_certificate_leads_into_the_account_of_its_name() {
    let request = testing::request()
        .certificate(named("Billing.internal"))
        .build();
    assert_eq!(
        policy().decide(&request),
        allow(Grant::account_defaults("BILLING"))
    );
    let stranger = testing::request()
        .certificate(named("sales.internal"))
        .build();
    assert_eq!(policy().decide(&stranger), deny("unknown certificate"));
}

#[test]
fn a_client_with_neither_is_left_to_the_next_policy() {
    assert_eq!(
        policy().decide(&testing::request().user("alice").build()),
        pass()
    );
}

#[test]
fn a_fault_in_the_tokens_is_named() {
    for (right, wrong, fault) in [
        (
            "orders",
            "orders.eu",
            r#"tokens.json: "orders.eu": a name must not contain a dot"#,
        ),
        (
            "s3.cret",
            "",
            r#"tokens.json: "orders": secret: must not be empty"#,
        ),
        (
            "\"ORDERS\"",
            "1",
            "tokens.json, line 1: orders.account: expected a string, found a number",
        ),
        (
            r#"{ "secret": "s3.cret", "account": "ORDERS" }"#,
            r#"["s3.cret", "ORDERS"]"#,
            "tokens.json, line 1: orders: expected an object with secret and account, found a list",
        ),
    ] {
        let settings = testing::settings().data("tokens.json", TOKENS.replace(right, wrong));
        let text = TokenAccounts::configure(&settings.build())
            .err()
            .unwrap()
            .to_string();
        assert_eq!(text, fault);
    }
}
