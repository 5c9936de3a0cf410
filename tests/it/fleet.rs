//! The fleet of `examples/fleet-kv` with the `nats` command, as an operator would try it.

use portcullis_tests::fleet::{self, ADMIN, BUCKET, ROUTER_1, ROUTER_2};

#[tokio::test(flavor = "multi_thread")]
async fn the_nats_command_reaches_only_its_own_keys() {
    let bed = fleet::start().await;
    let created = ADMIN.cli(&bed).run(&["kv", "add", BUCKET]).await;
    assert!(created.contains("KV_test_kv"), "{created}");
    for (router, key, value) in [
        (ROUTER_1, "dev.001.temp", "80c"),
        (ROUTER_2, "dev.002.temp", "75c"),
    ] {
        let cli = router.cli(&bed);
        assert_eq!(cli.run(&["kv", "put", BUCKET, key, value]).await, value);
        assert_eq!(cli.run(&["kv", "get", BUCKET, key, "--raw"]).await, value);
    }
    let two = ROUTER_2.cli(&bed);
    for attempt in [
        &["kv", "get", BUCKET, "dev.001.temp", "--raw"][..],
        &["kv", "put", BUCKET, "dev.001.temp", "90c"],
        &["kv", "del", BUCKET, "dev.001.temp", "--force"],
        &["subscribe", "_INBOX_router001.>"],
    ] {
        let refusal = two.run(attempt).await;
        assert!(
            refusal.contains("permissions violation"),
            "{attempt:?}: {refusal}"
        );
    }
    let admin = ADMIN.cli(&bed);
    let kept = admin
        .run(&["kv", "get", BUCKET, "dev.001.temp", "--raw"])
        .await;
    assert_eq!(kept, "80c");
}
