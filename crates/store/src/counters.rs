//! What the store tells of itself: transactions by name and outcome, how long they took, how many
//! were committed together.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use procura_core::error::{Error, Kind};
use procura_core::measure::{Count, Histogram, Spread};

/// Bounds of how many closures were committed together.
const BATCH_BOUNDS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its effects are durable, or it has read.
    Done,
    /// It said no; its record is durable.
    Refused,
    /// The store had no time for it.
    Busy,
    /// It failed.
    Failed,
}

impl Ended {
    /// Every way to end.
    pub const ALL: [Self; 4] = [Self::Done, Self::Refused, Self::Busy, Self::Failed];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn of<T>(answer: &Result<T, Error>) -> Self {
        match answer {
            Ok(_) => Self::Done,
            Err(error) if error.record().is_some() => Self::Refused,
            Err(error) if error.kind() == Kind::Throttled => Self::Busy,
            Err(_) => Self::Failed,
        }
    }
}

/// The counts of one transaction name.
#[derive(Debug)]
struct Named {
    done: Count,
    refused: Count,
    busy: Count,
    failed: Count,
    duration_us: Histogram,
}

impl Named {
    fn new() -> Self {
        Self {
            done: Count::new(),
            refused: Count::new(),
            busy: Count::new(),
            failed: Count::new(),
            duration_us: Histogram::of_durations(),
        }
    }

    fn count(&self, ended: Ended) -> &Count {
        match ended {
            Ended::Done => &self.done,
            Ended::Refused => &self.refused,
            Ended::Busy => &self.busy,
            Ended::Failed => &self.failed,
        }
    }
}

/// The counts of a store.
#[derive(Debug)]
pub(crate) struct Counters {
    /// The names are constants of the program, so there are as many as it has closures.
    by_name: RwLock<BTreeMap<&'static str, Arc<Named>>>,
    batch: Histogram,
    records: Count,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            by_name: RwLock::new(BTreeMap::new()),
            batch: Histogram::new(BATCH_BOUNDS),
            records: Count::new(),
        }
    }
}

impl Counters {
    /// A transaction ended, so long after it was asked for.
    pub(crate) fn ended(&self, name: &'static str, ended: Ended, micros: u64) {
        let named = self.named(name);
        named.count(ended).add_one();
        named.duration_us.observe(micros);
    }

    /// So many closures were committed together.
    pub(crate) fn committed(&self, closures: usize) {
        self.batch
            .observe(u64::try_from(closures).unwrap_or(u64::MAX));
    }

    /// An audit record is durable.
    pub(crate) fn recorded(&self) {
        self.records.add_one();
    }

    fn named(&self, name: &'static str) -> Arc<Named> {
        let known = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(named) = known.get(name) {
            return Arc::clone(named);
        }
        drop(known);
        let mut all = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(name).or_insert_with(|| Arc::new(Named::new())))
    }

    pub(crate) fn view(&self, writes_waiting: usize, reads_waiting: usize) -> StoreCounts {
        let all = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let view = |(name, named): (&&'static str, &Arc<Named>)| TransactionCounts {
            name,
            ended: Ended::ALL.map(|ended| (ended, named.count(ended).get())),
            duration_us: named.duration_us.spread(),
        };
        StoreCounts {
            transactions: all.iter().map(view).collect(),
            batch: self.batch.spread(),
            records: self.records.get(),
            writes_waiting,
            reads_waiting,
        }
    }
}

/// The transactions of one name.
#[derive(Debug, Clone)]
pub struct TransactionCounts {
    /// The name.
    pub name: &'static str,
    /// How many ended how.
    pub ended: [(Ended, u64); 4],
    /// From being asked for to being answered, in microseconds: waiting and commit included.
    pub duration_us: Spread,
}

/// What the store tells of itself at a moment.
#[derive(Debug, Clone)]
pub struct StoreCounts {
    /// By name.
    pub transactions: Vec<TransactionCounts>,
    /// How many closures were committed together.
    pub batch: Spread,
    /// Audit records that were appended.
    pub records: u64,
    /// Closures that wait to write.
    pub writes_waiting: usize,
    /// Closures that wait to read.
    pub reads_waiting: usize,
}
