mod listening;

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread;

use rstest::rstest;

use super::*;
use crate::reload::files::{DataSpec, ReadLimits, read};
use listening::{BY_EVENTS, BY_POLLING, LONG, folder, listen, rename_over, write};

#[rstest]
fn a_file_renamed_over_another_is_reported(
    #[values(BY_EVENTS, BY_POLLING)] settings: WatchSettings,
) {
    let folder = folder(&[("users.json", "old")]);
    let file = folder.path().join("users.json");
    let watch = listen(&[&file], settings);
    for text in ["new", "newer", "newest"] {
        rename_over(&file, text);
        assert_eq!(watch.changed(&file), format!("users.json={text}"));
    }
}

#[test]
fn a_file_written_in_place_is_reported() {
    let folder = folder(&[("users.json", "old")]);
    let file = folder.path().join("users.json");
    let watch = listen(&[&file], BY_EVENTS);
    fs::write(&file, "new").unwrap();
    assert_eq!(watch.changed(&file), "users.json=new");
    watch.is_silent();
}

#[rstest]
fn a_file_written_in_pieces_is_reported_once_and_whole(
    #[values(BY_EVENTS, BY_POLLING)] settings: WatchSettings,
) {
    let folder = folder(&[("users.json", "old")]);
    let file = folder.path().join("users.json");
    let settings = WatchSettings {
        quiet: Duration::from_millis(500),
        ..settings
    };
    let watch = listen(
        &[&file],
        WatchSettings {
            patience: LONG,
            ..settings
        },
    );
    let mut writer = fs::File::options().append(true).open(&file).unwrap();
    for piece in [", one", ", two", ", three"] {
        // No event to wait for: the watch must report nothing between the pieces.
        thread::sleep(Duration::from_millis(50));
        writer.write_all(piece.as_bytes()).unwrap();
    }
    assert_eq!(watch.changed(&file), "users.json=old, one, two, three");
    watch.is_silent();
}

#[test]
fn an_emptied_file_is_given_time_to_be_written() {
    let folder = folder(&[("users.json", "old")]);
    let file = folder.path().join("users.json");
    let settings = WatchSettings {
        quiet: Duration::from_millis(20),
        patience: LONG,
        ..BY_EVENTS
    };
    let watch = listen(&[&file], settings);
    let mut writer = fs::File::create(&file).unwrap();
    thread::sleep(settings.quiet * 5);
    writer.write_all(b"new").unwrap();
    assert_eq!(watch.changed(&file), "users.json=new");
}

#[test]
fn a_touch_is_reported_and_the_digest_tells_that_it_was_one() {
    let folder = folder(&[("users.json", "same")]);
    let file = folder.path().join("users.json");
    let spec = [DataSpec {
        name: None,
        path: file.clone(),
    }];
    let digest = read(&spec, ReadLimits::default()).unwrap().digest;
    let watch = listen(&[&file], BY_EVENTS);
    fs::File::open(&file)
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH)
        .unwrap();
    watch.changed(&file);
    assert_eq!(read(&spec, ReadLimits::default()).unwrap().digest, digest);
}

#[test]
fn a_deleted_file_is_reported_and_so_is_its_return() {
    let folder = folder(&[("users.json", "old")]);
    let file = folder.path().join("users.json");
    let watch = listen(&[&file], BY_EVENTS);
    fs::remove_file(&file).unwrap();
    assert!(watch.changed(&file).contains("No such file"));
    fs::write(&file, "back").unwrap();
    assert_eq!(watch.changed(&file), "users.json=back");
}

#[test]
fn a_file_missing_at_first_is_reported_when_it_comes_even_with_its_directories() {
    let folder = folder(&[]);
    let file = folder.path().join("later/still/users.json");
    let watch = listen(&[&file], BY_EVENTS);
    write(&file, "here");
    assert_eq!(watch.changed(&file), "users.json=here");
}

/// Publishes a new version as Kubernetes does for a mounted ConfigMap: a new directory, a new link beside the old one,
/// renamed over it; then the old directory is removed.
fn publish(mount: &Path, version: &str, text: &str) {
    let before = fs::read_link(mount.join("..data")).ok();
    write(&mount.join(version).join("users.json"), text);
    symlink(version, mount.join("..data_tmp")).unwrap();
    fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    if let Some(before) = before {
        fs::remove_dir_all(mount.join(before)).unwrap();
    }
}

#[rstest]
fn a_swapped_config_map_is_reported_each_time(
    #[values(true, false)] whole_directory: bool,
    #[values(BY_EVENTS, BY_POLLING)] settings: WatchSettings,
) {
    let folder = folder(&[]);
    publish(folder.path(), "..2026_01", "one");
    let file = folder.path().join("users.json");
    symlink("..data/users.json", &file).unwrap();
    let path = if whole_directory {
        folder.path()
    } else {
        &file
    };
    let watch = listen(&[path], settings);
    for (version, text) in [
        ("..2026_02", "two"),
        ("..2026_03", "three"),
        ("..2026_04", "four"),
    ] {
        publish(folder.path(), version, text);
        assert_eq!(watch.changed(path), format!("users.json={text}"));
    }
}

#[test]
fn a_file_behind_a_link_elsewhere_is_reported() {
    let home = folder(&[]);
    let elsewhere = folder(&[("a/users.json", "a"), ("b/users.json", "b")]);
    let link = home.path().join("users.json");
    symlink(elsewhere.path().join("a/users.json"), &link).unwrap();
    let watch = listen(&[&link], BY_EVENTS);
    fs::write(elsewhere.path().join("a/users.json"), "a2").unwrap();
    assert_eq!(watch.changed(&link), "users.json=a2");

    symlink(
        elsewhere.path().join("b/users.json"),
        home.path().join("next"),
    )
    .unwrap();
    fs::rename(home.path().join("next"), &link).unwrap();
    assert_eq!(watch.changed(&link), "users.json=b");
    fs::write(elsewhere.path().join("b/users.json"), "b2").unwrap();
    assert_eq!(watch.changed(&link), "users.json=b2");
}

#[rstest]
fn a_replaced_directory_is_still_watched(#[values(true, false)] whole_directory: bool) {
    let folder = folder(&[("data/users.json", "old"), ("next/users.json", "new")]);
    let (data, next) = (folder.path().join("data"), folder.path().join("next"));
    let file = data.join("users.json");
    let path = if whole_directory { &data } else { &file };
    let watch = listen(&[path], BY_EVENTS);
    fs::rename(&data, folder.path().join("old")).unwrap();
    fs::rename(&next, &data).unwrap();
    assert_eq!(watch.changed(path), "users.json=new");
    rename_over(&file, "newer");
    assert_eq!(watch.changed(path), "users.json=newer");

    fs::remove_dir_all(&data).unwrap();
    assert!(watch.changed(path).contains("No such file"));
    write(&file, "back");
    assert_eq!(watch.changed(path), "users.json=back");
    rename_over(&file, "again");
    assert_eq!(watch.changed(path), "users.json=again");
}

#[test]
fn files_that_come_and_go_in_a_directory_are_reported_and_left_overs_are_not() {
    let folder = folder(&[("a", "1")]);
    let watch = listen(&[folder.path()], BY_EVENTS);
    write(&folder.path().join("deep/er/b"), "2");
    assert_eq!(watch.changed(folder.path()), "a=1 deep/er/b=2");
    fs::write(folder.path().join("deep/er/b"), "3").unwrap();
    assert_eq!(watch.changed(folder.path()), "a=1 deep/er/b=3");
    fs::remove_file(folder.path().join("a")).unwrap();
    assert_eq!(watch.changed(folder.path()), "deep/er/b=3");
    for left_over in ["4913", ".b.swp", "b~"] {
        fs::write(folder.path().join("deep/er").join(left_over), "").unwrap();
    }
    watch.is_silent();
}

#[test]
fn a_change_among_thousands_of_files_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        fs::write(folder.path().join(number.to_string()), "old").unwrap();
    }
    let watch = listen(&[folder.path()], BY_EVENTS);
    fs::write(folder.path().join("1234"), "new").unwrap();
    assert!(watch.changed(folder.path()).contains("1234=new"));
}

#[test]
fn a_file_that_keeps_changing_does_not_hold_up_the_others() {
    let folder = folder(&[("log", ""), ("users.json", "old")]);
    let (log, file) = (folder.path().join("log"), folder.path().join("users.json"));
    let settings = WatchSettings {
        quiet: Duration::from_millis(200),
        ..BY_EVENTS
    };
    let watch = listen(&[&file, &log], settings);
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut log = fs::File::create(&log).unwrap();
            while !stop.load(Ordering::Relaxed) {
                log.write_all(b"line\n").unwrap();
                thread::sleep(Duration::from_millis(5));
            }
        });
        fs::write(&file, "new").unwrap();
        let said = watch.wakes.recv_timeout(LONG);
        stop.store(true, Ordering::Relaxed);
        let (wake, texts) = said.expect("the file that keeps changing held up the other");
        assert_eq!(wake, Wake::Changed(vec![file.clone()]));
        assert_eq!(texts[0], "users.json=new");
    });
    watch.changed(&log);
}

#[test]
fn what_changes_after_the_paths_were_set_is_reported_even_if_nobody_listened_yet() {
    let folder = folder(&[("a", "1"), ("b", "1")]);
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    let mut watch = Watch::new([a.clone()], BY_EVENTS);
    fs::write(&a, "2").unwrap();
    watch.set_paths([a.clone(), b.clone(), a.clone()]);
    fs::write(&b, "2").unwrap();
    assert_eq!(watch.next_wake(), Wake::Changed(vec![a, b.clone()]));

    watch.set_paths([b.clone()]);
    fs::write(folder.path().join("a"), "3").unwrap();
    fs::write(&b, "3").unwrap();
    assert_eq!(watch.next_wake(), Wake::Changed(vec![b]));
}

#[test]
fn a_nudge_covers_all_that_was_written_before_it() {
    let folder = folder(&[("a", "1")]);
    let file = folder.path().join("a");
    let mut watch = Watch::new([file.clone()], BY_EVENTS);
    let handle = watch.handle();
    fs::write(&file, "2").unwrap();
    handle.nudge();
    assert_eq!(watch.next_wake(), Wake::Nudged);
    fs::write(&file, "34").unwrap();
    assert_eq!(watch.next_wake(), Wake::Changed(vec![file]));
    handle.stop();
    assert_eq!(
        [watch.next_wake(), watch.next_wake()],
        [Wake::Stopped, Wake::Stopped]
    );
}

#[test]
fn a_rename_is_reported_within_a_quarter_of_a_second() {
    let folder = folder(&[("policy.wasm", "old")]);
    let file = folder.path().join("policy.wasm");
    let settings = WatchSettings {
        poll: Duration::from_secs(3600),
        ..WatchSettings::default()
    };
    let watch = listen(&[&file], settings);
    let fastest = (0..10)
        .map(|number| {
            let started = Instant::now();
            rename_over(&file, &format!("version {number}"));
            watch.changed(&file);
            started.elapsed()
        })
        .min();
    // The best of ten, because a single one may be late on a loaded machine.
    assert!(fastest.unwrap() < Duration::from_millis(250), "{fastest:?}");
}
