//! A bounded queue of work, ordered by deadline.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// The queue of the decision threads. It hands out the earliest deadline first, and equal deadlines in order of arrival.
#[derive(Debug)]
pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State<T> {
    entries: BinaryHeap<Entry<T>>,
    next: u64,
    closed: bool,
}

#[derive(Debug)]
struct Entry<T> {
    due: Instant,
    order: u64,
    work: T,
}

impl<T> Queue<T> {
    pub fn new(capacity: usize) -> Self {
        let state = State {
            entries: BinaryHeap::new(),
            next: 0,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            filled: Condvar::new(),
            capacity,
        }
    }

    /// Returns the work if the queue is full or closed.
    pub fn push(&self, work: T, due: Instant) -> Result<(), T> {
        let mut state = self.state.lock();
        if state.closed || state.entries.len() >= self.capacity {
            return Err(work);
        }
        state.push(work, due);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for the work with the earliest deadline. Returns none after the queue was closed and is empty.
    pub fn pop(&self) -> Option<T> {
        let mut state = self.state.lock();
        loop {
            if let Some(entry) = state.entries.pop() {
                return Some(entry.work);
            }
            if state.closed {
                return None;
            }
            self.filled.wait(&mut state);
        }
    }

    /// Puts work back and takes the work with the earliest deadline, which may be the same.
    pub fn exchange(&self, work: T, due: Instant) -> T {
        let mut state = self.state.lock();
        match state.entries.peek_mut() {
            Some(mut first) if first.due < due => {
                let order = first.order;
                let entry = std::mem::replace(&mut *first, Entry { due, order, work });
                entry.work
            }
            _ => work,
        }
    }

    /// Accepts no more work. Queued work is still handed out.
    pub fn close(&self) {
        self.state.lock().closed = true;
        self.filled.notify_all();
    }
}

impl<T> State<T> {
    fn push(&mut self, work: T, due: Instant) {
        let order = self.next;
        self.next += 1;
        self.entries.push(Entry { due, order, work });
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due, other.order).cmp(&(self.due, self.order))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn due(milliseconds: u64) -> Instant {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        *START.get_or_init(Instant::now) + Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_earliest_deadline_comes_first_and_equal_ones_in_order_of_arrival() {
        let queue = Queue::new(9);
        for (work, at) in [("c", 3), ("a", 1), ("b", 2), ("b2", 2)] {
            queue.push(work, due(at)).unwrap();
        }
        queue.close();
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["a", "b", "b2", "c"]);
    }

    #[test]
    fn a_full_queue_returns_the_work() {
        let queue = Queue::new(1);
        queue.push(1, due(1)).unwrap();
        assert_eq!(queue.push(2, due(2)), Err(2));
    }

    #[test]
    fn an_exchange_returns_the_more_urgent_work() {
        let queue = Queue::new(9);
        assert_eq!(queue.exchange("alone", due(5)), "alone");
        queue.push("urgent", due(1)).unwrap();
        assert_eq!(queue.exchange("later", due(5)), "urgent");
        assert_eq!(queue.exchange("sooner", due(2)), "sooner");
        assert_eq!(queue.pop(), Some("later"));
    }

    #[test]
    fn closing_the_queue_ends_waiting_threads() {
        let queue = std::sync::Arc::new(Queue::<u8>::new(1));
        let waiting = std::thread::spawn({
            let queue = queue.clone();
            move || queue.pop()
        });
        queue.close();
        assert_eq!(waiting.join().unwrap(), None);
    }
}
