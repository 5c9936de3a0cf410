//! The decision threads. They take work by deadline and share only the queue and the outbox with the NATS connection, so
//! that a policy that uses its whole deadline delays no ping, no health check and no reload.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use crate::authorizer::{Authorizer, Clock, Job, Outbox, Queue, Stage};

/// Running decision threads.
#[derive(Debug)]
pub struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Starts `count` threads, which end when the queue is closed and empty.
    pub fn start<T: Send + 'static>(
        count: usize,
        authorizer: &Arc<Authorizer>,
        queue: &Arc<Queue<Job<T>>>,
        outbox: &Arc<dyn Outbox<T>>,
    ) -> std::io::Result<Self> {
        let start = |number| {
            let worker = Worker {
                authorizer: authorizer.clone(),
                queue: queue.clone(),
                outbox: outbox.clone(),
            };
            let name = format!("decide-{number}");
            std::thread::Builder::new()
                .name(name)
                .spawn(move || worker.run())
        };
        (0..count)
            .map(start)
            .collect::<std::io::Result<_>>()
            .map(Self)
    }

    /// Waits until all threads have ended.
    pub fn join(self) {
        for thread in self.0 {
            // A worker catches the panics of its jobs; if it ended otherwise, there is nothing to report.
            let _ = thread.join();
        }
    }
}

struct Worker<T> {
    authorizer: Arc<Authorizer>,
    queue: Arc<Queue<Job<T>>>,
    outbox: Arc<dyn Outbox<T>>,
}

impl<T> Worker<T> {
    fn run(&self) {
        while let Some(job) = self.queue.pop() {
            let mut next = Some(job);
            while let Some(job) = next {
                next = self.advance(job);
            }
        }
    }

    /// Takes a job one stage further. After it is opened, a message goes back into the queue, ordered by its deadline.
    fn advance(&self, job: Job<T>) -> Option<Job<T>> {
        let Job { stage, ticket } = job;
        match stage {
            Stage::Received(received) => {
                match self.catch_panic(|| self.authorizer.open(&received, &Monotonic)) {
                    Some(opened) => {
                        let due = opened.deadline();
                        let job = Job {
                            stage: Stage::Opened(Box::new(opened)),
                            ticket,
                        };
                        Some(self.queue.exchange(job, due))
                    }
                    None => {
                        self.outbox.settle(ticket, None, None);
                        None
                    }
                }
            }
            Stage::Opened(opened) => {
                let deadline = opened.deadline();
                let answer =
                    self.catch_panic(|| self.authorizer.answer(*opened, &Monotonic, nonce()));
                self.outbox.settle(ticket, answer, Some(deadline));
                None
            }
        }
    }

    /// A panic in the host loses only the request in which it happened.
    fn catch_panic<R>(&self, step: impl FnOnce() -> Option<R>) -> Option<R> {
        catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
            let text = "a bug in the host; please report it with the lines around it in the log";
            self.authorizer.shed("panic", text, Instant::now());
            None
        })
    }
}

/// The clock of this process.
#[derive(Clone, Copy, Debug)]
pub struct Monotonic;

impl Clock for Monotonic {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// Random nonces of this length do not repeat in practice (XSalsa20).
fn nonce() -> [u8; 24] {
    rand::random()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::telemetry::Telemetry;
    use crate::throttle::{self, Throttle};
    use portcullis_callout::{Callout, CalloutLimits};

    struct Nowhere;

    impl Outbox<()> for Nowhere {
        fn settle(&self, (): (), _answer: Option<Vec<u8>>, _deadline: Option<Instant>) {}
    }

    #[test]
    fn a_panic_loses_only_its_request_and_is_counted() {
        let telemetry = Arc::new(Telemetry::new());
        let callout = Callout::new(CalloutLimits::default());
        let throttle = Throttle::new(throttle::ThrottleLimits::default());
        let catalog = Arc::new(Catalog::new());
        let authorizer = Authorizer::new(catalog, callout, throttle, telemetry.clone());
        let worker = Worker {
            authorizer: Arc::new(authorizer),
            queue: Arc::new(Queue::<Job<()>>::new(1)),
            outbox: Arc::new(Nowhere),
        };
        assert_eq!(
            worker.catch_panic::<()>(|| panic!("a fault on purpose")),
            None
        );
        assert_eq!(
            worker.catch_panic(|| Some("the next request")),
            Some("the next request")
        );
        let metrics = telemetry.render();
        assert!(
            metrics.contains("portcullis_rejected_total{kind=\"panic\"} 1"),
            "{metrics}"
        );
    }
}
