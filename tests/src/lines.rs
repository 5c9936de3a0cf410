//! The output of a process, line by line. It is kept and can be awaited.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

/// Everything that a process has written so far. Clones share the same lines.
#[derive(Clone)]
pub struct Lines {
    written: Arc<Mutex<Vec<String>>>,
    progress: watch::Receiver<Progress>,
}

#[derive(Clone, Copy, Default)]
struct Progress {
    lines: usize,
    ended: bool,
}

impl Lines {
    /// Reads `output` to its end on a separate thread.
    pub fn capture(output: impl Read + Send + 'static) -> Self {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (report, progress) = watch::channel(Progress::default());
        let store = Arc::clone(&written);
        std::thread::spawn(move || {
            let mut reader = BufReader::new(output);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|count| count > 0)
            {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                store.lock().expect("lines").push(text);
                report.send_modify(|progress| progress.lines += 1);
                line.clear();
            }
            report.send_modify(|progress| progress.ended = true);
        });
        Self { written, progress }
    }

    /// The number of lines so far, to wait for later lines.
    pub fn mark(&self) -> usize {
        self.written.lock().expect("lines").len()
    }

    /// The lines since `mark`.
    pub fn since(&self, mark: usize) -> Vec<String> {
        self.written
            .lock()
            .expect("lines")
            .iter()
            .skip(mark)
            .cloned()
            .collect()
    }

    /// The first line since `mark` for which `wanted` returns something; `None` if the output ended or time is up.
    pub async fn wait_for<T>(
        &self,
        mark: usize,
        patience: Duration,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Option<T> {
        let mut progress = self.progress.clone();
        let mut next = mark;
        tokio::time::timeout(patience, async {
            loop {
                let ended = progress.borrow_and_update().ended;
                for line in self.since(next) {
                    next += 1;
                    if let Some(found) = wanted(&line) {
                        return Some(found);
                    }
                }
                if ended || progress.changed().await.is_err() {
                    return None;
                }
            }
        })
        .await
        .ok()
        .flatten()
    }

    /// Waits until the process has closed its output.
    pub async fn wait_for_end(&self, patience: Duration) -> bool {
        let mut progress = self.progress.clone();
        let ended = tokio::time::timeout(patience, progress.wait_for(|progress| progress.ended));
        ended.await.is_ok_and(|seen| seen.is_ok())
    }
}
