//! The threads on which one policy is loaded.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use rustix::process::setpriority_process;

/// How much of the machine a load may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// All processors. For commands, and while there is nothing to decide yet.
    #[default]
    Whole,
    /// All processors but one, and only when nothing else wants them. Decisions go first.
    Beside,
    /// The same, but it does not wait until other modules are compiled. For a module that is known, with new data or settings.
    Urgent,
}

impl Effort {
    /// Threads for one load. Each calls `started` when it starts. They end with the pool.
    pub(super) fn threads(
        self,
        started: impl Fn() + Send + Sync + 'static,
    ) -> Result<ThreadPool, ThreadPoolBuildError> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (count, niceness) = match self {
            Self::Whole => (processors, 0),
            Self::Beside | Self::Urgent => (processors.saturating_sub(1).max(1), NICENESS),
        };
        ThreadPoolBuilder::new()
            .num_threads(count)
            .thread_name(|number| format!("load-{number}"))
            .start_handler(move |_| {
                started();
                if niceness > 0 {
                    // Linux has a niceness for each thread. Without one, the load only takes more from decisions.
                    let _ = setpriority_process(None, niceness);
                }
            })
            .build()
    }
}

/// A thread of this niceness gets about a tenth of the time of a busy one without.
const NICENESS: i32 = 10;
