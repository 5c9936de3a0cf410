use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::{self, Flags, Loaded, Process, Service, Surroundings};
use crate::nats::NatsSettings;
use crate::reload::{Plan, Planner, Unplanned};

/// Everything that a running service is made of.
pub struct Launch {
    pub(super) service: Service,
    pub(super) nats: NatsSettings,
    /// What is to be in force first.
    pub(super) plan: Plan,
    /// Makes the plans that follow.
    pub(super) planner: Planner,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Launch")
            .field("service", &self.service)
            .field("nats", &self.nats)
            .finish_non_exhaustive()
    }
}

impl Launch {
    /// The flags are those that the settings were loaded with.
    pub fn new(loaded: Loaded, flags: Flags) -> Self {
        let Loaded {
            service,
            nats,
            plan,
        } = loaded;
        let planner = planner(service.clone(), nats.clone(), flags);
        Self {
            service,
            nats,
            plan,
            planner,
        }
    }
}

/// Reads the configuration again, with the same flags. Changes that need a restart are logged and not applied.
fn planner(service: Service, nats: NatsSettings, flags: Flags) -> Planner {
    Box::new(move || {
        let recording = RecordingSurroundings::default();
        let loaded = config::load(&flags, &recording);
        let loaded = loaded.map_err(|faults| Unplanned {
            text: faults.to_string(),
            looked_at: recording.looked_at.into_inner(),
        })?;
        let waiting = loaded.needs_restart(&service, &nats);
        let mut plan = loaded.plan;
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
struct RecordingSurroundings {
    looked_at: RefCell<Vec<PathBuf>>,
}

impl RecordingSurroundings {
    fn note(&self, path: &Path) {
        self.looked_at.borrow_mut().push(path.to_owned());
    }
}

impl Surroundings for RecordingSurroundings {
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

    fn has_data(&self, path: &Path) -> io::Result<bool> {
        self.note(path);
        Process.has_data(path)
    }
}
