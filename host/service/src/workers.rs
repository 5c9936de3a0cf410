//! The threads that decide. They take work in the order of its deadlines and share nothing with the transport but the
//! queue and the outbox, so that a policy that burns its whole deadline holds up no ping, no probe and no reload.

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

    /// Waits until all have ended.
    pub fn join(self) {
        for thread in self.0 {
            // A worker guards every job against panics; one that ended otherwise has nothing left to tell.
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

    /// Takes a job one stage on. A message that could be read goes back among the others, by its deadline.
    fn advance(&self, job: Job<T>) -> Option<Job<T>> {
        let Job { stage, ticket } = job;
        match stage {
            Stage::Received(received) => {
                match self.guarded(|| self.authorizer.open(&received, &Monotonic)) {
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
                let answer = self.guarded(|| self.authorizer.answer(*opened, &Monotonic, nonce()));
                self.outbox.settle(ticket, answer, Some(deadline));
                None
            }
        }
    }

    /// A panic of ours costs the request that met it, and no more.
    fn guarded<R>(&self, step: impl FnOnce() -> Option<R>) -> Option<R> {
        catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(|_| {
            let text = "a fault in the host; please report it with the log around it";
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

/// A nonce of this length may be drawn at random without ever repeating (XSalsa20).
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
    fn a_panic_costs_the_request_that_met_it_and_is_counted() {
        let telemetry = Arc::new(Telemetry::new());
        let callout = Callout::new(CalloutLimits::default());
        let throttle = Throttle::new(throttle::ThrottleLimits::default(), Instant::now());
        let catalog = Arc::new(Catalog::new());
        let authorizer = Authorizer::new(catalog, callout, throttle, telemetry.clone());
        let worker = Worker {
            authorizer: Arc::new(authorizer),
            queue: Arc::new(Queue::<Job<()>>::new(1)),
            outbox: Arc::new(Nowhere),
        };
        assert_eq!(worker.guarded::<()>(|| panic!("a fault on purpose")), None);
        assert_eq!(
            worker.guarded(|| Some("the next request")),
            Some("the next request")
        );
        let metrics = telemetry.render();
        assert!(
            metrics.contains("portcullis_rejected_total{kind=\"panic\"} 1"),
            "{metrics}"
        );
    }
}
