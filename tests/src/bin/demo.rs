//! `make demo`: a real nats-server, `portcullis serve`, real clients, and a policy that is replaced while it runs. Each step
//! prints what is expected and what was seen; a difference ends the demo with an error.

use std::process::{Command, ExitCode};

use portcullis_tests::bed::{Setup, users, write_renamed};
use portcullis_tests::client::{Client, Published};
use portcullis_tests::events::Event;
use portcullis_tests::nats_server::Options;
use portcullis_tests::stage::Stage;
use portcullis_tests::{Bed, Keys, artifacts};
use serde_json::json;

#[tokio::main]
async fn main() -> ExitCode {
    let mut stage = Stage::new();
    stage.say("building the policies and portcullis (the first time takes some minutes)");
    artifacts::portcullis();
    artifacts::guest("directory");
    let keys = Keys::example();
    let server = Options {
        timeout_seconds: 5,
        ..Options::sealed(&keys)
    };
    let bed = Bed::start(Setup {
        keys,
        server,
        ..Setup::directory()
    })
    .await;
    stage.say(&format!(
        "nats-server with auth_callout listens on {}",
        bed.server.url()
    ));
    stage.say(&format!(
        "portcullis decides with {}",
        bed.policy_path().display()
    ));
    first_decisions(&mut stage, &bed).await;
    edited_users(&mut stage, &bed).await;
    replaced_policy(&mut stage, &bed).await;
    broken_policy(&mut stage, &bed).await;
    stage.curtain()
}

/// The four users of the documentation.
async fn first_decisions(stage: &mut Stage, bed: &Bed) {
    stage.scene("alice, bob, pam and sys, by examples/directory and its users.json");
    let (alice, bob) = (bed.admitted("alice").await, bed.admitted("bob").await);
    stage.step(
        "alice publishes on `test`",
        "received",
        &seen(&alice.publish(&alice, "test").await),
    );
    let on_test = seen(&bob.publish(&alice, "test").await);
    stage.step("bob publishes on `test`", "permissions violation", &on_test);
    let on_own = seen(&bob.publish(&alice, "bob.test").await);
    stage.step("bob publishes on `bob.test`", "received", &on_own);
    let pam = Client::connect(&bed.server.url(), "pam", "pam").await;
    let refused = pam
        .err()
        .map_or_else(|| "admitted".to_owned(), |error| error.to_string());
    stage.step("pam connects", "authorization violation", &refused);
    let sys = bed.admitted("sys").await;
    let answer = sys.request("$SYS.REQ.SERVER.PING", "").await;
    let named = String::from_utf8_lossy(&answer.payload).contains("\"gatehouse\"");
    let answer = if named {
        "gatehouse"
    } else {
        "no server's name"
    };
    stage.step(
        "sys asks for the servers ($SYS.REQ.SERVER.PING)",
        "gatehouse",
        answer,
    );
    server_list(stage, bed);
}

/// The same question with the `nats` CLI, if it is installed.
fn server_list(stage: &mut Stage, bed: &Bed) {
    let arguments = [
        "--server",
        &bed.server.url(),
        "--user",
        "sys",
        "--password",
        "sys",
        "server",
        "list",
    ];
    match Command::new("nats").args(arguments).output() {
        Ok(output) => {
            let named = String::from_utf8_lossy(&output.stdout).contains("gatehouse");
            let answer = if named {
                "gatehouse"
            } else {
                "no server's name"
            };
            stage.step("sys runs `nats server list`", "gatehouse", answer);
        }
        Err(_) => stage.say("there is no `nats` on PATH: `nats server list` is left out"),
    }
}

async fn edited_users(stage: &mut Stage, bed: &Bed) {
    stage.scene("users.json is edited: bob may use `test`, too");
    let mark = bed.portcullis.mark();
    let mut users = users();
    users["bob"]["permissions"]["pub"]["allow"] = json!(["bob.>", "test"]);
    bed.write_users(&users);
    say_reload(stage, bed, mark).await;
    let (alice, bob) = (bed.admitted("alice").await, bed.admitted("bob").await);
    stage.step(
        "bob publishes on `test`",
        "received",
        &seen(&bob.publish(&alice, "test").await),
    );
}

async fn replaced_policy(stage: &mut Stage, bed: &Bed) {
    stage.scene("the policy's .wasm is replaced by examples/hello: only `guest` is admitted");
    let mark = bed.portcullis.mark();
    bed.install_policy("hello");
    say_reload(stage, bed, mark).await;
    stage.step(
        "guest connects",
        "admitted",
        &connection(bed, "guest").await,
    );
    stage.step(
        "alice connects",
        "authorization violation",
        &connection(bed, "alice").await,
    );
}

async fn broken_policy(stage: &mut Stage, bed: &Bed) {
    stage.scene("a broken .wasm is dropped in");
    let mark = bed.portcullis.mark();
    write_renamed(&bed.policy_path(), b"this is not WebAssembly");
    let failure = bed
        .portcullis
        .wait_for(mark, "the failure", Event::is_reload_failure)
        .await;
    stage.say(&format!(
        "portcullis: {}: {}",
        failure.message(),
        failure.text("cause")
    ));
    stage.step(
        "the operator is told what",
        "not a WebAssembly module",
        failure.text("cause"),
    );
    stage.step(
        "the operator is told where",
        "policy",
        failure.text("policy"),
    );
    stage.step(
        "guest connects as before",
        "admitted",
        &connection(bed, "guest").await,
    );
    stage.step(
        "alice connects as before",
        "authorization violation",
        &connection(bed, "alice").await,
    );
}

async fn say_reload(stage: &mut Stage, bed: &Bed, mark: usize) {
    let reload = bed
        .portcullis
        .wait_for(mark, "the reload", Event::is_reload)
        .await;
    stage.say(&format!(
        "portcullis: generation {}",
        reload.number("generation").unwrap_or_default()
    ));
}

async fn connection(bed: &Bed, user: &str) -> String {
    match Client::connect(&bed.server.url(), user, user).await {
        Ok(_) => "admitted".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn seen(published: &Published) -> String {
    match published {
        Published::Received => "received".to_owned(),
        Published::PermissionsViolation(complaint) => complaint.clone(),
    }
}
