//! An empty WASI for guests whose runtime needs one. It has no files, no network, no environment and no waiting. Output becomes
//! log lines, the wall clock shows the time of the request, and every instance gets new random numbers.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, async_trait};

use super::lines::{Level, Lines};
use portcullis_model::Timestamp;

/// The most bytes that a guest may write to an output at once.
const WRITE_MAX: usize = 64 << 10;
/// The most random bytes that a guest may ask for at once.
const RANDOM_BYTES_MAX: u64 = 64 << 10;
/// Nanoseconds by which a guest's monotonic clock advances with each reading.
const TICK_NS: u64 = 1_000;

pub(super) fn context(lines: &Lines, clock: &RequestClock) -> WasiCtx {
    WasiCtxBuilder::new()
        .stdout(Output::new(lines, Level::Info))
        .stderr(Output::new(lines, Level::Warn))
        .wall_clock(clock.clone())
        .monotonic_clock(TickingClock::default())
        .max_random_size(RANDOM_BYTES_MAX)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .build()
}

/// A clock that shows the time of the request. It is set for each request, because a warm instance keeps its clock.
#[derive(Clone)]
pub(super) struct RequestClock(Arc<AtomicU64>);

impl RequestClock {
    pub(super) fn new(now: Timestamp) -> Self {
        Self(Arc::new(AtomicU64::new(now)))
    }

    pub(super) fn set(&self, now: Timestamp) {
        self.0.store(now, Ordering::Relaxed);
    }
}

impl HostWallClock for RequestClock {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// A clock that advances only when it is read, so that it tells a guest nothing about the machine.
#[derive(Default)]
struct TickingClock(AtomicU64);

impl HostMonotonicClock for TickingClock {
    fn resolution(&self) -> u64 {
        TICK_NS
    }

    fn now(&self) -> u64 {
        self.0.fetch_add(TICK_NS, Ordering::Relaxed)
    }
}

/// An output that accepts everything and turns it into log lines.
#[derive(Clone)]
struct Output {
    lines: Lines,
    level: Level,
}

impl Output {
    fn new(lines: &Lines, level: Level) -> Self {
        Self {
            lines: lines.clone(),
            level,
        }
    }

    fn accept(&self, bytes: &[u8]) {
        self.lines.write(self.level, bytes);
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.accept(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_MAX)
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Output {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.accept(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
