//! The same question with and without a server.

use std::path::Path;

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use serde_json::{Value, json};

use super::{eval_in, object};

/// All users of a file with permissions, and abilities of every family.
fn everybody() -> Value {
    json!({
        "alice": { "pass": "alice", "account": "APP" },
        "bob": { "pass": "bob", "account": "APP", "permissions": {
            "pub": { "allow": ["bob.>", "bob.x"], "deny": ["bob.secret"] }, "sub": { "allow": ["bob.>", "jobs.* workers"] },
            "resp": { "max": -1, "ttl": 5_000_000_000_u64 },
        } },
        "carol": { "pass": "carol", "account": "AUTH", "permissions": { "sub": { "allow": [">"] } } },
        "eve": { "pass": "eve", "account": "APP", "permissions": { "pub": { "deny": ["a"] } } },
        "mallory": { "pass": "mallory", "account": "NOWHERE" },
        "sys": { "pass": "sys", "account": "SYS" },
    })
}

const WISHES: &[&str] = &[
    "publish orders.new; subscribe orders.* workers; request prices.*; reply help.> desk",
    "service offer echo; service find",
    "stream publish orders.>; stream view ORDERS; stream consume ORDERS billing; stream manage AUDIT",
    "inbox=_INBOX_router001; kv read test_kv dev.001.>; kv write test_kv dev.001.>",
    "api=$JS.hub.API; kv manage config; object write maps; deny=$KV.config.secret",
    "mqtt publish lamps/+/state; mqtt subscribe lamps/#; publish=plain.subject",
    "kv read no/such/name",
];

const ACCOUNTS: [&str; 3] = ["APP", "AUTH", "SYS"];

/// What the service signs for this client, asked through a real server, in the form of `eval --json`.
async fn live(bed: &Bed, user: &str, password: &str) -> Value {
    let forger = bed.forger().await;
    let answer = forger.ask(&forger.request(user, password)).await;
    assert!(answer.signed, "{answer:?}");
    let Some(user) = answer.user else {
        return json!({ "outcome": "deny" });
    };
    let claims = &user["nats"];
    let mut permissions = json!({ "pub": claims["pub"], "sub": claims["sub"] });
    if !claims["resp"].is_null() {
        permissions["resp"] = claims["resp"].clone();
    }
    let seconds = |claim: &str| user[claim].as_u64().expect("seconds");
    json!({
        "outcome": "allow", "account": user["aud"], "name": user["name"],
        "lifetime": seconds("exp") - seconds("iat"), "permissions": permissions,
    })
}

/// The same from `eval`. A JWT does not contain the account's own permissions.
async fn evaluated(home: &Path, policy: &str, user: &str, password: &str) -> Value {
    std::fs::write(home.join("password"), password).expect("written");
    let mut arguments = vec!["--json", "--user", user, "--password", "@password"];
    arguments.extend(ACCOUNTS.iter().flat_map(|name| ["--account", name]));
    let found = object(&eval_in(home, policy, &arguments).await);
    if found["outcome"] != "allow" {
        return json!({ "outcome": found["outcome"] });
    }
    let seconds = |field: &str| found[field].as_u64().expect("seconds");
    let permissions = match &found["permissions"] {
        Value::Null => json!({ "pub": {}, "sub": {} }),
        permissions => permissions.clone(),
    };
    json!({
        "outcome": "allow", "account": found["account"], "name": found["name"],
        "lifetime": seconds("expires_at") - seconds("at"), "permissions": permissions,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn eval_and_the_live_callout_give_the_same_permissions() {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("users.json"), everybody().to_string()).expect("written");
    let directory = Setup {
        users: Some(everybody()),
        ..Setup::directory()
    };
    let file = everybody();
    let users = file.as_object().expect("users").keys();
    let users = users.map(|name| (name.as_str(), name.as_str()));
    let wishes = WISHES.iter().map(|wishes| ("router001", *wishes));
    let mut allowed = 0;
    for (setup, clients) in [
        (directory, users.collect::<Vec<_>>()),
        (Setup::guest("grants-wishes"), wishes.collect()),
    ] {
        let policy = setup.policy;
        let setup = Setup {
            accounts: ACCOUNTS.to_vec(),
            ..setup.without_callout()
        };
        let bed = Bed::start(setup).await;
        for (user, password) in clients {
            let live = live(&bed, user, password).await;
            let evaluated = evaluated(home.path(), policy, user, password).await;
            super::assert_agrees(&format!("{user}: {password}"), &evaluated, &live);
            allowed += usize::from(live["outcome"] == "allow");
        }
    }
    assert_eq!(
        allowed,
        everybody().as_object().map_or(0, |users| users.len()) - 1 + WISHES.len() - 1
    );
}
