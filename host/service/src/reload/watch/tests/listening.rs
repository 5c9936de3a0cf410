use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;

use tempfile::TempDir;

use super::*;
use crate::reload::files::{DataSpec, ReadLimits, read};

/// Only events of the operating system can report in time.
pub(super) const BY_EVENTS: WatchSettings = WatchSettings {
    quiet: Duration::from_millis(100),
    patience: Duration::from_millis(400),
    poll: Duration::from_secs(3600),
    events: true,
};

/// Only polling reports.
pub(super) const BY_POLLING: WatchSettings = WatchSettings {
    poll: Duration::from_millis(20),
    events: false,
    ..BY_EVENTS
};

pub(super) const LONG: Duration = Duration::from_secs(20);

/// A watch on a thread of its own. It reports what it saw and what the files contained at that moment.
pub(super) struct Listening {
    pub(super) wakes: Receiver<(Wake, Vec<String>)>,
    pub(super) handle: WatchHandle,
}

pub(super) fn listen(paths: &[&Path], settings: WatchSettings) -> Listening {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let mut watch = Watch::new(paths.clone(), settings);
    let handle = watch.handle();
    let (sender, wakes) = channel();
    thread::spawn(move || {
        loop {
            let wake = watch.next_wake();
            let stopped = wake == Wake::Stopped;
            let texts = paths.iter().map(|path| contents(path)).collect();
            if sender.send((wake, texts)).is_err() || stopped {
                return;
            }
        }
    });
    Listening { wakes, handle }
}

/// Names and contents of all files, or the error.
pub(super) fn contents(path: &Path) -> String {
    let spec = DataSpec {
        name: None,
        path: path.to_owned(),
    };
    match read(&[spec], ReadLimits::default()) {
        Ok(contents) => {
            let text = |(name, bytes): &(String, Vec<u8>)| {
                format!("{name}={}", String::from_utf8_lossy(bytes))
            };
            contents
                .files
                .iter()
                .map(text)
                .collect::<Vec<_>>()
                .join(" ")
        }
        Err(error) => error.to_string(),
    }
}

impl Listening {
    /// The next report, with the contents of the first path.
    pub(super) fn next(&self) -> (Wake, String) {
        let (wake, texts) = self.wakes.recv_timeout(LONG).expect("nothing was reported");
        (wake, texts.into_iter().next().unwrap())
    }

    /// What the first path contains when a change of it is reported.
    pub(super) fn changed(&self, path: &Path) -> String {
        let (wake, text) = self.next();
        assert_eq!(wake, Wake::Changed(vec![path.to_owned()]));
        text
    }

    /// The watch reports nothing but the answer to a call.
    pub(super) fn is_silent(&self) {
        self.handle.nudge();
        assert_eq!(self.next().0, Wake::Nudged);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.handle.stop();
        while let Ok((wake, _)) = self.wakes.recv_timeout(LONG) {
            if wake == Wake::Stopped {
                return;
            }
        }
        assert!(thread::panicking(), "the watch did not stop");
    }
}

pub(super) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(&folder.path().join(name), text);
    }
    folder
}

pub(super) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(super) fn rename_over(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    fs::write(&draft, text).unwrap();
    fs::rename(draft, path).unwrap();
}
