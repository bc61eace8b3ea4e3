//! What a node tells of itself, apart from what the store does.

use std::sync::atomic::{AtomicI64, Ordering};

use procura_core::measure::Count;
use procura_core::sealing;
use procura_core::time::Timestamp;
pub use procura_store::StoreCounts;

use crate::App;

/// The notes of a node.
#[derive(Debug)]
pub(crate) struct NoteCounters {
    written: Count,
    failed: Count,
    /// When the newest note was last known to say all there is, in milliseconds since 1970.
    current_at: AtomicI64,
}

impl NoteCounters {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            written: Count::new(),
            failed: Count::new(),
            current_at: AtomicI64::new(now.millis()),
        }
    }

    /// A note was to be written; `news` is whether there was anything to say.
    pub(crate) fn signed(&self, succeeded: bool, news: bool, now: Timestamp) {
        if !succeeded {
            self.failed.add_one();
            return;
        }
        if news {
            self.written.add_one();
        }
        self.current_at.store(now.millis(), Ordering::Relaxed);
    }
}

/// What a node tells of itself at a moment.
#[derive(Debug, Clone)]
pub struct Counts {
    /// Unwrapped encryption keys in memory.
    pub keys_cached: u64,
    /// Providers that are left alone because they do not answer.
    pub providers_left_alone: u64,
    /// Values that this process has sealed.
    pub sealed: u64,
    /// Values that this process has opened.
    pub opened: u64,
    /// Notes that were signed and written.
    pub notes_written: u64,
    /// Notes that could not be written.
    pub notes_failed: u64,
    /// Since when the newest note may not say all there is, in milliseconds.
    pub note_age_ms: i64,
    /// The store's own.
    pub store: StoreCounts,
}

impl App {
    /// What this node tells of itself. No tenant's names or ids are in it.
    pub fn counts(&self) -> Counts {
        let (sealed, opened) = sealing::counts();
        let current_at = self.note_counters.current_at.load(Ordering::Relaxed);
        let current_at = Timestamp::from_millis(current_at);
        Counts {
            keys_cached: self.keyring.cached(),
            providers_left_alone: self.circuits.open_at(self.now()),
            sealed,
            opened,
            notes_written: self.note_counters.written.get(),
            notes_failed: self.note_counters.failed.get(),
            note_age_ms: self.now().millis_since(current_at).max(0),
            store: self.store.counts(),
        }
    }
}
