//! A language under test: its module, its policies by strategy and configuration, and how to ask them.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use portcullis_model::{Credentials, Decision, Grant, Request};
use portcullis_sandbox::{
    CallOutput, ConfigureInput, Decide, Effort, Instances, LoadError, LoadedPolicy, PolicySource,
    SandboxLimits,
};

use super::languages::Facts;

/// Long, because a busy machine must not fail a test. Tests of deadlines set shorter ones.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
pub(super) const NOW: u64 = 1_790_000_000;
/// Every way to make instances.
pub(super) const STRATEGIES: [Instances; 3] = [
    Instances::Snapshot,
    Instances::Fresh,
    Instances::Warm { uses_max: 40 },
];

pub(super) struct Language {
    pub(super) name: &'static str,
    pub(super) facts: &'static Facts,
    pub(super) module: PathBuf,
}

impl Language {
    /// Builds its policy if necessary; returns none if the machine cannot.
    pub(super) fn find(name: &'static str, facts: &'static Facts) -> Option<Self> {
        match (facts.module)() {
            Ok(module) => Some(Self {
                name,
                facts,
                module,
            }),
            Err(unavailable) => {
                tell_skipped(name, &unavailable.reason);
                None
            }
        }
    }

    /// A policy for the caller alone.
    pub(super) fn load(
        &self,
        instances: Instances,
        configuration: ConfigureInput,
        limits: SandboxLimits,
    ) -> Result<LoadedPolicy, LoadError> {
        let source = PolicySource {
            module: std::fs::read(&self.module).expect("the module"),
            configuration,
            instances,
            limits,
        };
        portcullis_tests::sandbox().load(&source, Effort::Whole, NOW)
    }

    /// The policy without data, loaded once for each strategy.
    pub(super) fn policy(&self, instances: Instances) -> PolicyUnderTest {
        type Loaded = BTreeMap<(&'static str, &'static str), Arc<OnceLock<Arc<LoadedPolicy>>>>;
        static LOADED: Mutex<Loaded> = Mutex::new(BTreeMap::new());
        let mut loaded = LOADED.lock().expect("no test panics while it holds this");
        let place = loaded.entry((self.name, instances.word())).or_default();
        let place = Arc::clone(place);
        drop(loaded);
        let policy = place.get_or_init(|| Arc::new(self.loaded(instances, plain())));
        self.asked(instances, Arc::clone(policy))
    }

    /// The same with a configuration, for the caller alone.
    pub(super) fn configured(
        &self,
        instances: Instances,
        configuration: ConfigureInput,
    ) -> PolicyUnderTest {
        self.asked(instances, Arc::new(self.loaded(instances, configuration)))
    }

    fn loaded(&self, instances: Instances, configuration: ConfigureInput) -> LoadedPolicy {
        let loaded = self.load(instances, configuration, generous());
        loaded.unwrap_or_else(|error| {
            panic!("{}, {}: not loaded: {error}", self.name, instances.word())
        })
    }

    fn asked(&self, instances: Instances, policy: Arc<LoadedPolicy>) -> PolicyUnderTest {
        PolicyUnderTest {
            title: format!("{}, {}", self.name, instances.word()),
            policy,
        }
    }
}

/// A loaded policy, and the name by which faults refer to it.
pub(super) struct PolicyUnderTest {
    pub(super) title: String,
    pub(super) policy: Arc<LoadedPolicy>,
}

impl PolicyUnderTest {
    pub(super) fn ask(&self, request: &Request) -> CallOutput {
        self.policy.decide(request, PATIENCE)
    }

    /// The lines of an answer that consists of lines.
    #[track_caller]
    pub(super) fn lines(&self, case: &str, request: &Request) -> Vec<String> {
        let verdict = self.ask(request);
        let Ok(Decision::Allow(grant)) = verdict.decision else {
            panic!("{}, {case}: {verdict:?}", self.title);
        };
        let tags = grant.tags.clone();
        let only_tags = Grant {
            account: "ECHO".into(),
            tags: tags.clone(),
            ..Grant::default()
        };
        assert_eq!(*grant, only_tags, "{}, {case}", self.title);
        tags
    }

    /// Checks that it still decides.
    #[track_caller]
    pub(super) fn assert_well(&self, case: &str) {
        let request = command("echo");
        assert_same(
            &format!("{}, after {case}", self.title),
            &self.lines(case, &request),
            &super::echo::lines(&request),
        );
    }
}

/// An empty configuration.
pub(super) fn plain() -> ConfigureInput {
    with_data(vec![])
}

pub(super) fn with_data(data: Vec<(&str, &[u8])>) -> ConfigureInput {
    let owned = |(name, contents): (&str, &[u8])| (name.to_owned(), contents.to_vec());
    ConfigureInput {
        settings_json: "{}".into(),
        data: data.into_iter().map(owned).collect(),
    }
}

/// The host's limits, with more time and space for large answers.
pub(super) fn generous() -> SandboxLimits {
    SandboxLimits {
        decide_deadline: PATIENCE,
        configure_deadline: PATIENCE,
        copy_bytes: 64 << 20,
        answer_bytes: 16 << 20,
        ..SandboxLimits::default()
    }
}

/// A request with only the command.
pub(super) fn command(command: &str) -> Request {
    Request {
        received_at: NOW,
        credentials: Credentials {
            user: Some(command.into()),
            ..Credentials::default()
        },
        ..Request::default()
    }
}

/// Compares texts and shows the first that differs, shortened, because some have megabytes.
#[track_caller]
pub(super) fn assert_same(case: &str, found: &[String], expected: &[String]) {
    let short = |text: Option<&String>| match text {
        Some(text) if text.len() > 200 => {
            let end = text.floor_char_boundary(200);
            format!("{:?}... ({} bytes)", &text[..end], text.len())
        }
        Some(text) => format!("{text:?}"),
        None => "nothing".to_owned(),
    };
    let longest = found.len().max(expected.len());
    if let Some(place) = (0..longest).find(|&place| found.get(place) != expected.get(place)) {
        panic!(
            "{case}: line {place} of {} is {}, and should be {} (of {})",
            found.len(),
            short(found.get(place)),
            short(expected.get(place)),
            expected.len()
        );
    }
}

/// Writes past the output capture of the test harness, once for each language, so that a reader of passed tests learns which
/// languages were skipped.
fn tell_skipped(language: &'static str, reason: &str) {
    static TOLD: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    let mut told = TOLD.lock().expect("nothing panics while it holds this");
    if !told.contains(&language) {
        told.push(language);
        let line = format!("conformance: {language} is skipped: {reason}\n");
        std::io::stderr()
            .write_all(line.as_bytes())
            .expect("written");
    }
}
