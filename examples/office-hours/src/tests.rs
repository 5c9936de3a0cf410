use portcullis_sdk::testing;

use super::*;

const OFFICE: &str = r#"{ "opens": "08:00", "closes": "18:00", "days": ["mon", "thu"],
    "utc-offset": "+02:00", "clerks": { "UALICE": "APP" } }"#;
/// A Thursday, 00:00 UTC.
const THURSDAY: u64 = 1_767_225_600;
const HOUR: u64 = 3600;

fn decision(received_at: u64) -> Decision {
    let policy = OfficeHours::configure(&testing::settings().json(OFFICE).build()).unwrap();
    policy.decide(
        &testing::request()
            .nkey("UALICE")
            .received_at(received_at)
            .build(),
    )
}

fn until_closing(seconds: u64) -> Decision {
    allow(Grant::account_defaults("APP").expires_in(Duration::from_secs(seconds)))
}

#[test]
fn a_clerk_stays_from_opening_to_closing() {
    assert_eq!(decision(THURSDAY + 6 * HOUR), until_closing(10 * HOUR));
    assert_eq!(decision(THURSDAY + 16 * HOUR - 1), until_closing(1));
}

#[test]
fn nobody_gets_in_before_opening_or_from_closing_on() {
    for received_at in [
        THURSDAY + 6 * HOUR - 1,
        THURSDAY + 16 * HOUR,
        THURSDAY + 23 * HOUR,
    ] {
        assert_eq!(decision(received_at), deny("outside office hours"));
    }
}

#[test]
fn nobody_gets_in_on_a_day_off() {
    for (day, open) in [
        (1, false),
        (2, false),
        (3, false),
        (4, true),
        (5, false),
        (7, true),
    ] {
        let at_noon = decision(THURSDAY + (24 * day + 10) * HOUR);
        assert_eq!(
            at_noon != deny("outside office hours"),
            open,
            "{day} days later"
        );
    }
}

#[test]
fn an_unknown_nkey_is_denied_and_none_is_passed_on() {
    let policy = OfficeHours::configure(&testing::settings().json(OFFICE).build()).unwrap();
    let unknown = testing::request().nkey("UMALLORY").build();
    assert_eq!(policy.decide(&unknown), deny("unknown nkey"));
    assert_eq!(policy.decide(&testing::request().build()), pass());
}

#[test]
fn a_fault_in_the_settings_is_named() {
    for (right, wrong, fault) in [
        ("08:00", "8", "opens: not a time of day such as 08:30"),
        (
            "08:00",
            "19:00",
            "closes: must be later than opens, on the same day",
        ),
        ("+02:00", "2", "utc-offset: not an offset such as +02:00"),
        ("days", "day", "day: unknown field `day`, expected one of"),
    ] {
        let settings = testing::settings()
            .json(&OFFICE.replace(right, wrong))
            .build();
        let text = OfficeHours::configure(&settings).err().unwrap().to_string();
        assert!(text.starts_with(&format!("settings: {fault}")), "{text}");
    }
}
