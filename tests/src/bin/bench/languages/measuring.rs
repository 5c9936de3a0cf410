//! The costs of one language.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portcullis_model::{Client, Credentials, Decision, Request, Secret, Transport};
use portcullis_sandbox::{
    Cache, ConfigureInput, Decide, Effort, EngineSettings, Instances, LoadError, LoadedPolicy,
    PolicySource, Sandbox, SandboxLimits,
};
use portcullis_tests::bed::users;
use portcullis_tests::languages;
use serde_json::{Value, json};

use crate::table::quantile;

const NOW: u64 = 1_790_000_000;
const BUDGET: Duration = Duration::from_secs(10);
const WARM_UP: usize = 100;
const ROUNDS_MIN: usize = 500;
const ROUNDS_MAX: usize = 20_000;
/// A strategy is measured for this long, if that gives enough rounds.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
const PAGE_KIB: u64 = 4;

pub(super) struct Figures {
    pub(super) module_bytes: u64,
    /// The time of a build after an edit of the policy's source.
    pub(super) build: Duration,
    /// `snapshot`, or the first other strategy that loads, with the reason.
    pub(super) strategy: &'static str,
    pub(super) refused: Option<String>,
    pub(super) load_cold: Duration,
    pub(super) load_cached: Duration,
    pub(super) edit: Duration,
    /// By strategy, with and without `pagemap_scan`.
    pub(super) times: Vec<Times>,
    /// Memory that a decision writes to, and the memory of a whole configured instance, in KiB.
    pub(super) decision_kib: u64,
    pub(super) instance_kib: u64,
}

pub(super) struct Times {
    pub(super) strategy: &'static str,
    pub(super) pagemap_scan: bool,
    pub(super) p50: Duration,
    pub(super) p99: Duration,
}

pub(super) fn figures(folder: &Path, module: &Path) -> Figures {
    // The first build may download its dependencies.
    languages::build(folder, module);
    edit_sources(folder);
    let build = languages::build(folder, module);
    let home = tempfile::tempdir().expect("a directory");
    let bytes = fs::read(module).expect("the module");
    let module_bytes = bytes.len() as u64;
    let mut loader = Loader::new(bytes, home.path().join("cache"));
    let sandbox = loader.sandbox(false);
    let (cold, load_cold) = timed(|| loader.load(&sandbox, loader.instances, &users()));
    let refused = cold.err().map(|error| error.to_string());
    let load_cold = match refused {
        None => load_cold,
        Some(_) => {
            loader.instances = Instances::Warm { uses_max: 10_000 };
            timed(|| loader.load(&sandbox, loader.instances, &users())).1
        }
    };
    let sandbox = loader.sandbox(false);
    let (_, load_cached) = timed(|| loader.load(&sandbox, loader.instances, &users()));
    let (_, edit) = timed(|| loader.load(&sandbox, loader.instances, &edited()));
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for pagemap_scan in [true, false] {
        let sandbox = loader.sandbox(pagemap_scan);
        for instances in loader.strategies() {
            let policy = loader.load(&sandbox, instances, &users());
            let (measured, faults) = decide(&policy.expect("a policy"));
            times.push(Times {
                strategy: instances.word(),
                pagemap_scan,
                p50: quantile(&measured, 0.5),
                p99: quantile(&measured, 0.99),
            });
            memory.push((instances.word(), pagemap_scan, faults * PAGE_KIB));
        }
    }
    let kib = |word| {
        let without = memory.iter().find(|it| it.0 == word && !it.1);
        without.map_or(0, |it| it.2)
    };
    Figures {
        module_bytes,
        build,
        strategy: loader.instances.word(),
        refused,
        load_cold,
        load_cached,
        edit,
        times,
        decision_kib: kib("snapshot"),
        instance_kib: kib("fresh"),
    }
}

/// One module and its code cache.
struct Loader {
    module: Vec<u8>,
    cache: PathBuf,
    instances: Instances,
}

impl Loader {
    fn new(module: Vec<u8>, cache: PathBuf) -> Self {
        Self {
            module,
            cache,
            instances: Instances::Snapshot,
        }
    }

    /// As in a process that has just started.
    fn sandbox(&self, pagemap_scan: bool) -> Sandbox {
        let cache = Cache::open(&self.cache).expect("a cache");
        Sandbox::new(EngineSettings { pagemap_scan }, Some(cache)).expect("a sandbox")
    }

    fn load(
        &self,
        sandbox: &Sandbox,
        instances: Instances,
        users: &Value,
    ) -> Result<LoadedPolicy, LoadError> {
        let configuration = ConfigureInput {
            settings_json: "{}".into(),
            data: vec![("users.json".into(), users.to_string().into_bytes())],
        };
        let source = PolicySource {
            module: self.module.clone(),
            configuration,
            instances,
            limits: SandboxLimits {
                decide_deadline: BUDGET,
                ..SandboxLimits::default()
            },
        };
        sandbox.load(&source, Effort::Whole, NOW)
    }

    fn strategies(&self) -> Vec<Instances> {
        let warm = Instances::Warm { uses_max: 10_000 };
        match self.instances {
            Instances::Snapshot => vec![Instances::Snapshot, Instances::Fresh, warm],
            _ => vec![Instances::Fresh, warm],
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed())
}

/// The users with one more.
fn edited() -> Value {
    let mut users = users();
    users["carol"] = json!({ "pass": "carol", "account": "APP" });
    users
}

/// Writes the sources again unchanged, so that a builder that compares times has something to do.
fn edit_sources(folder: &Path) {
    for place in [folder.to_owned(), folder.join("src")] {
        let Ok(entries) = fs::read_dir(place) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            if matches!(ending.as_ref(), "rs" | "go" | "py" | "ts" | "c") {
                let text = fs::read(&path).expect("the source");
                fs::write(&path, text).expect("written");
            }
        }
    }
}

/// Sorted times of decisions, and the pages that one of them touches.
fn decide(policy: &LoadedPolicy) -> (Vec<Duration>, u64) {
    let request = request();
    let ask = || {
        let verdict = policy.decide(&request, BUDGET);
        assert!(
            matches!(verdict.decision, Ok(Decision::Allow(_))),
            "{verdict:?}"
        );
    };
    (0..WARM_UP).for_each(|_| ask());
    let (before, started) = (faults(), Instant::now());
    let mut times = Vec::with_capacity(ROUNDS_MAX);
    while times.len() < ROUNDS_MAX && (times.len() < ROUNDS_MIN || started.elapsed() < LONG_ENOUGH)
    {
        times.push(timed(ask).1);
    }
    let each = (faults() - before) / times.len() as u64;
    times.sort();
    (times, each)
}

/// Minor page faults of this thread, from `/proc/thread-self/stat`: field 10.
fn faults() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/stat").expect("/proc tells the faults");
    let after_name = text.rsplit_once(')').expect("a name in parentheses").1;
    let field = after_name.split_whitespace().nth(7);
    field.and_then(|it| it.parse().ok()).expect("a number")
}

fn request() -> Request {
    Request {
        received_at: NOW,
        client: Client {
            id: 42,
            host: "10.1.2.3".into(),
            transport: Some(Transport::Nats),
            lang: Some("go".into()),
            version: Some("1.52.0".into()),
            ..Client::default()
        },
        credentials: Credentials {
            user: Some("bob".into()),
            password: Some(Secret::from("bob")),
            ..Credentials::default()
        },
        ..Request::default()
    }
}
