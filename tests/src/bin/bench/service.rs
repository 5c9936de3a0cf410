//! The service itself: start-up, memory when idle, and how soon a change decides.

use std::time::{Duration, Instant};

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::events::Event;
use portcullis_tests::portcullis::rss_of;
use serde_json::json;

use crate::table::{Table, quantile, shown};

const ROUNDS: usize = 10;

pub(crate) async fn measure(table: &mut Table) {
    // The first start fills the cache of compiled policies.
    drop(Bed::start(Setup::directory()).await);
    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        starts.push(start_up().await);
    }
    starts.sort();
    table.row(
        "ready, warm cache: median",
        "300 ms",
        shown(quantile(&starts, 0.5)),
    );
    let bed = Bed::start(Setup::directory()).await;
    table.row(
        "idle RSS",
        "60 MiB",
        format!("{} MiB", rss_of(bed.portcullis.pid())),
    );
    let (mut data, mut modules) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut users = portcullis_tests::bed::users();
        users[format!("user-{round}")] = json!({ "pass": "a", "account": "APP" });
        data.push(reload(&bed, |bed| bed.write_users(&users)).await);
        let policy = if round % 2 == 0 { "hello" } else { "directory" };
        modules.push(reload(&bed, |bed| bed.install_policy(policy)).await);
    }
    data.sort();
    modules.sort();
    table.row(
        "rename of data to generation in force: median",
        "1 s",
        shown(quantile(&data, 0.5)),
    );
    table.row(
        "rename of a module to the same: median",
        "1 s",
        shown(quantile(&modules, 0.5)),
    );
}

/// From the start of the process to its event `ready`. nats-server is already running.
async fn start_up() -> Duration {
    let setup = Setup::directory();
    let bed = Bed::start_unready(setup).await;
    let start = bed.portcullis.started_at();
    bed.portcullis.wait_for_message(0, "ready").await;
    start.elapsed()
}

async fn reload(bed: &Bed, change: impl FnOnce(&Bed)) -> Duration {
    let mark = bed.portcullis.mark();
    let start = Instant::now();
    change(bed);
    bed.portcullis
        .wait_for(mark, "the reload", Event::is_reload)
        .await;
    start.elapsed()
}
