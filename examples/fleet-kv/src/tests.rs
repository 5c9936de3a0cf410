use portcullis_sdk::testing;

use super::*;

const SECRET: &str = "a secret of thirty-two bytes....";

fn policy() -> FleetKv {
    configure(&format!(
        r#"{{ "admin-password": "root", "router-secret": "{SECRET}" }}"#
    ))
    .unwrap()
}

fn configure(fleet: &str) -> Result<FleetKv> {
    FleetKv::configure(&testing::settings().data("fleet.json", fleet).build())
}

fn decision(user: &str, password: &str) -> Decision {
    policy().decide(&testing::request().user(user).password(password).build())
}

fn password_of(name: &str) -> String {
    Passwords::new(SECRET.as_bytes()).of(name)
}

fn refused() -> Decision {
    deny("unknown user or wrong password")
}

#[test]
fn a_router_has_its_own_inbox_and_its_own_keys_alone() {
    for (name, number) in [
        ("router001", "001"),
        ("router002", "002"),
        ("router12345", "12345"),
    ] {
        let decided = decision(name, &password_of(name));
        testing::check(&decided).unwrap();
        let grant = Grant::account("APP")
            .name(name)
            .inbox(format!("_INBOX_router{number}"))
            .can([
                format!("kv read test_kv dev.{number}.>"),
                format!("kv write test_kv dev.{number}.>"),
            ]);
        assert_eq!(decided, allow(grant));
    }
}

#[test]
fn the_admin_may_do_everything() {
    let decided = decision("admin", "root");
    testing::check(&decided).unwrap();
    let grant = Grant::account("APP").name("admin");
    assert_eq!(decided, allow(grant.publish([">"]).subscribe([">"])));
}

#[test]
fn a_password_of_another_name_is_wrong() {
    for (name, password) in [
        ("router001", password_of("router002")),
        ("router001", password_of("router001").to_uppercase()),
        ("router001", "root".to_owned()),
        ("router001", String::new()),
        ("admin", password_of("admin")),
        ("admin", String::new()),
    ] {
        assert_eq!(decision(name, &password), refused(), "{name}");
    }
}

/// Even a client that knows the secret, and has computed the password for the name.
#[test]
fn a_name_that_is_not_of_a_router_gives_nothing() {
    for name in [
        "router",
        "router*",
        "router>",
        "router00*",
        "router001.x",
        "router001.>",
        "router 1",
        "router001 ",
        " router001",
        "router1",
        "router01",
        "router-01",
        "Router001",
        "router٠٠١",
        "root",
        "Admin",
        "",
    ] {
        assert_eq!(decision(name, &password_of(name)), refused(), "{name}");
    }
}

#[test]
fn a_client_without_a_user_name_is_left_to_the_next_policy() {
    let request = testing::request().token("router001").build();
    assert_eq!(policy().decide(&request), pass());
}

#[test]
fn a_fault_in_the_file_is_named() {
    for (fleet, fault) in [
        (
            r#"{ "admin-password": "", "router-secret": "" }"#,
            "fleet.json: admin-password: must not be empty",
        ),
        (
            r#"{ "admin-password": "root", "router-secret": "short" }"#,
            "fleet.json: router-secret: must have at least 32 bytes",
        ),
        (
            r#"{ "admin-password": "root" }"#,
            "fleet.json, line 1: missing field `router-secret`",
        ),
        (
            r#"["root", "a secret of thirty-two bytes...."]"#,
            "fleet.json, line 1: expected an object with admin-password and router-secret, found a list",
        ),
    ] {
        assert_eq!(configure(fleet).err().unwrap().to_string(), fault);
    }
}

#[test]
fn the_file_of_the_demo_has_no_fault() {
    assert!(configure(include_str!("../fleet.json")).is_ok());
}
