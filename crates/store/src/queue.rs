//! What waits for the threads of an engine: a bounded queue of closures that all of them share, and
//! for each thread a lane of commands of its own.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a thread finds.
#[derive(Debug)]
pub(crate) enum Popped<J, C> {
    /// A command for this thread.
    Command(C),
    /// A closure.
    Job(J),
    /// Nothing more will come: end in order.
    Drained,
    /// Everybody has gone: end at once.
    Abandoned,
}

/// Why a closure was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many wait as may.
    Full,
    /// The store is closed.
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Draining,
    Abandoned,
}

struct State<J, C> {
    jobs: VecDeque<J>,
    lanes: Vec<VecDeque<C>>,
    phase: Phase,
    /// How many threads wait for something to do.
    idle: usize,
}

/// The queue.
pub(crate) struct Queue<J, C> {
    state: Mutex<State<J, C>>,
    changed: Condvar,
    jobs_max: usize,
}

impl<J, C> Queue<J, C> {
    /// A queue for this many threads, in which at most `jobs_max` closures wait.
    pub(crate) fn new(threads: usize, jobs_max: usize) -> Self {
        let lanes = (0..threads).map(|_| VecDeque::new()).collect();
        Self {
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                lanes,
                phase: Phase::Open,
                idle: 0,
            }),
            changed: Condvar::new(),
            jobs_max,
        }
    }

    /// A panic never happens under this lock; if one did, the queue itself is still whole.
    fn lock(&self) -> MutexGuard<'_, State<J, C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a closure, if there is room.
    pub(crate) fn push(&self, job: J) -> Result<(), Refused> {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return Err(Refused::Closed);
        }
        if state.jobs.len() >= self.jobs_max {
            return Err(Refused::Full);
        }
        state.jobs.push_back(job);
        // Waking nobody is a system call, too.
        let is_awaited = state.idle > 0;
        drop(state);
        if is_awaited {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Gives a command to one thread; false when it will not be read.
    pub(crate) fn command(&self, thread: usize, command: C) -> bool {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return false;
        }
        let Some(lane) = state.lanes.get_mut(thread) else {
            return false;
        };
        lane.push_back(command);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// The next thing for this thread; waits for it.
    pub(crate) fn pop(&self, thread: usize) -> Popped<J, C> {
        let mut state = self.lock();
        loop {
            if state.phase == Phase::Abandoned {
                return Popped::Abandoned;
            }
            if let Some(command) = state.lanes.get_mut(thread).and_then(VecDeque::pop_front) {
                return Popped::Command(command);
            }
            if let Some(job) = state.jobs.pop_front() {
                return Popped::Job(job);
            }
            if state.phase == Phase::Draining {
                return Popped::Drained;
            }
            state.idle += 1;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// The next closure, if one waits already.
    pub(crate) fn pop_waiting(&self) -> Option<J> {
        let mut state = self.lock();
        if state.phase == Phase::Abandoned {
            None
        } else {
            state.jobs.pop_front()
        }
    }

    /// Waits for `pause`, or until everybody has gone: whether they have.
    pub(crate) fn wait_or_abandoned(&self, pause: Duration) -> bool {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, pause, |state| state.phase != Phase::Abandoned)
            .unwrap_or_else(PoisonError::into_inner);
        state.phase == Phase::Abandoned
    }

    /// How many closures wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Whether closures are taken.
    pub(crate) fn is_open(&self) -> bool {
        self.lock().phase == Phase::Open
    }

    /// Takes no more; what waits is still done.
    pub(crate) fn drain(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Draining;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Drops what waits; threads end when they next look.
    pub(crate) fn abandon(&self) {
        let mut state = self.lock();
        state.phase = Phase::Abandoned;
        // Dropped outside of the lock: a closure's own drop may do anything.
        let dropped = (
            std::mem::take(&mut state.jobs),
            std::mem::take(&mut state.lanes),
        );
        drop(state);
        self.changed.notify_all();
        drop(dropped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_a_drained_one_ends_in_order() {
        let queue = Queue::<u8, u8>::new(2, 2);
        assert_eq!(queue.push(1), Ok(()));
        assert_eq!(queue.push(2), Ok(()));
        assert_eq!(queue.push(3), Err(Refused::Full));
        assert!(queue.command(1, 9));
        assert!(!queue.command(2, 9));
        queue.drain();
        assert_eq!(queue.push(3), Err(Refused::Closed));
        assert!(matches!(queue.pop(0), Popped::Job(1)));
        assert!(matches!(queue.pop(1), Popped::Command(9)));
        assert!(matches!(queue.pop(1), Popped::Job(2)));
        assert!(matches!(queue.pop(0), Popped::Drained));
        queue.abandon();
        assert!(matches!(queue.pop(0), Popped::Abandoned));
    }
}
