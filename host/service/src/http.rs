//! HTTP for the operator's monitoring: `/live`, `/ready` and `/metrics`.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::telemetry::{Health, Telemetry};

/// Answers until `shutdown` is done; requests in progress then get one second to finish. The caller binds the address,
/// so that an address in use is reported at the start.
pub async fn serve(
    listener: TcpListener,
    telemetry: Arc<Telemetry>,
    health: Arc<Health>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = Router::new()
        .route("/", get(|| async { PATHS }))
        .route("/live", get(|| async { "alive\n" }))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .fallback(|| async { (StatusCode::NOT_FOUND, PATHS) })
        .with_state(Observed { telemetry, health });
    let (ended, end) = watch::channel(());
    let shutdown = async move {
        shutdown.await;
        drop(ended);
    };
    tokio::select! {
        served = axum::serve(listener, routes).with_graceful_shutdown(shutdown) => served,
        () = grace_period(end) => Ok(()),
    }
}

#[derive(Clone)]
struct Observed {
    telemetry: Arc<Telemetry>,
    health: Arc<Health>,
}

async fn ready(State(observed): State<Observed>) -> impl IntoResponse {
    let readiness = observed.health.readiness();
    let status = match readiness.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = json!({
        "ready": readiness.ready,
        "degraded": readiness.degraded,
        "reasons": readiness.reasons,
        "generation": readiness.generation,
        "version": env!("CARGO_PKG_VERSION"),
    });
    (
        status,
        [(header::CONTENT_TYPE, "application/json")],
        format!("{body}\n"),
    )
}

async fn metrics(State(observed): State<Observed>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, OPENMETRICS)],
        observed.telemetry.render(),
    )
}

/// Limits how long the end of the process waits for a connection that never completes its request.
async fn grace_period(mut end: watch::Receiver<()>) {
    while end.changed().await.is_ok() {}
    tokio::time::sleep(GRACE_PERIOD).await;
}

const PATHS: &str = "portcullis: /live /ready /metrics\n";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const GRACE_PERIOD: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpStream};

    use serde_json::Value;
    use tokio::sync::oneshot;
    use tokio::task::{JoinHandle, spawn_blocking};

    use super::*;

    struct Running {
        address: SocketAddr,
        health: Arc<Health>,
        stop: oneshot::Sender<()>,
        served: JoinHandle<io::Result<()>>,
    }

    async fn start() -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let health = Arc::new(Health::new());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let serving = serve(
            listener,
            Arc::new(Telemetry::new()),
            health.clone(),
            shutdown,
        );
        Running {
            address,
            health,
            stop,
            served: tokio::spawn(serving),
        }
    }

    /// Status line with headers, and body.
    async fn get(address: SocketAddr, path: &str) -> (String, String) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    #[tokio::test]
    async fn it_is_alive_at_once_and_ready_when_it_can_decide() {
        let running = start().await;
        assert!(
            get(running.address, "/live")
                .await
                .0
                .starts_with("HTTP/1.1 200")
        );
        let (head, body) = get(running.address, "/ready").await;
        assert!(head.starts_with("HTTP/1.1 503"), "{head}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["ready"], false);
        assert_eq!(body["reasons"][0], "not connected to NATS");

        running.health.connected(true);
        running.health.serving();
        running.health.loaded(4, 1, Vec::new(), true);
        let (head, body) = get(running.address, "/ready").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let expected = json!({
            "ready": true, "degraded": false, "reasons": [], "generation": 4,
            "version": env!("CARGO_PKG_VERSION"),
        });
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    }

    #[tokio::test]
    async fn metrics_come_as_openmetrics_and_other_paths_are_not_found() {
        let running = start().await;
        let (head, body) = get(running.address, "/metrics").await;
        assert!(
            head.to_lowercase()
                .contains("content-type: application/openmetrics-text"),
            "{head}"
        );
        assert!(body.ends_with("# EOF\n"), "{body}");
        assert!(
            get(running.address, "/")
                .await
                .1
                .contains("/live /ready /metrics")
        );
        for path in ["/metrics/", "/debug", "//ready"] {
            assert!(
                get(running.address, path)
                    .await
                    .0
                    .starts_with("HTTP/1.1 404"),
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn it_ends_even_if_a_client_never_finishes_its_request() {
        let running = start().await;
        let mut slow = TcpStream::connect(running.address).unwrap();
        slow.write_all(b"GET /live HTTP/1.1\r\nHost:").unwrap();
        get(running.address, "/live").await;
        running.stop.send(()).unwrap();
        running.served.await.unwrap().unwrap();
        assert!(TcpStream::connect(running.address).is_err());
    }
}
