use std::os::unix::fs::PermissionsExt;

use clap::ValueEnum;

use super::*;
use portcullis_service::config::{Flags, Process, load};
use portcullis_service::nats::Login;

fn init_into(folder: &Path) -> Result<(), Failure> {
    fill(folder, None, None).map(drop)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_it_writes_are_settings_that_load() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("new/demo");
    init_into(&inside).unwrap();
    fs::write(inside.join("policy.wasm"), "for its presence alone").unwrap();

    let flags = Flags {
        config: Some(inside.join("portcullis.toml")),
        ..Flags::default()
    };
    let loaded = load(&flags, &Process).unwrap();
    assert_eq!(loaded.plan.warnings, Vec::<String>::new());
    assert!(matches!(loaded.nats.login, Login::Nkey(_)));
    assert_eq!(loaded.plan.policies[0].bounds.accounts[0].as_str(), "APP");
    assert_eq!(loaded.plan.keys.xkeys().count(), 1);
    for file in &loaded.plan.sources {
        assert!(file.starts_with(&inside), "{}", file.display());
    }
}

#[test]
fn only_the_owner_reads_the_secrets() {
    let folder = tempfile::tempdir().unwrap();
    init_into(folder.path()).unwrap();
    for name in ["issuer.seed", "xkey.seed", "service.seed", "users.json"] {
        let metadata = fs::metadata(folder.path().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn every_ready_made_policy_begins_with_settings_that_load_and_private_secrets() {
    for policy in Ready::value_variants() {
        let folder = tempfile::tempdir().unwrap();
        let module = b"for its presence alone".to_vec();
        let next_steps = fill(folder.path(), Some(*policy), Some(module)).unwrap();

        let flags = Flags {
            config: Some(folder.path().join("portcullis.toml")),
            ..Flags::default()
        };
        let loaded = load(&flags, &Process).unwrap();
        assert_eq!(loaded.plan.warnings, Vec::<String>::new(), "{policy:?}");
        assert_eq!(loaded.plan.policies[0].name, policy.name());
        for name in names(folder.path()) {
            let path = folder.path().join(&name);
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let is_public = [
                "nats-server.conf",
                "portcullis.toml",
                "policy.wasm",
                "decision.rego",
            ];
            assert_eq!(mode == 0o600, !is_public.contains(&name.as_str()), "{name}");
            let text = fs::read_to_string(path).unwrap();
            let is_secret = mode == 0o600 && !text.starts_with('{');
            assert!(
                !is_secret || !next_steps.contains(text.trim()),
                "{name} is shown"
            );
        }
    }
}

#[test]
fn the_public_files_hold_no_seed() {
    let folder = tempfile::tempdir().unwrap();
    init_into(folder.path()).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    for seed in ["issuer.seed", "xkey.seed", "service.seed"] {
        for public in ["nats-server.conf", "portcullis.toml"] {
            assert!(
                !read(public).contains(read(seed).trim()),
                "{seed} in {public}"
            );
        }
    }
}

#[test]
fn a_folder_that_has_one_of_the_files_is_left_alone() {
    for name in ["issuer.seed", "users.json", "nats-server.conf"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), "mine").unwrap();
        let failure = init_into(folder.path()).unwrap_err();
        assert!(
            matches!(&failure, Failure::Settings(text) if text.contains(name)),
            "{failure:?}"
        );
        assert_eq!(names(folder.path()), [name]);
        assert_eq!(
            fs::read_to_string(folder.path().join(name)).unwrap(),
            "mine"
        );
    }
}

#[test]
fn a_file_that_cannot_be_written_takes_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| NewFile {
        path: folder.path().join(name),
        mode: PRIVATE,
        content: Content::Text(Secret::from("x")),
    };
    let files = [file("first"), file("second"), file("missing/third")];
    assert!(matches!(write_all(&files), Err(Failure::Run(_))));
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn no_two_folders_share_a_key() {
    let [one, other] = [Fresh::generate().unwrap(), Fresh::generate().unwrap()];
    assert_ne!(one.issuer.public, other.issuer.public);
    assert_ne!(one.xkey.public, other.xkey.public);
    assert_ne!(one.password, other.password);
    assert!(one.issuer.public.starts_with('A') && one.issuer.seed.expose().starts_with("SA"));
    assert!(one.xkey.public.starts_with('X') && one.xkey.seed.expose().starts_with("SX"));
}
