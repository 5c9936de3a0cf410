//! Reports when named files or directories have changed and are no longer being written.
//!
//! Events of the operating system are only hints to look. Fingerprints decide, and they are also compared at intervals
//! without an event. The timers of this room are here.

mod hint_directories;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::files::{Fingerprint, fingerprint};
use hint_directories::HintDirectories;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchSettings {
    /// A file that stays unchanged for this long is complete.
    pub quiet: Duration,
    /// How long a file that was emptied or removed may take to be written again. A file that never stops changing delays
    /// the report of other files for no longer than this.
    pub patience: Duration,
    /// How often to look without an event, because network file systems send none.
    pub poll: Duration,
    /// Whether to use events of the operating system.
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
    /// These watched paths changed and are complete. A file that was only touched counts, too: compare digests.
    Changed(Vec<PathBuf>),
    /// A reload of everything was requested. Earlier changes are not reported again.
    Nudged,
    /// A load has ended.
    Loaded,
    /// The watch has ended. It returns nothing else from now on.
    Stopped,
}

/// Watches paths, which need not exist. `next_wake` blocks, so call it on a thread of its own.
///
/// Set the paths before you read the files, so that changes in between are reported.
#[derive(Debug)]
pub struct Watch {
    settings: WatchSettings,
    watched: Vec<Watched>,
    hints_from: Option<HintDirectories>,
    hints: Receiver<()>,
    handle: WatchHandle,
    looked: LastLook,
    /// Since when some file has been changing.
    restless_since: Option<Instant>,
}

#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// The state when it was last reported.
    known: Fingerprint,
    seen: Fingerprint,
    /// When that state was first seen.
    seen_at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct LastLook {
    ended: Instant,
    took: Duration,
}

impl Watch {
    /// If the operating system sends no events (its limits are used up), the watch polls and logs a warning.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>, settings: WatchSettings) -> Self {
        let (hint, hints) = sync_channel(1);
        let hints_from = match settings.events {
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
            hints_from,
            hints,
            handle,
            looked,
            restless_since: None,
        };
        watch.set_paths(paths);
        watch
    }

    /// A handle for other threads and signal handlers.
    pub fn handle(&self) -> WatchHandle {
        self.handle.clone()
    }

    /// Watches these paths from now on. Changes of paths that were watched before are not lost.
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

    /// Waits until something changed and is complete, or until a handle calls.
    pub fn next_wake(&mut self) -> Wake {
        loop {
            if let Some(call) = self.answer_call() {
                return call;
            }
            let now = self.look();
            if self.watched.iter().all(|watched| !watched.is_changed()) {
                self.restless_since = None;
                self.rest();
                continue;
            }
            let since = *self.restless_since.get_or_insert(now);
            let changed = self.at_rest(now, now.duration_since(since) >= self.settings.patience);
            if !changed.is_empty() {
                self.restless_since = None;
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
        let is_loaded = self.handle.calls.loaded.swap(false, Ordering::AcqRel);
        is_loaded.then_some(Wake::Loaded)
    }

    /// Also moves the subscriptions to events, because links and directories may have changed.
    fn look(&mut self) -> Instant {
        let started = Instant::now();
        self.watched
            .iter_mut()
            .for_each(|watched| watched.look(started));
        if let Some(hints_from) = &mut self.hints_from {
            let watched = self.watched.iter().map(|it| (it.path.as_path(), &it.seen));
            if hints_from.update(watched) {
                // Changes in a new directory before its events arrived show only now.
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

    /// The changed paths that are complete; none while it makes sense to wait for others.
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

    /// Waits for an event or the next poll. Looking takes at most about a tenth of the time, however many events busy
    /// directories cause and however many files there are.
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
        self.seen.empty_or_missing() > self.known.empty_or_missing()
    }

    fn settle(&mut self) {
        self.known = self.seen.clone();
    }
}

/// Controls a `Watch` from another thread.
#[derive(Clone, Debug)]
pub struct WatchHandle {
    hint: SyncSender<()>,
    calls: Arc<Commands>,
}

#[derive(Debug, Default)]
struct Commands {
    nudged: AtomicBool,
    loaded: AtomicBool,
    stopped: AtomicBool,
}

impl WatchHandle {
    /// Makes `next_wake` return `Nudged` at once. SIGHUP does this.
    pub fn nudge(&self) {
        self.calls.nudged.store(true, Ordering::Release);
        self.wake();
    }

    /// Makes `next_wake` return `Loaded` at once.
    pub(super) fn report_load(&self) {
        self.calls.loaded.store(true, Ordering::Release);
        self.wake();
    }

    /// Makes `next_wake` return `Stopped` at once and from then on.
    pub fn stop(&self) {
        self.calls.stopped.store(true, Ordering::Release);
        self.wake();
    }

    fn is_called(&self) -> bool {
        let Commands {
            nudged,
            loaded,
            stopped,
        } = &*self.calls;
        let mut commands = [nudged, loaded, stopped].into_iter();
        commands.any(|command| command.load(Ordering::Acquire))
    }

    fn wake(&self) {
        // If the channel is full, the watch wakes up anyway; if there is no receiver, the watch is gone.
        let _ = self.hint.try_send(());
    }
}

/// Events that follow each other closely are handled together.
const SPACING_MIN: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
