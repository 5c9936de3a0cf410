//! Tells when named files or directories have really changed and come to rest.
//!
//! Events of the operating system are only hints to go and look; what counts are fingerprints, and those are also
//! compared now and then without a hint. The timers of this room are here.

mod armed;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::files::{Fingerprint, fingerprint};
use armed::HintDirectories;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchSettings {
    /// A file that stays as it is for so long has been written.
    pub quiet: Duration,
    /// A file that was emptied or removed is given so long to be written again; and a file that never comes to rest
    /// holds up the news of others for no longer.
    pub patience: Duration,
    /// How often to look without a hint: network file systems give none.
    pub poll: Duration,
    /// Whether to ask the operating system for hints.
    pub events: bool,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(100),
            patience: Duration::from_secs(2),
            poll: Duration::from_secs(1),
            events: true,
        }
    }
}

/// Why `next_wake` returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    /// These of the watched paths are not what they were, and at rest. Touched is changed: compare the digest.
    Changed(Vec<PathBuf>),
    /// Somebody asked to reload everything. What changed until now will not be reported again.
    Nudged,
    /// The end: from now on there is nothing else.
    Stopped,
}

/// Watches paths, which need not exist. `next_wake` blocks, so it belongs on a thread of its own.
///
/// Set the paths first and read the files then: what changes in between is reported.
#[derive(Debug)]
pub struct Watch {
    settings: WatchSettings,
    watched: Vec<Watched>,
    armed: Option<HintDirectories>,
    hints: Receiver<()>,
    handle: WatchHandle,
    looked: LastLook,
}

#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// As it was when it was last reported.
    known: Fingerprint,
    seen: Fingerprint,
    /// When it was first seen like that.
    seen_at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct LastLook {
    ended: Instant,
    took: Duration,
}

impl Watch {
    /// Where the operating system gives no hints (its limits are used up), it polls, and a warning says so.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>, settings: WatchSettings) -> Self {
        let (hint, hints) = sync_channel(1);
        let armed = match settings.events {
            true => HintDirectories::new(hint.clone()),
            false => None,
        };
        let handle = WatchHandle {
            hint,
            calls: Arc::default(),
        };
        let looked = LastLook {
            ended: Instant::now(),
            took: Duration::ZERO,
        };
        let mut watch = Self {
            settings,
            watched: Vec::new(),
            armed,
            hints,
            handle,
            looked,
        };
        watch.set_paths(paths);
        watch
    }

    /// For other threads and signal handlers.
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// From now on these; of those that were watched before, no change is lost.
    pub fn set_paths(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut before = std::mem::take(&mut self.watched);
        for path in paths {
            if self.watched.iter().any(|watched| watched.path == path) {
                continue;
            }
            let watched = match before.iter().position(|watched| watched.path == path) {
                Some(index) => before.swap_remove(index),
                None => Watched::starting(path),
            };
            self.watched.push(watched);
        }
        self.look();
    }

    /// Waits until something changed and came to rest, or somebody called.
    pub fn next_wake(&mut self) -> Wake {
        let mut restless_since = None;
        loop {
            if let Some(call) = self.answer_call() {
                return call;
            }
            let now = self.look();
            if self.watched.iter().all(|watched| !watched.is_changed()) {
                restless_since = None;
                self.rest();
                continue;
            }
            let since = *restless_since.get_or_insert(now);
            let changed = self.at_rest(now, now.duration_since(since) >= self.settings.patience);
            if !changed.is_empty() {
                return Wake::Changed(changed);
            }
            self.wait(self.settings.quiet, WakeOn::Commands);
        }
    }

    fn answer_call(&mut self) -> Option<Wake> {
        if self.handle.calls.stopped.load(Ordering::Acquire) {
            return Some(Wake::Stopped);
        }
        if self.handle.calls.nudged.swap(false, Ordering::AcqRel) {
            self.look();
            self.watched.iter_mut().for_each(Watched::settle);
            return Some(Wake::Nudged);
        }
        None
    }

    /// Sees to it that hints come from the right places, too, because those move with links and directories.
    fn look(&mut self) -> Instant {
        let started = Instant::now();
        self.watched
            .iter_mut()
            .for_each(|watched| watched.look(started));
        if let Some(armed) = &mut self.armed {
            let watched = self.watched.iter().map(|it| (it.path.as_path(), &it.seen));
            if armed.update(watched) {
                // What happened in a new place before hints came from there shows only now.
                self.watched
                    .iter_mut()
                    .for_each(|watched| watched.look(started));
            }
        }
        let ended = Instant::now();
        self.looked = LastLook {
            ended,
            took: ended.duration_since(started),
        };
        started
    }

    /// The changed paths that are at rest; none as long as it is worth waiting for others.
    fn at_rest(&mut self, now: Instant, impatient: bool) -> Vec<PathBuf> {
        let quiet = self.settings.quiet;
        let changed = || self.watched.iter().filter(|watched| watched.is_changed());
        if !impatient && !changed().all(|it| it.is_quiet(now, quiet) && !it.is_hollowed_out()) {
            return Vec::new();
        }
        let mut paths = Vec::new();
        for watched in &mut self.watched {
            if watched.is_changed() && watched.is_quiet(now, quiet) {
                watched.settle();
                paths.push(watched.path.clone());
            }
        }
        paths
    }

    /// Waits for a hint or the next poll. Looking takes no more than about a tenth of the time, however many hints come
    /// from busy directories and however many files there are.
    fn rest(&self) {
        self.wait(
            self.settings.poll.max(self.looked.took * 20),
            WakeOn::HintsAndCommands,
        );
        let pause = SPACING_MIN.max(self.looked.took * 10);
        self.wait(
            pause.saturating_sub(self.looked.ended.elapsed()),
            WakeOn::Commands,
        );
    }

    fn wait(&self, at_most: Duration, heed: WakeOn) {
        let end = Instant::now() + at_most;
        while !self.handle.is_called() {
            let left = end.saturating_duration_since(Instant::now());
            let hinted = !left.is_zero() && self.hints.recv_timeout(left).is_ok();
            if !hinted || heed == WakeOn::HintsAndCommands {
                return;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WakeOn {
    Commands,
    HintsAndCommands,
}

impl Watched {
    fn starting(path: PathBuf) -> Self {
        let known = fingerprint(&path);
        Self {
            seen: known.clone(),
            known,
            path,
            seen_at: Instant::now(),
        }
    }

    fn look(&mut self, now: Instant) {
        let seen = fingerprint(&self.path);
        if seen != self.seen {
            self.seen = seen;
            self.seen_at = now;
        }
    }

    fn is_changed(&self) -> bool {
        self.seen != self.known
    }

    fn is_quiet(&self, now: Instant, quiet: Duration) -> bool {
        now.saturating_duration_since(self.seen_at) >= quiet
    }

    fn is_hollowed_out(&self) -> bool {
        self.seen.hollows() > self.known.hollows()
    }

    fn settle(&mut self) {
        self.known = self.seen.clone();
    }
}

/// Calls a `Watch` from elsewhere.
#[derive(Clone, Debug)]
pub struct WatchHandle {
    hint: SyncSender<()>,
    calls: Arc<Commands>,
}

#[derive(Debug, Default)]
struct Commands {
    nudged: AtomicBool,
    stopped: AtomicBool,
}

impl WatchHandle {
    /// Makes `next_wake` return `Nudged` at once, as SIGHUP should.
    pub fn nudge(&self) {
        self.calls.nudged.store(true, Ordering::Release);
        self.wake();
    }

    /// Makes `next_wake` return `Stopped` at once and ever after.
    pub fn stop(&self) {
        self.calls.stopped.store(true, Ordering::Release);
        self.wake();
    }

    fn is_called(&self) -> bool {
        self.calls.stopped.load(Ordering::Acquire) || self.calls.nudged.load(Ordering::Acquire)
    }

    fn wake(&self) {
        // A channel that is full wakes as well, and one without a receiver has nobody to wake.
        let _ = self.hint.try_send(());
    }
}

/// Hints in a row are looked at together.
const SPACING_MIN: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
