use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::{self, Flags, Loaded, Process, Settings, Surroundings};
use crate::nats::NatsSettings;
use crate::reload::{Plan, Planner, Unplanned};
use crate::telemetry::LogSettings;
use crate::throttle;
use portcullis_callout::CalloutLimits;

/// Everything that a running service is made of.
pub struct Launch {
    pub(super) nats: NatsSettings,
    pub(super) callout: CalloutLimits,
    pub(super) throttle: throttle::ThrottleLimits,
    /// The account in which the callout is asked, if the operator named it; otherwise NATS is asked.
    pub(super) callout_account: Option<String>,
    /// Folder for compiled policies.
    pub(super) cache: Option<PathBuf>,
    pub(super) http: Option<SocketAddr>,
    pub(super) log: LogSettings,
    /// Threads that decide.
    pub(super) threads: usize,
    /// Requests that may be in flight.
    pub(super) in_flight: usize,
    /// How long decisions under way may take once the end was asked for.
    pub(super) drain: Duration,
    /// What is to be in force first.
    pub(super) plan: Plan,
    /// Makes the plans that follow.
    pub(super) planner: Planner,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Launch")
            .field("nats", &self.nats)
            .finish_non_exhaustive()
    }
}

impl Launch {
    /// Everything that settings can still have wrong is found here, before anything starts.
    pub fn new(loaded: Loaded, flags: Flags) -> Result<Self, String> {
        let plan = loaded.plan()?;
        let settings = loaded.settings;
        settings.check_login()?;
        let log = LogSettings {
            format: settings.log_format,
            filter: Process.variable("PORTCULLIS_LOG"),
            no_color: Process
                .variable("NO_COLOR")
                .is_some_and(|value| !value.is_empty()),
        };
        log.check().map_err(|error| error.to_string())?;
        Ok(Self {
            nats: settings.connection(),
            callout: settings.callout(),
            throttle: settings.throttle(),
            callout_account: settings.callout_account.clone(),
            cache: settings.cache.clone(),
            http: settings.http,
            log,
            threads: config::threads(&settings),
            in_flight: settings.limits.in_flight,
            drain: config::drain(&settings),
            plan,
            planner: planner(settings, flags),
        })
    }
}

/// Reads the configuration again, with the same flags. What only a restart changes is said, not done.
fn planner(running: Settings, flags: Flags) -> Planner {
    Box::new(move || {
        let noting = Noting::default();
        let loaded = config::load(&flags, &noting).map_err(|error| error.to_string());
        let planned = loaded.and_then(|loaded| Ok((loaded.plan()?, loaded)));
        let (mut plan, loaded) = planned.map_err(|text| Unplanned {
            text,
            looked_at: noting.looked_at.into_inner(),
        })?;
        let waiting = running.needs_restart(&loaded.settings);
        if !waiting.is_empty() {
            let waiting = waiting.join(", ");
            plan.warnings.push(format!(
                "changed, but in force only after a restart: {waiting}"
            ));
        }
        Ok(plan)
    })
}

/// This process, with a note of every file that was looked at.
#[derive(Default)]
struct Noting {
    looked_at: RefCell<Vec<PathBuf>>,
}

impl Noting {
    fn note(&self, path: &Path) {
        self.looked_at.borrow_mut().push(path.to_owned());
    }
}

impl Surroundings for Noting {
    fn variable(&self, name: &str) -> Option<String> {
        Process.variable(name)
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        self.note(path);
        Process.read(path)
    }

    fn probe(&self, path: &Path) -> io::Result<()> {
        self.note(path);
        Process.probe(path)
    }

    fn exists(&self, path: &Path) -> io::Result<()> {
        self.note(path);
        Process.exists(path)
    }
}
