//! `make demo-kv`: routers that share a key-value bucket, each with its own keys, by one rule of `examples/fleet-kv`: once
//! with async-nats, once with the `nats` command. With a real nats-server with JetStream, and `portcullis serve`.

use std::process::ExitCode;

use portcullis_tests::fleet::{self, ADMIN, BUCKET, Member, ROUTER_1, ROUTER_2};
use portcullis_tests::stage::Stage;
use portcullis_tests::{Bed, artifacts};

const REFUSED: &str = "permissions violation";

#[tokio::main]
async fn main() -> ExitCode {
    let mut stage = Stage::new();
    stage.say("building the policies and portcullis (the first time takes some minutes)");
    artifacts::portcullis();
    artifacts::guest("fleet-kv");
    artifacts::nats_cli();
    let bed = fleet::start().await;
    stage.say(&format!(
        "nats-server with JetStream and auth_callout listens on {}",
        bed.server.url()
    ));
    stage.say("portcullis decides with examples/fleet-kv and its fleet.json");
    with_the_library(&mut stage, &bed).await;
    let bed = fleet::start().await;
    with_the_command(&mut stage, &bed).await;
    stage.curtain()
}

async fn with_the_library(stage: &mut Stage, bed: &Bed) {
    stage.scene("with async-nats");
    let admin = ADMIN.connect(bed).await;
    let one = ROUTER_1.connect(bed).await;
    let two = ROUTER_2.connect(bed).await;
    let seen = admin.create_bucket().await;
    stage.step("admin creates the bucket `test_kv`", "created", &seen);
    let seen = one.put("dev.001.temp", "80c").await;
    stage.step("router001 puts `dev.001.temp` = `80c`", "stored", &seen);
    let seen = one.get("dev.001.temp").await;
    stage.step("router001 gets `dev.001.temp`", "80c", &seen);
    let seen = two.get("dev.001.temp").await;
    stage.step("router002 gets `dev.001.temp`", REFUSED, &seen);
    let seen = two.put("dev.001.temp", "90c").await;
    stage.step("router002 puts `dev.001.temp` = `90c`", REFUSED, &seen);
    let seen = two.snoop(&admin, "_INBOX_router001").await;
    stage.step("router002 listens to router001's inbox", REFUSED, &seen);
    let seen = two.put("dev.002.temp", "75c").await;
    stage.step("router002 puts `dev.002.temp` = `75c`", "stored", &seen);
    let seen = two.get("dev.002.temp").await;
    stage.step("router002 gets `dev.002.temp`", "75c", &seen);
    let seen = admin.get("dev.001.temp").await;
    stage.step("admin gets `dev.001.temp`", "80c", &seen);
}

async fn with_the_command(stage: &mut Stage, bed: &Bed) {
    stage.scene("the same on a fresh server with the `nats` command");
    let steps: [(Member, &[&str], &str); 9] = [
        (ADMIN, &["kv", "add", BUCKET], "Bucket Name: test_kv"),
        (
            ROUTER_1,
            &["kv", "put", BUCKET, "dev.001.temp", "80c"],
            "80c",
        ),
        (
            ROUTER_1,
            &["kv", "get", BUCKET, "dev.001.temp", "--raw"],
            "80c",
        ),
        (
            ROUTER_2,
            &["kv", "get", BUCKET, "dev.001.temp", "--raw"],
            REFUSED,
        ),
        (
            ROUTER_2,
            &["kv", "put", BUCKET, "dev.001.temp", "90c"],
            REFUSED,
        ),
        (ROUTER_2, &["subscribe", "_INBOX_router001.>"], REFUSED),
        (
            ROUTER_2,
            &["kv", "put", BUCKET, "dev.002.temp", "75c"],
            "75c",
        ),
        (
            ROUTER_2,
            &["kv", "get", BUCKET, "dev.002.temp", "--raw"],
            "75c",
        ),
        (
            ADMIN,
            &["kv", "get", BUCKET, "dev.001.temp", "--raw"],
            "80c",
        ),
    ];
    for (member, arguments, expected) in steps {
        let seen = member.cli(bed).run(arguments).await;
        let said = seen.lines().find(|line| line.contains(expected));
        let what = format!("{} runs `nats {}`", member.name, arguments.join(" "));
        stage.step(&what, expected, said.unwrap_or(&seen).trim());
    }
}
