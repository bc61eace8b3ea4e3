//! A closure on its way through an engine: run as often as needed, answered once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use procura_core::audit::record::{Committed, Entry};
use procura_core::error::Error;
use procura_core::id::RecordId;
use procura_core::sabotage;
use procura_core::time::Stopwatch;
use tokio::sync::oneshot;

use crate::counters::{Counters, Ended};
use crate::tx::{Outcome, Tx};

/// What a closure wants to have committed.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Its effects and this record.
    Done(Entry),
    /// This record only.
    Refused(Entry),
    /// Its effects only.
    Unrecorded,
}

impl Effect {
    /// By which record the commit can be found again.
    pub(crate) fn record(&self) -> Option<RecordId> {
        match self {
            Self::Done(entry) | Self::Refused(entry) => Some(entry.id),
            Self::Unrecorded => None,
        }
    }
}

/// A queued closure. A boxed trait object because each has its own result type.
pub(crate) trait Job: Send {
    /// The operation, for logs.
    fn name(&self) -> &'static str;
    /// Runs the closure; its result is held back until [`Job::answer`].
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<Effect, Error>;
    /// Tells the caller: what the last run made is durable, or why nothing is.
    fn answer(&mut self, durable: Result<(), Error>);
}

/// Runs `job`, and survives it.
pub(crate) fn run_caught(job: &mut dyn Job, tx: &mut Tx<'_>) -> Result<Effect, Error> {
    caught(job.name(), || job.run(tx))
}

/// Runs the closure `name`, and survives it.
pub(crate) fn caught<T>(
    name: &'static str,
    closure: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    // What the closure has touched is rolled back or overwritten by the next run.
    catch_unwind(AssertUnwindSafe(closure)).unwrap_or_else(|_| {
        // The payload may hold anything, so it goes nowhere.
        Err(Error::internal(format!("the closure {name} panicked")))
    })
}

enum Held<T> {
    Done(T, Option<RecordId>),
    Refused(Error, RecordId),
}

/// What the caller of a closure waits for.
pub(crate) type Answer<T> = Result<Committed<T>, Error>;

struct Queued<T, F> {
    name: &'static str,
    closure: F,
    held: Option<Held<T>>,
    caller: Option<oneshot::Sender<Answer<T>>>,
    counters: Arc<Counters>,
    asked: Stopwatch,
}

/// `closure` as a job, and where its answer arrives.
pub(crate) fn job<T, F>(
    name: &'static str,
    counters: &Arc<Counters>,
    closure: F,
) -> (Box<dyn Job>, oneshot::Receiver<Answer<T>>)
where
    F: Fn(&mut Tx<'_>) -> Result<Outcome<T>, Error> + Send + 'static,
    T: Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (
        Box::new(Queued {
            name,
            closure,
            held: None,
            caller: Some(caller),
            counters: Arc::clone(counters),
            asked: Stopwatch::start(),
        }),
        answer,
    )
}

impl<T, F> Job for Queued<T, F>
where
    F: Fn(&mut Tx<'_>) -> Result<Outcome<T>, Error> + Send,
    T: Send,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<Effect, Error> {
        self.held = None;
        match (self.closure)(tx)? {
            Outcome::Done(value, entry) => {
                self.held = Some(Held::Done(value, Some(entry.id)));
                Ok(Effect::Done(entry))
            }
            Outcome::Refused(error, entry) => {
                self.held = Some(Held::Refused(error, entry.id));
                Ok(Effect::Refused(entry))
            }
            Outcome::Unrecorded(value) => {
                self.held = Some(Held::Done(value, None));
                Ok(Effect::Unrecorded)
            }
        }
    }

    fn answer(&mut self, durable: Result<(), Error>) {
        let answer = match (durable, self.held.take()) {
            (Err(error), _) => Err(error),
            (Ok(()), Some(Held::Done(value, record))) => Ok(Committed { value, record }),
            (Ok(()), Some(Held::Refused(error, record))) => Err(error.with_record(record)),
            (Ok(()), None) => Err(Error::internal("a closure was answered before it ran")),
        };
        if let Some(caller) = self.caller.take() {
            let recorded = match &answer {
                Ok(committed) => committed.record,
                Err(error) => error.record(),
            };
            if recorded.is_some() {
                self.counters.recorded();
            }
            let ended = Ended::of(&answer);
            self.counters.ended(self.name, ended, self.asked.micros());
            // A caller that has gone away does not undo what is durable.
            let _gone = caller.send(answer);
        }
    }
}

/// The seeded defect of `prove kill9`: key replacements are answered before they are durable.
/// Only these, so that the defective server comes up and the proof has something to kill.
pub(crate) fn acknowledges_early(name: &str) -> bool {
    sabotage::defect("ack-before-commit") && name == "update_api_key_provider"
}
