//! What waits for the writer: two bounded lanes, and pick-ups that are in no hurry.
//!
//! Invariant: while both lanes wait, each is sure of its share of a batch, so
//! that a flood of creates cannot starve people, nor the other way round.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use askwell_app::ports::{Lane, StoreError};
use askwell_core::ids::SessionId;
use jiff::Timestamp;

use crate::batch::Job;
use crate::error::closed;

/// How long a pick-up waits at most for a batch to ride with.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many pick-ups wait at most; they are hints, more are dropped.
const MAX_PICKUPS: usize = 16_384;

/// An answer that was picked up.
#[derive(Clone, Debug)]
pub(crate) struct Pickup {
    pub(crate) session: SessionId,
    pub(crate) by: &'static str,
    pub(crate) at: Timestamp,
}

/// What the writer does next.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) jobs: Vec<Box<dyn Job>>,
    pub(crate) pickups: Vec<Pickup>,
}

/// How much waits and how much is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Jobs that wait in each lane at most.
    pub(crate) lane: usize,
    /// Jobs in a batch at most.
    pub(crate) batch: usize,
    /// Places of a batch that are the decisions' own.
    pub(crate) reserved: usize,
}

#[derive(Default)]
struct Waiting {
    open: VecDeque<Box<dyn Job>>,
    decide: VecDeque<Box<dyn Job>>,
    pickups: Vec<Pickup>,
    pickups_since: Option<Instant>,
    closed: bool,
    nudged: bool,
    /// The writer sleeps: only then is there somebody to wake.
    idle: bool,
    /// How many jobs must wait before it is worth waking the writer.
    wanted: usize,
}

impl Waiting {
    fn len(&self) -> usize {
        self.open.len() + self.decide.len()
    }
}

/// For whom the writer waits before it starts a batch: those it has just answered
/// mostly come back at once, and two batches of half the size cost an fsync more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gather {
    /// How many are expected.
    pub(crate) jobs: usize,
    /// How long they are waited for.
    pub(crate) patience: Duration,
}

/// What waits for the writer.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    bounds: Bounds,
}

impl Queue {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self { waiting: Mutex::default(), filled: Condvar::new(), bounds }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if its lane is full, [`StoreError::Unavailable`] if nobody will do it.
    pub(crate) fn push(&self, lane: Lane, job: Box<dyn Job>) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(closed());
        }
        let queue = match lane {
            Lane::Open => &mut waiting.open,
            Lane::Decide => &mut waiting.decide,
        };
        if queue.len() >= self.bounds.lane {
            return Err(StoreError::Overloaded);
        }
        queue.push_back(job);
        if waiting.len() >= waiting.wanted {
            self.wake(waiting);
        }
        Ok(())
    }

    /// Queues a pick-up, or forgets it where too many wait.
    pub(crate) fn note(&self, pickup: Pickup) {
        self.put_back(vec![pickup]);
    }

    /// Queues pick-ups again whose batch failed.
    pub(crate) fn put_back(&self, pickups: Vec<Pickup>) {
        if pickups.is_empty() {
            return;
        }
        let mut waiting = self.lock();
        if waiting.closed {
            return;
        }
        let room = MAX_PICKUPS.saturating_sub(waiting.pickups.len());
        waiting.pickups.extend(pickups.into_iter().take(room));
        if waiting.pickups_since.is_none() {
            waiting.pickups_since = Some(Instant::now());
            self.wake(waiting);
        }
    }

    /// Makes the writer look around although nothing is queued.
    pub(crate) fn nudge(&self) {
        let mut waiting = self.lock();
        waiting.nudged = true;
        self.wake(waiting);
    }

    /// Takes no more; what waits is still done.
    pub(crate) fn close(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.idle = false;
        self.filled.notify_all();
    }

    /// Drops all that waits, which tells each caller so.
    pub(crate) fn abandon(&self) {
        let mut waiting = self.lock();
        let dropped = std::mem::replace(&mut *waiting, Waiting { closed: true, ..Waiting::default() });
        drop(waiting);
        drop(dropped);
    }

    /// Waits for something to do, at most until `until`. `None`: closed, and all is done.
    pub(crate) fn take(&self, until: Option<Instant>, gather: Gather) -> Option<Taken> {
        let mut waiting = self.lock();
        let gather_until = Instant::now() + gather.patience;
        let expected = gather.jobs.min(self.bounds.batch);
        loop {
            let now = Instant::now();
            let jobs = waiting.len();
            let enough = jobs > 0 && (jobs >= expected || waiting.closed || gather_until <= now);
            let pickups_until = waiting.pickups_since.map(|since| since + PATIENCE);
            let gathering = (jobs > 0).then_some(gather_until);
            let wake = [until, pickups_until, gathering].into_iter().flatten().min();
            let rest = waiting.closed && !waiting.pickups.is_empty();
            if enough || rest || waiting.nudged || wake.is_some_and(|wake| wake <= now) {
                waiting.nudged = false;
                return Some(self.batch(&mut waiting));
            }
            if waiting.closed {
                return None;
            }
            waiting.idle = true;
            waiting.wanted = if jobs > 0 { expected } else { 1 };
            waiting = match wake {
                Some(wake) => self.filled.wait_timeout(waiting, wake - now).unwrap_or_else(PoisonError::into_inner).0,
                None => self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
            waiting.idle = false;
        }
    }

    /// How many jobs wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn batch(&self, waiting: &mut Waiting) -> Taken {
        let Bounds { batch, reserved, .. } = self.bounds;
        let decide = waiting.decide.len().min(batch - waiting.open.len().min(batch - reserved));
        let open = waiting.open.len().min(batch - decide);
        let jobs = waiting.decide.drain(..decide).chain(waiting.open.drain(..open)).collect();
        waiting.pickups_since = None;
        Taken { jobs, pickups: std::mem::take(&mut waiting.pickups) }
    }

    fn wake(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let idle = std::mem::take(&mut waiting.idle);
        drop(waiting);
        if idle {
            self.filled.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::batch::Batch;

    struct Named(&'static str);

    impl Job for Named {
        fn run(&mut self, _: &mut Batch<'_>) -> rusqlite::Result<()> {
            Ok(())
        }
        fn answer(self: Box<Self>, _: Result<(), StoreError>) {
            assert!(!self.0.is_empty());
        }
    }

    const NOW: Gather = Gather { jobs: 0, patience: Duration::ZERO };

    fn queue() -> Queue {
        Queue::new(Bounds { lane: 10, batch: 8, reserved: 4 })
    }

    #[test]
    fn a_full_lane_refuses_and_the_other_does_not() {
        let queue = queue();
        for _ in 0..10 {
            queue.push(Lane::Open, Box::new(Named("open"))).unwrap();
        }
        assert_eq!(queue.push(Lane::Open, Box::new(Named("open"))), Err(StoreError::Overloaded));
        assert_eq!(queue.push(Lane::Decide, Box::new(Named("decide"))), Ok(()));
    }

    #[test]
    fn each_lane_has_its_share_of_a_batch() {
        for (open, decide, expected) in [(10, 10, 8), (10, 1, 8), (1, 10, 8), (2, 3, 5), (10, 0, 8), (0, 10, 8)] {
            let queue = queue();
            for _ in 0..open {
                queue.push(Lane::Open, Box::new(Named("open"))).unwrap();
            }
            for _ in 0..decide {
                queue.push(Lane::Decide, Box::new(Named("decide"))).unwrap();
            }
            assert_eq!(queue.take(None, NOW).unwrap().jobs.len(), expected);
            let left = queue.lock();
            assert!(left.open.len() <= 6 && left.decide.len() <= 6, "{open} {decide}");
        }
    }

    #[test]
    fn those_who_are_expected_are_waited_for() {
        let queue = Arc::new(queue());
        queue.push(Lane::Open, Box::new(Named("first"))).unwrap();
        let later = Arc::clone(&queue);
        let other = std::thread::spawn(move || later.push(Lane::Decide, Box::new(Named("second"))));
        let gather = Gather { jobs: 2, patience: Duration::from_mins(10) };
        assert_eq!(queue.take(None, gather).unwrap().jobs.len(), 2);
        other.join().unwrap().unwrap();
        queue.push(Lane::Open, Box::new(Named("alone"))).unwrap();
        let gather = Gather { jobs: 2, patience: Duration::from_millis(1) };
        assert_eq!(queue.take(None, gather).unwrap().jobs.len(), 1);
    }

    #[test]
    fn what_waits_is_done_before_it_is_closed() {
        let queue = queue();
        queue.push(Lane::Open, Box::new(Named("open"))).unwrap();
        queue.close();
        assert!(queue.push(Lane::Open, Box::new(Named("late"))).is_err());
        assert_eq!(queue.take(None, NOW).unwrap().jobs.len(), 1);
        assert!(queue.take(None, NOW).is_none());
    }
}
