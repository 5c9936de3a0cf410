use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use parking_lot::RwLock;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::log::Dropped;
use super::record::{Record, Stages, bounded, microseconds};
use portcullis_model::{Outcome, Reply, Silence};

pub use prometheus_client::metrics::gauge::Gauge;

/// The `kind` of a denial whose text comes from the policy. These are counted by text, within a limit; all other causes
/// by kind.
pub const DENIED_BY_POLICY: &str = "denied";

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    decisions: Decisions,
    causes: Causes,
    rejected: Family<[(&'static str, &'static str); 1], Counter>,
    failures: Family<[(&'static str, String); 2], Counter>,
    stages: StageTimes,
    reloads: Family<[(&'static str, &'static str); 1], Counter>,
    reload_times: Histogram,
    generation: Gauge,
    in_flight: Gauge,
    connected: Gauge,
}

impl Metrics {
    pub(crate) fn new(dropped: Option<Dropped>) -> Self {
        let mut registry = Registry::with_prefix("portcullis");
        let metrics = &mut registry;
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        metrics.register("build", "The running program", version);
        if let Some(dropped) = dropped {
            metrics.register_collector(Box::new(dropped));
        }
        let decisions = Decisions::default();
        metrics.register("decisions", "Decisions", decisions.family.clone());
        let causes = Causes::default();
        metrics.register(
            "causes",
            "Why clients were not admitted",
            causes.family.clone(),
        );
        let stages = StageTimes::registered(metrics);
        let reload_times = Histogram::new(RELOAD_BUCKETS);
        metrics.register(
            "reload_microseconds",
            "Duration of a reload",
            reload_times.clone(),
        );
        Self {
            rejected: registered(metrics, "rejected", "Requests dropped without an answer"),
            failures: registered(metrics, "policy_failures", "Policies that failed to decide"),
            reloads: registered(metrics, "reloads", "Reloads by their result"),
            generation: registered(metrics, "generation", "Generation in force"),
            in_flight: registered(metrics, "in_flight", "Requests in progress"),
            connected: registered(metrics, "connected", "1 while connected to NATS"),
            decisions,
            causes,
            stages,
            reload_times,
            registry,
        }
    }

    pub(crate) fn decided(&self, record: &Record<'_>) {
        let policy = record.policy.unwrap_or("none");
        self.decisions.count(policy, record.outcome);
        self.stages.observe(record.stages);
        if let Some(cause) = record.cause {
            match cause.kind {
                DENIED_BY_POLICY => match record.redactor.clean(&cause.text) {
                    Cow::Borrowed(text) => {
                        self.causes.count_text(policy, &bounded(text, CAUSE_CHARS))
                    }
                    Cow::Owned(_) => self.causes.count_kind(policy, CAUSE_WITH_SECRET),
                },
                kind => self.causes.count_kind(policy, kind),
            }
        }
        if let Some(kind) = record.failure {
            let labels = [("policy", policy.to_owned()), ("kind", kind.to_owned())];
            self.failures.get_or_create(&labels).inc();
        }
    }

    /// Counters that start from zero, so that the first decision of a policy shows as a rise.
    pub(crate) fn policies<'a>(&self, names: impl Iterator<Item = &'a str>) {
        names
            .chain(["none"])
            .for_each(|name| self.decisions.start(name));
    }

    pub(crate) fn rejected(&self, kind: &'static str) {
        self.rejected.get_or_create(&[("kind", kind)]).inc();
    }

    pub(crate) fn reloaded(&self, generation: u64, took: Duration) {
        self.reload_ended("ok");
        self.in_force(generation);
        self.reload_times.observe(microseconds(took) as f64);
    }

    pub(crate) fn in_force(&self, generation: u64) {
        self.generation
            .set(i64::try_from(generation).unwrap_or(i64::MAX));
    }

    pub(crate) fn reload_ended(&self, result: &'static str) {
        self.reloads.get_or_create(&[("result", result)]).inc();
    }

    pub(crate) fn in_flight(&self) -> &Gauge {
        &self.in_flight
    }

    pub(crate) fn connected(&self, connected: bool) {
        self.connected.set(i64::from(connected));
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::with_capacity(16 * 1024);
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "cannot write the metrics");
        }
        text
    }
}

fn registered<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Clone + Default,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// Counters by policy and outcome, found by a borrowed name. The look-up of the metrics crate would need owned labels for
/// each decision.
#[derive(Debug, Default)]
struct Decisions {
    family: Family<[(&'static str, String); 2], Counter>,
    known: RwLock<HashMap<String, Vec<(Outcome, Counter)>>>,
}

impl Decisions {
    fn count(&self, policy: &str, outcome: Outcome) {
        let counted = self
            .known
            .read()
            .get(policy)
            .is_some_and(|known| increment(known, outcome));
        if !counted {
            let mut known = self.known.write();
            let counters = known
                .entry(policy.to_owned())
                .or_insert_with(|| self.counters(policy));
            increment(counters, outcome);
        }
    }

    fn start(&self, policy: &str) {
        let mut known = self.known.write();
        known
            .entry(policy.to_owned())
            .or_insert_with(|| self.counters(policy));
    }

    /// Creates the counters of all outcomes at once, so that each starts from zero.
    fn counters(&self, policy: &str) -> Vec<(Outcome, Counter)> {
        let labels = |outcome: Outcome| {
            [
                ("outcome", outcome.word().to_owned()),
                ("policy", policy.to_owned()),
            ]
        };
        let counter = |outcome| self.family.get_or_create_owned(&labels(outcome));
        OUTCOMES
            .into_iter()
            .map(|outcome| (outcome, counter(outcome)))
            .collect()
    }
}

fn increment(counters: &[(Outcome, Counter)], outcome: Outcome) -> bool {
    let counter = counters.iter().find(|(known, _)| *known == outcome);
    counter.map(|(_, counter)| counter.inc()).is_some()
}

/// Counters by policy and cause. Policies choose the texts, so the number of different texts is limited for each policy: none
/// uses up the room of another, or that of the host's own kinds.
#[derive(Debug, Default)]
struct Causes {
    family: Family<[(&'static str, String); 2], Counter>,
    known: RwLock<HashMap<String, HashMap<String, Counter>>>,
}

impl Causes {
    /// A kind from a fixed list.
    fn count_kind(&self, policy: &str, kind: &str) {
        self.family.get_or_create(&labels(policy, kind)).inc();
    }

    fn count_text(&self, policy: &str, text: &str) {
        if let Some(counter) = self
            .known
            .read()
            .get(policy)
            .and_then(|texts| texts.get(text))
        {
            counter.inc();
            return;
        }
        let mut known = self.known.write();
        let texts = known.entry(policy.to_owned()).or_default();
        if texts.len() >= CAUSES_MAX {
            drop(known);
            self.count_kind(policy, "other");
            return;
        }
        let counter = texts
            .entry(text.to_owned())
            .or_insert_with(|| self.family.get_or_create_owned(&labels(policy, text)));
        counter.inc();
    }
}

fn labels(policy: &str, cause: &str) -> [(&'static str, String); 2] {
    [("policy", policy.to_owned()), ("cause", cause.to_owned())]
}

#[derive(Debug)]
struct StageTimes {
    queue: Histogram,
    open: Histogram,
    decide: Histogram,
    reply: Histogram,
}

impl StageTimes {
    fn registered(registry: &mut Registry) -> Self {
        let family: Family<[(&'static str, &'static str); 1], Histogram> =
            Family::new_with_constructor(|| Histogram::new(STAGE_BUCKETS));
        registry.register(
            "stage_microseconds",
            "Duration of each stage",
            family.clone(),
        );
        let stage = |name| family.get_or_create_owned(&[("stage", name)]);
        Self {
            queue: stage("queue"),
            open: stage("open"),
            decide: stage("decide"),
            reply: stage("reply"),
        }
    }

    fn observe(&self, stages: Stages) {
        let observations = [
            (&self.queue, stages.queue),
            (&self.open, stages.open),
            (&self.decide, stages.decide),
            (&self.reply, stages.reply),
        ];
        for (histogram, took) in observations {
            if !took.is_zero() {
                histogram.observe(took.as_nanos() as f64 / 1000.0);
            }
        }
    }
}

const OUTCOMES: [Outcome; 4] = [
    Outcome::Reply(Reply::Allow),
    Outcome::Reply(Reply::Deny),
    Outcome::Silence(Silence::Ignore),
    Outcome::Silence(Silence::Fail),
];

const CAUSES_MAX: usize = 64;
const CAUSE_CHARS: usize = 128;
/// A text with its secret removed still depends on the secret. As labels, clients could create any number of them.
const CAUSE_WITH_SECRET: &str = "with_a_secret";

const STAGE_BUCKETS: [f64; 19] = [
    5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6,
    2e6, 5e6,
];

const RELOAD_BUCKETS: [f64; 10] = [1e3, 1e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 5e6, 1e7, 6e7];
