use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::catalog::OnFailure;
use crate::nats::{Login, SecretSource};
use crate::reload::{DataSpec, PolicyPlan};
use crate::router::Condition;
use crate::telemetry::LogFormat;
use portcullis_model::{Pattern, Secret, Transport};
use portcullis_sandbox::Instances;

mod defaults;
mod every_fault;
mod faults;
mod warnings;

const ISSUER: &str = "SAANDLKMXL6CUS3CP52WIXBEDN6YJ545GDKC65U5JZPPV6WH6ESWUA6YAI";
const XKEY: &str = "SXAAXMRAEP6JWWHNB6IKFL554IE6LZVT6EY5MBRICPILTLOPHAG73I3YX4";
const USER: &str = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y";

/// Variables and files of a test.
#[derive(Default)]
struct Fake {
    variables: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, String>,
}

impl Fake {
    fn new() -> Self {
        Self::default()
            .file("/etc/p/policy.wasm", "")
            .file("/etc/p/issuer.seed", &format!("\n {ISSUER} \n"))
            .file("/etc/p/xkey.seed", XKEY)
            .file("local.wasm", "")
            .file("other.wasm", "")
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.to_owned());
        self
    }

    fn config(self, text: &str) -> Self {
        self.file("/etc/p/p.toml", text)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}

impl Surroundings for Fake {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let text = self.files.get(path).cloned();
        text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "No such file or directory"))
    }

    fn probe(&self, path: &Path) -> io::Result<()> {
        self.read(path).map(drop)
    }

    /// Whatever these tests name as data is there; that it must be is tested with real files.
    fn has_data(&self, path: &Path) -> io::Result<bool> {
        Ok(!path.ends_with("empty"))
    }
}

const GOOD: &str = "\
accounts = ['APP', 'TENANT-*']
issuer-seed = '@issuer.seed'
xkey-seed = '@xkey.seed'
service.http = '127.0.0.1:9222'
nats.user = 'auth'
nats.password = 'from file'

[[policies]]
module = 'policy.wasm'
";

fn from_file() -> Flags {
    Flags {
        config: Some("/etc/p/p.toml".into()),
        ..Flags::default()
    }
}

fn loaded(text: &str) -> Loaded {
    load(&from_file(), &Fake::new().config(text)).unwrap()
}

/// `GOOD`, with a line before its tables.
fn with(line: &str) -> String {
    format!("{line}\n{GOOD}")
}

#[test]
fn a_flag_wins_over_a_variable_and_a_variable_over_the_file() {
    let fake = Fake::new()
        .config(&with(
            "service.log-format = 'json'\nservice.cache = 'cache'",
        ))
        .variable("PORTCULLIS_CONFIG", "/etc/p/p.toml")
        .variable("PORTCULLIS_HTTP", "127.0.0.1:2")
        .variable("PORTCULLIS_USER", "variable")
        .variable("PORTCULLIS_CACHE", "");
    let flags = Flags {
        user: Some("flag".to_owned()),
        ..Flags::default()
    };
    let Loaded { service, nats, .. } = load(&flags, &fake).unwrap();
    assert_eq!(service.log.format, LogFormat::Json);
    assert_eq!(service.cache, Some("/etc/p/cache".into()));
    assert_eq!(service.http, Some("127.0.0.1:2".parse().unwrap()));
    let Login::Password { user, password } = nats.login else {
        panic!("another login");
    };
    let given = SecretSource::Given(Secret::from("from file"));
    assert_eq!((user.as_str(), password), ("flag", given));
}

#[test]
fn flags_alone_are_enough() {
    let flags = Flags {
        issuer_seed: vec![Secret::from("@/etc/p/issuer.seed")],
        account: vec!["APP".to_owned()],
        policy: vec!["local.wasm".into()],
        data: vec!["users.json".to_owned(), "more=data".to_owned()],
        settings: Some(Secret::from(r#"{"a": 1}"#)),
        limit: vec!["decide-deadline=50ms".to_owned(), "threads = 3".to_owned()],
        ..Flags::default()
    };
    let loaded = load(&flags, &Fake::new()).unwrap();
    let [policy] = loaded.plan.policies.as_slice() else {
        panic!("one policy");
    };
    let material = &policy.material;
    assert_eq!(policy.name, "local");
    assert_eq!(
        material.data[0],
        DataSpec {
            name: None,
            path: "users.json".into()
        }
    );
    assert_eq!(
        material.data[1],
        DataSpec {
            name: Some("more".to_owned()),
            path: "data".into()
        }
    );
    assert_eq!(material.settings.expose(), r#"{"a": 1}"#);
    assert_eq!(material.limits.decide_deadline, Duration::from_millis(50));
    assert_eq!(loaded.service.threads, Some(3));
    assert_eq!(loaded.nats.servers, ["nats://127.0.0.1:4222"]);
    assert_eq!(loaded.plan.sources, [PathBuf::from("/etc/p/issuer.seed")]);
    let warnings = &loaded.plan.warnings;
    assert!(warnings[0].contains("no xkey seed"), "{warnings:?}");
}

#[test]
fn variables_hold_lists_separated_by_commas() {
    let fake = Fake::new()
        .variable(
            "PORTCULLIS_ISSUER_SEED",
            &format!("@/etc/p/issuer.seed, {ISSUER}"),
        )
        .variable("PORTCULLIS_XKEY_SEED", XKEY)
        .variable("PORTCULLIS_SERVER", "one:4222,tls://two")
        .variable("PORTCULLIS_ACCOUNT", "A,B")
        .variable("PORTCULLIS_POLICY", "local.wasm,other.wasm");
    let loaded = load(&Flags::default(), &fake).unwrap();
    assert_eq!(loaded.plan.keys.issuers().count(), 2);
    assert_eq!(loaded.nats.servers, ["one:4222", "tls://two"]);
    assert_eq!(loaded.plan.policies[1].name, "other");
    assert_eq!(accounts(&loaded.plan.policies[1]), ["A", "B"]);
    assert_eq!(loaded.plan.warnings, Vec::<String>::new());
}

#[test]
fn a_file_says_all_of_a_policy() {
    let text = with("lifetime = '1h'\ndenied-subjects = ['secret.>']").replace(
        "module = 'policy.wasm'",
        "name = 'tenants'
module = 'policy.wasm'
data = ['users.json', 'keys=/run/keys']
settings = { strict = true, since = 2026-01-02, names = ['a', 'b'] }
accounts = ['TENANT-7', 'APP']
denied-subjects = ['more']
instances = 'warm'
warm-uses = 5
on-failure = 'deny'
lifetime-max = '30m'
when = { users = ['t-*'], transports = ['websocket'], tls = true }",
    );
    let policy = loaded(&text).plan.policies.remove(0);
    let (material, bounds) = (&policy.material, &policy.bounds);
    assert_eq!(policy.name, "tenants");
    assert_eq!(material.module, Path::new("/etc/p/policy.wasm"));
    assert_eq!(material.data[0].path, Path::new("/etc/p/users.json"));
    assert_eq!(material.data[1].path, Path::new("/run/keys"));
    let json: serde_json::Value = serde_json::from_str(material.settings.expose()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"strict": true, "since": "2026-01-02", "names": ["a", "b"]})
    );
    assert_eq!(accounts(&policy), ["TENANT-7", "APP"]);
    assert_eq!(bounds.denied_subjects, ["secret.>", "more"]);
    assert_eq!(material.instances, Instances::Warm { uses_max: 5 });
    assert_eq!(policy.on_failure, OnFailure::Deny);
    assert_eq!(
        (bounds.lifetime_default, bounds.lifetime_max),
        (Duration::from_secs(1800), Duration::from_secs(1800))
    );
    assert_eq!(
        policy.condition,
        Condition {
            users: vec![Pattern::new("t-*")],
            transports: vec![Transport::WebSocket],
            tls: Some(true),
        }
    );
}

#[test]
fn policies_of_flags_replace_those_of_the_file() {
    let flags = Flags {
        policy: vec!["local.wasm".into()],
        ..from_file()
    };
    let loaded = load(&flags, &Fake::new().config(GOOD)).unwrap();
    let names: Vec<_> = loaded
        .plan
        .policies
        .iter()
        .map(|policy| policy.name.as_str())
        .collect();
    assert_eq!(names, ["local"]);
}

#[test]
fn a_login_of_a_flag_replaces_another_of_the_file() {
    let flags = Flags {
        nkey: Some("user.seed".into()),
        ..from_file()
    };
    let fake = Fake::new().config(GOOD).file("user.seed", USER);
    let loaded = load(&flags, &fake).unwrap();
    assert_eq!(loaded.nats.login, Login::Nkey("user.seed".into()));
}

#[test]
fn the_files_to_watch_are_the_settings_and_the_seeds() {
    let loaded = loaded(GOOD);
    let files: Vec<_> = loaded
        .plan
        .sources
        .iter()
        .map(|file| file.to_str().unwrap())
        .collect();
    assert_eq!(
        files,
        ["/etc/p/p.toml", "/etc/p/issuer.seed", "/etc/p/xkey.seed"]
    );
}

#[test]
fn a_secret_on_the_command_line_works_with_a_warning() {
    let flags = Flags {
        issuer_seed: vec![Secret::from(ISSUER)],
        ..from_file()
    };
    let loaded = load(&flags, &Fake::new().config(GOOD)).unwrap();
    let [warning] = loaded.plan.warnings.as_slice() else {
        panic!("{:?}", loaded.plan.warnings);
    };
    assert!(warning.starts_with("--issuer-seed: "), "{warning}");
    assert!(!warning.contains(ISSUER));
}

#[test]
fn what_waits_for_a_restart_is_told_from_what_reloads() {
    let now = loaded(GOOD);
    let waiting = |text: &str| loaded(text).needs_restart(&now.service, &now.nats);
    assert_eq!(waiting(&with("lifetime = '1h'")), [""; 0]);
    assert_eq!(waiting(&with("limits.memory = '1GiB'")), [""; 0]);
    assert_eq!(waiting(&with("service.threads = 3")), ["[service]"]);
    let other = GOOD.replace("9222", "9223").replace("'auth'", "'other'");
    assert_eq!(waiting(&other), ["[service]", "[nats]"]);
}

#[test]
fn a_variable_holds_a_list_with_commas_in_its_entries_as_json() {
    let fake = Fake::new()
        .config(GOOD)
        .variable("PORTCULLIS_POLICY", "local.wasm")
        .variable("PORTCULLIS_DATA", r#"["a,b.json", "users=c, d"]"#);
    let policy = load(&from_file(), &fake).unwrap().plan.policies.remove(0);
    let data: Vec<&Path> = policy
        .material
        .data
        .iter()
        .map(|data| data.path.as_path())
        .collect();
    assert_eq!(data, [Path::new("a,b.json"), Path::new("c, d")]);
}

#[test]
fn a_user_without_a_password_has_an_empty_one() {
    let text = GOOD.replace("nats.password = 'from file'", "");
    let Login::Password { user, password } = loaded(&text).nats.login else {
        panic!("another login");
    };
    let empty = SecretSource::Given(Secret::from(""));
    assert_eq!((user.as_str(), password), ("auth", empty));
}

#[test]
fn settings_of_a_policy_may_be_json_or_a_file_of_it() {
    for (written, json) in [
        ("'{\"a\": 1}'", r#"{"a": 1}"#),
        ("'@settings.json'", r#"{"b": 2}"#),
    ] {
        let fake = Fake::new()
            .file("/etc/p/settings.json", r#"{"b": 2}"#)
            .config(&format!("{GOOD}settings = {written}"));
        let policy = load(&from_file(), &fake).unwrap().plan.policies.remove(0);
        assert_eq!(policy.material.settings.expose(), json);
    }
}

fn accounts(policy: &PolicyPlan) -> Vec<&str> {
    let accounts = policy.bounds.accounts.iter();
    accounts.map(|account| account.as_str()).collect()
}
