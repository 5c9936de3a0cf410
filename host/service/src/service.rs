//! The wiring: builds every room, spawns its threads and tasks, waits, and drains.

mod launch;
mod machine;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use launch::Launch;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::authorizer::{Authorizer, Job, Outbox, Queue};
use crate::catalog::Catalog;
use crate::clock::{rfc3339, wall_clock};
use crate::config::Service;
use crate::http;
use crate::nats::{Connection, Link, LinkError, LinkSettings, Ticket};
use crate::reload::{Parts, Plan, Planner, Reloader, StartRule, Watch, WatchHandle, WatchSettings};
use crate::telemetry::{Health, LogError, LogGuard, Telemetry, init_log};
use crate::throttle::Throttle;
use crate::workers::Workers;
use portcullis_callout::Callout;
use portcullis_sandbox::{Cache, CacheError, EngineError, EngineSettings, Sandbox};

/// How often suppressed log lines are summed up in the log, and what hinders clients in the health report.
const REPORT_EVERY: Duration = Duration::from_secs(5);
/// How long the service waits for a reload at its end.
const RELOAD_END: Duration = Duration::from_secs(1);

/// Why the service cannot run although its settings are valid.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("cannot listen on {address}: {error}; choose another address with --http")]
    Listen {
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error("cannot start threads or tasks: {0}")]
    Start(#[from] std::io::Error),
}

/// Runs until SIGTERM or SIGINT, then answers what is in flight and returns.
pub fn run(launch: Launch) -> Result<(), ServiceError> {
    let log = init_log(&launch.service.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(serve(launch, &log));
    // What takes too long, such as a policy in a loop, ends with the process and must not delay it.
    runtime.shutdown_background();
    ended
}

async fn serve(launch: Launch, log: &LogGuard) -> Result<(), ServiceError> {
    let common = SharedParts::new(&launch.service, log)?;
    for warning in &launch.plan.warnings {
        tracing::warn!(target: "portcullis", "{warning}");
    }
    let (stopping, stop) = watch::channel(false);
    let (aborting, abort) = watch::channel(false);
    let service = launch.service;
    let http = spawn_http(service.http, &common, stop.clone()).await?;
    let connection = Connection::open(
        &launch.nats,
        service.in_flight,
        common.health.clone(),
        common.telemetry.clone(),
    )
    .await?;
    let discovery = connection.discover(common.authorizer.clone(), service.callout_account.clone());
    let (decidable, can_decide) = watch::channel(false);
    let reload = spawn_reload(
        &common,
        launch.plan,
        launch.planner,
        service.start,
        decidable,
    )?;
    spawn_signals(stopping, aborting, reload.handle.clone())?;
    tokio::spawn(report_regularly(
        common.authorizer.clone(),
        common.telemetry.clone(),
        common.health.clone(),
    ));
    tracing::info!(target: "portcullis", version = VERSION, "started");

    let whole = async {
        let opened = open(connection, can_decide, &service, &common);
        tokio::select! {
            opened = opened => {
                let (link, outbox, queue) = opened?;
                decide(link, outbox, &queue, &service, &common, stop.clone()).await?;
            }
            () = wait_until_set(stop.clone()) => common.health.draining(),
        }
        reload.end().await;
        if let Some(http) = http {
            // It was told to stop; if it failed, the process ends anyway.
            let _ = http.await;
        }
        Ok(())
    };
    let ended = tokio::select! {
        ended = whole => ended,
        () = too_late(stop.clone(), service.drain_deadline) => {
            tracing::warn!(target: "portcullis", "ended with decisions under way");
            Ok(())
        }
        () = wait_until_set(abort) => {
            tracing::warn!(target: "portcullis", "ended at once, as a second signal asked for");
            Ok(())
        }
    };
    discovery.abort();
    tracing::info!(target: "portcullis", "stopped");
    ended
}

/// Returns when the time for everything that has to end is over.
async fn too_late(stop: watch::Receiver<bool>, drain_deadline: Duration) {
    wait_until_set(stop).await;
    tokio::time::sleep(drain_deadline).await;
}

type OpenLink = (Link, Arc<dyn Outbox<Ticket>>, Arc<Queue<Job<Ticket>>>);

/// Subscribes once the policies can decide. An instance that cannot decide stays out of the queue group, so that other
/// instances answer.
async fn open(
    connection: Connection,
    can_decide: watch::Receiver<bool>,
    service: &Service,
    common: &SharedParts,
) -> Result<OpenLink, ServiceError> {
    wait_until_set(can_decide).await;
    let queue = Arc::new(Queue::new(service.in_flight));
    let (settings, telemetry) = (link_settings(service), common.telemetry.clone());
    let (link, outbox) = Link::open(connection, settings, queue.clone(), telemetry).await?;
    Ok((link, outbox, queue))
}

/// Decides until the service is told to stop, then finishes the queued requests.
async fn decide(
    mut link: Link,
    outbox: Arc<dyn Outbox<Ticket>>,
    queue: &Arc<Queue<Job<Ticket>>>,
    service: &Service,
    common: &SharedParts,
    stop: watch::Receiver<bool>,
) -> Result<(), ServiceError> {
    let threads = service.threads();
    let workers = Workers::start(threads, &common.authorizer, queue, &outbox)?;
    // The publishing task ends with the last thread that could give it an answer.
    drop(outbox);
    common.health.serving();
    tracing::info!(target: "portcullis", threads, "ready");
    let health = common.health.clone();
    link.receive(async move {
        wait_until_set(stop).await;
        tracing::info!(target: "portcullis", "draining");
        health.draining();
    })
    .await;
    link.drain().await;
    queue.close();
    // Joining blocks, and the publishing task must continue meanwhile.
    let _ = tokio::task::spawn_blocking(|| workers.join()).await;
    link.finish().await;
    Ok(())
}

/// How policies run with these settings on this machine.
pub fn engine_settings(service: &Service) -> EngineSettings {
    EngineSettings {
        pagemap_scan: service.pagemap_scan && machine::never_swaps(),
    }
}

/// What all rooms share.
struct SharedParts {
    telemetry: Arc<Telemetry>,
    health: Arc<Health>,
    catalog: Arc<Catalog>,
    sandbox: Arc<Sandbox>,
    authorizer: Arc<Authorizer>,
}

impl SharedParts {
    fn new(service: &Service, log: &LogGuard) -> Result<Self, ServiceError> {
        let telemetry = Arc::new(Telemetry::with_log(log));
        let catalog = Arc::new(Catalog::new());
        let cache = service.cache.as_deref().map(Cache::open).transpose()?;
        let callout = Callout::new(service.callout);
        let throttle = Throttle::new(service.throttle.clone());
        let authorizer = Authorizer::new(catalog.clone(), callout, throttle, telemetry.clone());
        if let Some(account) = &service.callout_account {
            authorizer.set_callout_account(account.clone());
        }
        Ok(Self {
            telemetry,
            health: Arc::new(Health::new()),
            catalog,
            sandbox: Arc::new(Sandbox::new(engine_settings(service), cache)?),
            authorizer: Arc::new(authorizer),
        })
    }
}

/// The thread that keeps policies up to date.
struct Reload {
    handle: WatchHandle,
    thread: JoinHandle<()>,
}

impl Reload {
    /// A load in progress may take long, and its result is no longer needed.
    async fn end(self) {
        self.handle.stop();
        // Its errors have been reported already.
        let joined = tokio::task::spawn_blocking(|| self.thread.join());
        let _ = tokio::time::timeout(RELOAD_END, joined).await;
    }
}

fn spawn_reload(
    common: &SharedParts,
    plan: Plan,
    planner: Planner,
    rule: StartRule,
    decidable: watch::Sender<bool>,
) -> Result<Reload, ServiceError> {
    let parts = Parts {
        sandbox: common.sandbox.clone(),
        catalog: common.catalog.clone(),
        telemetry: common.telemetry.clone(),
        health: common.health.clone(),
        now: wall_clock,
    };
    let announce = Box::new(move || {
        decidable.send_replace(true);
    });
    let reloader = Reloader::new(parts, plan, planner, rule, announce);
    let watch = Watch::new([], WatchSettings::default());
    let handle = watch.handle();
    let thread = std::thread::Builder::new()
        .name("reload".into())
        .spawn(|| reloader.run(watch))?;
    Ok(Reload { handle, thread })
}

async fn spawn_http(
    address: Option<SocketAddr>,
    common: &SharedParts,
    stop: watch::Receiver<bool>,
) -> Result<Option<tokio::task::JoinHandle<std::io::Result<()>>>, ServiceError> {
    let Some(address) = address else {
        return Ok(None);
    };
    let listen = |error| ServiceError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let bound = listener.local_addr().map_err(listen)?;
    tracing::info!(target: "portcullis", http = %bound, "listening");
    let (telemetry, health) = (common.telemetry.clone(), common.health.clone());
    Ok(Some(tokio::spawn(http::serve(
        listener,
        telemetry,
        health,
        wait_until_set(stop),
    ))))
}

/// SIGTERM and SIGINT end the service, a second one at once; SIGHUP reloads everything.
fn spawn_signals(
    stopping: watch::Sender<bool>,
    aborting: watch::Sender<bool>,
    reload: WatchHandle,
) -> Result<(), ServiceError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    // The task ends only with the process: dropping a sender would look like a change of its flag.
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hangup.recv() => {
                    reload.nudge();
                    continue;
                }
            }
            if stopping.send_replace(true) {
                aborting.send_replace(true);
            }
        }
    });
    Ok(())
}

/// Sums up suppressed log lines, and says in the health report that clients are held up.
async fn report_regularly(
    authorizer: Arc<Authorizer>,
    telemetry: Arc<Telemetry>,
    health: Arc<Health>,
) {
    loop {
        tokio::time::sleep(REPORT_EVERY).await;
        telemetry.settle(Instant::now());
        let reports = [
            ("throttle", authorizer.throttle_report()),
            ("servers", authorizer.setup_report()),
        ];
        for (what, report) in reports {
            match report {
                Some(report) => health.degrade(what, &report, wall_clock()),
                None => _ = health.recover(what),
            }
        }
    }
}

/// Waits until the flag is set, or until its sender is gone.
async fn wait_until_set(mut flag: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also ends the wait.
    let _ = flag.wait_for(|up| *up).await;
}

fn link_settings(service: &Service) -> LinkSettings {
    LinkSettings {
        instance: format!("{:032X}", rand::random::<u128>()),
        version: VERSION,
        started: rfc3339(wall_clock()),
        in_flight_bytes: service.in_flight_bytes,
        outgoing: service.in_flight,
    }
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
