use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::time::SystemTime;

use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use rustix::io::Errno;

use crate::reload::files::Fingerprint;

/// The directories from which the operating system sends events.
#[derive(Debug)]
pub(crate) struct HintDirectories {
    watcher: RecommendedWatcher,
    /// The path by which each directory was registered. The key is the identity, because a directory that is reached by two
    /// paths has one registration.
    places: BTreeMap<Identity, PathBuf>,
    warned: bool,
}

/// Device, inode, and time of creation, because inodes are used again.
type Identity = (u64, u64, Option<SystemTime>);

impl HintDirectories {
    /// Returns none, after a warning, if the operating system sends no events.
    pub(crate) fn new(hint: SyncSender<()>) -> Option<Self> {
        let handler = move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, is_hint) {
                // If one hint waits already, that is enough.
                let _ = hint.try_send(());
            }
        };
        match notify::recommended_watcher(handler) {
            Ok(watcher) => Some(Self {
                watcher,
                places: BTreeMap::new(),
                warned: false,
            }),
            Err(error) => {
                warn(&error);
                None
            }
        }
    }

    /// Returns whether events now arrive from a directory that sent none before.
    pub(crate) fn update<'a>(
        &mut self,
        watched: impl Iterator<Item = (&'a Path, &'a Fingerprint)>,
    ) -> bool {
        let mut wanted = BTreeMap::new();
        for (path, seen) in watched {
            let places = directories_on_the_way(path)
                .into_iter()
                .chain(seen.directories().map(Path::to_owned));
            wanted.extend(places.filter_map(|place| Some((identity(&place)?, place))));
        }
        // Remove the old ones first: a new directory may have the path of an old one.
        for (_, place) in self
            .places
            .extract_if(.., |identity, _| !wanted.contains_key(identity))
        {
            // It fails if the directory is gone, and its registration with it.
            let _ = self.watcher.unwatch(&place);
        }
        let mut added = false;
        for (identity, place) in wanted {
            if !self.places.contains_key(&identity) && self.arm(&place) {
                self.places.insert(identity, place);
                added = true;
            }
        }
        added
    }

    fn arm(&mut self, place: &Path) -> bool {
        match self.watcher.watch(place, RecursiveMode::NonRecursive) {
            Ok(()) => true,
            Err(error) => {
                // Do not report directories that vanish meanwhile; they are tried again at the next look.
                if place.is_dir() && !self.warned {
                    self.warned = true;
                    warn(&error);
                }
                false
            }
        }
    }
}

fn warn(error: &notify::Error) {
    let mend = match is_out_of_room(error) {
        true => "; raise fs.inotify.max_user_instances or fs.inotify.max_user_watches",
        false => "",
    };
    tracing::warn!(
        target: "portcullis::reload",
        %error,
        "the operating system sends no events about changed files, so changes are noticed later{mend}"
    );
}

/// The kernel's limits are used up: `EMFILE` for instances, `ENOSPC` for watches.
fn is_out_of_room(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        ErrorKind::Io(error) => {
            let code = error.raw_os_error().map(Errno::from_raw_os_error);
            matches!(code, Some(Errno::MFILE | Errno::NOSPC))
        }
        _ => false,
    }
}

/// Whether the event is a reason to look. Our own looking opens directories and files; those events must not count.
fn is_hint(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn identity(directory: &Path) -> Option<Identity> {
    let metadata = fs::metadata(directory).ok().filter(fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino(), metadata.created().ok()))
}

/// The directories in which a change can make the path lead elsewhere: the directory of every link on the way and of its
/// end, and those above them, which may be replaced. If the path does not exist, the last ones that do.
fn directories_on_the_way(path: &Path) -> Vec<PathBuf> {
    let mut places = Vec::new();
    let mut here = PathBuf::from("/");
    let mut links_left = LINKS_MAX;
    let mut rest = steps(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    while let Some(step) = rest.pop_front() {
        if step == ".." {
            here.pop();
            continue;
        }
        let next = here.join(&step);
        match fs::read_link(&next) {
            Ok(target) if links_left > 0 => {
                links_left -= 1;
                places.extend(existing(&here));
                if target.is_absolute() {
                    here = PathBuf::from("/");
                }
                let mut onward = steps(&target);
                onward.append(&mut rest);
                rest = onward;
            }
            _ => here = next,
        }
    }
    places.extend(here.parent().into_iter().flat_map(existing));
    places
}

fn existing(directory: &Path) -> impl Iterator<Item = PathBuf> {
    directory
        .ancestors()
        .filter(|place| place.is_dir())
        .take(2)
        .map(Path::to_owned)
}

fn steps(path: &Path) -> VecDeque<OsString> {
    let step = |component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    };
    path.components().filter_map(step).collect()
}

/// The limit of Linux for links in one path.
const LINKS_MAX: usize = 40;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_link_on_the_path_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("mount/..2026_01")).unwrap();
        fs::create_dir_all(root.join("home")).unwrap();
        fs::write(root.join("mount/..2026_01/users.json"), "").unwrap();
        symlink("..2026_01", root.join("mount/..data")).unwrap();
        symlink("..data/users.json", root.join("mount/users.json")).unwrap();
        symlink("../mount/users.json", root.join("home/users.json")).unwrap();
        let places = directories_on_the_way(&root.join("home/users.json"));
        for place in ["home", "mount", "mount/..2026_01"] {
            assert!(
                places.contains(&root.join(place)),
                "{place} is not among {places:?}"
            );
        }
    }

    #[test]
    fn a_missing_path_is_watched_where_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let places = directories_on_the_way(&root.join("later/still/policy.wasm"));
        assert_eq!(places, [root.as_path(), root.parent().unwrap()]);
        symlink("loop", root.join("loop")).unwrap();
        assert!(directories_on_the_way(&root.join("loop/x")).contains(&root));
    }

    #[test]
    fn only_used_up_limits_are_to_be_raised() {
        let of_kernel = |code: Errno| notify::Error::io(code.into());
        for error in [
            notify::Error::new(ErrorKind::MaxFilesWatch),
            of_kernel(Errno::NOSPC),
            of_kernel(Errno::MFILE),
        ] {
            assert!(is_out_of_room(&error), "{error}");
        }
        assert!(!is_out_of_room(&of_kernel(Errno::ACCESS)));
    }

    #[test]
    fn events_of_our_own_reads_are_ignored() {
        let event = |kind| Event::new(EventKind::Access(kind));
        for kind in [
            AccessKind::Open(AccessMode::Any),
            AccessKind::Close(AccessMode::Read),
        ] {
            assert!(!is_hint(&event(kind)));
        }
        assert!(is_hint(&event(AccessKind::Close(AccessMode::Write))));
        assert!(is_hint(&Event::new(EventKind::Any)));
    }
}
