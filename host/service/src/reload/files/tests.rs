use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use rstest::rstest;
use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn spec(name: Option<&str>, path: impl AsRef<Path>) -> DataSpec {
    DataSpec {
        name: name.map(str::to_owned),
        path: path.as_ref().to_owned(),
    }
}

fn names(specs: &[DataSpec]) -> Vec<String> {
    read(specs, ReadLimits::default())
        .unwrap()
        .files
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

fn refusal(specs: &[DataSpec], bounds: ReadLimits) -> String {
    read(specs, bounds).unwrap_err().to_string()
}

#[rstest]
#[case("users.json", Some((None, "users.json")))]
#[case("users=etc/u.json", Some((Some("users"), "etc/u.json")))]
#[case("etc/users=u.json", Some((Some("etc/users"), "u.json")))]
#[case("./a=b", Some((None, "./a=b")))]
#[case("/data/a=b", Some((None, "/data/a=b")))]
#[case("a=b=c", Some((Some("a"), "b=c")))]
#[case("", None)]
#[case("users=", None)]
#[case("=users.json", None)]
fn a_spec_is_a_path_with_or_without_a_name(
    #[case] text: &str,
    #[case] expected: Option<(Option<&str>, &str)>,
) {
    let expected = expected.map(|(name, path)| spec(name, path));
    assert_eq!(text.parse::<DataSpec>().ok(), expected);
}

#[test]
fn files_have_their_own_names_or_given_names() {
    let folder = folder(&[("users.json", "{}"), ("d/b/z", "1"), ("d/a", "2")]);
    let (file, directory) = (folder.path().join("users.json"), folder.path().join("d"));
    assert_eq!(
        names(&[spec(None, &file), spec(None, &directory)]),
        ["a", "b/z", "users.json"]
    );
    let named = [spec(Some("people"), &file), spec(Some("roles"), &directory)];
    assert_eq!(names(&named), ["people", "roles/a", "roles/b/z"]);
}

#[test]
fn left_over_files_in_a_directory_are_ignored() {
    let left_over = [
        ".hidden",
        "..data/x",
        "a~",
        "a.swp",
        "a.tmp",
        "4913",
        ".git/config",
    ];
    let files: Vec<_> = left_over
        .iter()
        .chain(&["a", "4913.json"])
        .map(|name| (*name, ""))
        .collect();
    let folder = folder(&files);
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    assert_eq!(names(&[spec(None, folder.path())]), ["4913.json", "a"]);
    assert_eq!(names(&[spec(None, folder.path().join("a.tmp"))]), ["a.tmp"]);
}

#[test]
fn the_digest_depends_on_names_and_contents_and_on_nothing_else() {
    let digest = |files: &[(&str, &str)]| {
        let folder = folder(files);
        read(&[spec(None, folder.path())], ReadLimits::default())
            .unwrap()
            .digest
    };
    let users = digest(&[("users", "alice"), ("roles", "admin")]);
    assert_eq!(users, digest(&[("roles", "admin"), ("users", "alice")]));
    assert_ne!(users, digest(&[("roles", "admin"), ("users", "bob")]));
    assert_ne!(digest(&[("a", "bc")]), digest(&[("ab", "c")]));
    assert_eq!(users.len(), 64);
}

#[test]
fn two_files_of_one_name_are_refused_with_both_paths() {
    let folder = folder(&[("a/users.json", "1"), ("b/users.json", "2")]);
    let paths = ["a", "b"].map(|name| folder.path().join(name).join("users.json"));
    let text = refusal(
        &paths.clone().map(|path| spec(None, path)),
        ReadLimits::default(),
    );
    for path in paths {
        assert!(text.contains(path.to_str().unwrap()), "{text}");
    }
    assert!(text.contains("`users.json`"), "{text}");
}

#[test]
fn too_much_data_is_refused_with_the_limit() {
    let folder = folder(&[("a", "12345"), ("b", "67890")]);
    let specs = [spec(None, folder.path())];
    let bounds = ReadLimits {
        files_max: 2,
        bytes_max: 10,
    };
    assert_eq!(read(&specs, bounds).unwrap().files.len(), 2);
    let fewer = refusal(
        &specs,
        ReadLimits {
            files_max: 1,
            ..bounds
        },
    );
    assert!(fewer.contains("more than 1 files"), "{fewer}");
    assert!(fewer.ends_with("; put several into one file"), "{fewer}");
    let apart = ["a", "b"].map(|name| spec(None, folder.path().join(name)));
    assert_eq!(
        refusal(
            &apart,
            ReadLimits {
                files_max: 1,
                ..bounds
            }
        )
        .split(", ")
        .next(),
        Some("more than 1 files")
    );
    let less = refusal(
        &specs,
        ReadLimits {
            bytes_max: 9,
            ..bounds
        },
    );
    assert!(less.contains("more than 9 bytes"), "{less}");
    assert!(less.contains("raise module-bytes"), "{less}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = folder(&[("d/a", "")]);
    let missing = folder.path().join("nobody.json");
    assert!(refusal(&[spec(None, &missing)], ReadLimits::default()).contains("nobody.json"));

    symlink("nowhere", folder.path().join("d/broken")).unwrap();
    assert!(
        refusal(
            &[spec(None, folder.path().join("d"))],
            ReadLimits::default()
        )
        .contains("d/broken")
    );

    fs::remove_file(folder.path().join("d/broken")).unwrap();
    symlink("../d", folder.path().join("d/again")).unwrap();
    let text = refusal(
        &[spec(None, folder.path().join("d"))],
        ReadLimits::default(),
    );
    assert!(
        text.ends_with("leads back into them; remove the link, or nest fewer"),
        "{text}"
    );

    let device = refusal(&[spec(None, "/dev/null")], ReadLimits::default());
    assert_eq!(
        device,
        "/dev/null is neither a file nor a directory; name one of these"
    );
}

#[test]
fn links_of_kubernetes_volumes_are_followed() {
    let folder = folder(&[("..2026_01/users.json", "alice")]);
    symlink("..2026_01", folder.path().join("..data")).unwrap();
    symlink("..data/users.json", folder.path().join("users.json")).unwrap();
    let contents = read(&[spec(None, folder.path())], ReadLimits::default()).unwrap();
    assert_eq!(
        contents.files,
        [("users.json".to_owned(), b"alice".to_vec())]
    );
}

#[test]
fn what_changes_while_it_is_read_is_still_being_written() {
    let folder = folder(&[("a", "1"), ("b", "2")]);
    let grown = folder.path().join("b");
    let other = spec(None, folder.path().join("a"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                fs::write(&grown, "3").unwrap();
            }
        });
        let specs = [other, spec(None, &grown)];
        let end = Instant::now() + Duration::from_secs(20);
        let mut changing = None;
        while changing.is_none() && Instant::now() < end {
            changing = read(&specs, ReadLimits::default())
                .err()
                .filter(ReadError::is_transient);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(
            changing.unwrap().to_string(),
            format!("{} is still being written", grown.display())
        );
    });
}

#[test]
fn a_folder_in_place_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("policy.wasm");
    fs::create_dir(&module).unwrap();
    fs::write(module.join("other.wasm"), "another policy").unwrap();
    let error = read_file(&module, ReadLimits::default()).unwrap_err();
    assert!(matches!(error, ReadError::Folder(path) if path == module));
}

#[rstest]
fn a_name_that_leads_elsewhere_is_refused(
    #[values("a/../b=x", "a//b=x", "a/./b=x", "a/=x")] text: &str,
) {
    let refusal = text.parse::<DataSpec>().unwrap_err();
    assert_eq!(refusal, SpecError::BadName(text.to_owned()));
}
