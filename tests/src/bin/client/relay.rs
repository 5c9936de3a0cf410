//! A relay between the library and the server. async-nats has no PING whose PONG can be awaited, and without one it is
//! unknown whether all errors of an operation have arrived. Only for connections without TLS.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::frames::Frames;

/// A message that the library publishes here becomes a PING, and does not reach the server.
pub const MARKER: &str = "portcullis.settle";

pub struct Relay {
    pub url: String,
    violations: Arc<Mutex<Vec<String>>>,
    settled: tokio::sync::Mutex<mpsc::UnboundedReceiver<()>>,
    running: JoinHandle<()>,
}

impl Relay {
    /// Relays exactly one connection.
    pub async fn start(server: &str) -> io::Result<Self> {
        let server = server.trim_start_matches("nats://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("nats://{}", listener.local_addr()?);
        let (report, settled) = mpsc::unbounded_channel();
        let shared = Shared {
            pings: Arc::default(),
            violations: Arc::default(),
            report,
        };
        let violations = shared.violations.clone();
        let running = tokio::spawn(async move {
            // The library notices a connection that ends.
            let _ = relay(listener, &server, shared).await;
        });
        Ok(Self {
            url,
            violations,
            settled: settled.into(),
            running,
        })
    }

    /// Waits for the answer to a marker.
    pub async fn settled(&self) -> Option<()> {
        self.settled.lock().await.recv().await
    }

    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut self.violations.lock().expect("not poisoned"))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The one that waits for the next PONG.
enum Asker {
    Library,
    Driver,
}

#[derive(Clone)]
struct Shared {
    pings: Arc<Mutex<VecDeque<Asker>>>,
    violations: Arc<Mutex<Vec<String>>>,
    report: mpsc::UnboundedSender<()>,
}

async fn relay(listener: TcpListener, server: &str, shared: Shared) -> io::Result<()> {
    let (library, _) = listener.accept().await?;
    drop(listener);
    let server = TcpStream::connect(server).await?;
    let (from_library, to_library) = library.into_split();
    let (from_server, to_server) = server.into_split();
    let up = pass(from_library, to_server, |frame| shared.upwards(frame));
    let down = pass(from_server, to_library, |frame| shared.downwards(frame));
    tokio::select! {
        ended = up => ended,
        ended = down => ended,
    }
}

/// Passes on each frame after `change`.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    change: impl Fn(Vec<u8>) -> Option<Vec<u8>>,
) -> io::Result<()> {
    let mut frames = Frames::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        frames.push(&buffer[..count]);
        while let Some(frame) = frames.next() {
            if let Some(changed) = change(frame) {
                to.write_all(&changed).await?;
            }
        }
    }
}

impl Shared {
    fn upwards(&self, frame: Vec<u8>) -> Option<Vec<u8>> {
        let asker = if frame.starts_with(format!("PUB {MARKER} ").as_bytes()) {
            Asker::Driver
        } else if frame.starts_with(b"PING") {
            Asker::Library
        } else {
            return Some(frame);
        };
        self.pings.lock().expect("not poisoned").push_back(asker);
        Some(b"PING\r\n".to_vec())
    }

    fn downwards(&self, frame: Vec<u8>) -> Option<Vec<u8>> {
        if frame.starts_with(b"PONG") {
            let asker = self.pings.lock().expect("not poisoned").pop_front();
            if matches!(asker, Some(Asker::Driver)) {
                let _ = self.report.send(());
                return None;
            }
        } else if frame.starts_with(b"-ERR ") {
            let text = String::from_utf8_lossy(&frame);
            let text = text.trim_start_matches("-ERR ").trim().trim_matches('\'');
            let mut violations = self.violations.lock().expect("not poisoned");
            violations.push(text.to_owned());
        }
        Some(frame)
    }
}
