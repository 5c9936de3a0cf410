//! A herd: all clients open their TCP connections, then all send CONNECT at once, as after a restart of the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_tests::Bed;
use portcullis_tests::bed::Setup;
use portcullis_tests::portcullis::rss_of;
use portcullis_tests::raw::Connection;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::table::{Table, quantile, shown};

pub(crate) async fn measure(table: &mut Table, count: usize) {
    raise_file_limit();
    let bed = Bed::start(Setup::directory()).await;
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(
            Connection::open(&bed.server.address())
                .await
                .expect("a connection"),
        );
    }
    let times = stampede(connections).await;
    let goal = match count {
        5_000 => "all, p99 1.8 s",
        9_500 => "at least 6000",
        _ => "-",
    };
    let (middle, slow) = (quantile(&times, 0.5), quantile(&times, 0.99));
    let measured = format!(
        "{} in, p50 {}, p99 {}",
        times.len(),
        shown(middle),
        shown(slow)
    );
    table.row(&format!("herd of {count}: admitted"), goal, measured);
    let late = stragglers(&bed, count - times.len()).await;
    if late > 0 {
        table.row(
            &format!("herd of {count}: in on a later try"),
            "all others",
            late.to_string(),
        );
    }
    table.row(
        &format!("herd of {count}: RSS after it"),
        "-",
        format!("{} MiB", rss_of(bed.portcullis.pid())),
    );
}

/// Sorted times from CONNECT to PONG of the admitted clients.
async fn stampede(connections: Vec<Connection>) -> Vec<Duration> {
    let gate = Arc::new(Barrier::new(connections.len()));
    let mut herd = JoinSet::new();
    for mut connection in connections {
        let gate = Arc::clone(&gate);
        herd.spawn(async move {
            gate.wait().await;
            let start = Instant::now();
            let admitted = connection.log_in("alice", "alice").await.is_ok();
            // The connection stays open until all are finished, because closing it would cost the server work, too.
            (admitted.then(|| start.elapsed()), connection)
        });
    }
    let results = herd.join_all().await;
    let mut times: Vec<_> = results.iter().filter_map(|(time, _)| *time).collect();
    times.sort();
    times
}

/// The clients that were not admitted try again, one after the other.
async fn stragglers(bed: &Bed, count: usize) -> usize {
    let mut admitted = 0;
    for _ in 0..count {
        let mut connection = Connection::open(&bed.server.address())
            .await
            .expect("a connection");
        admitted += usize::from(connection.log_in("alice", "alice").await.is_ok());
    }
    admitted
}

/// Raises the limit of open files to the maximum; nats-server inherits it.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).expect("the limit may be raised to its maximum");
}
