//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};

use procura_core::time::{Clock, Timestamp};

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Where every test begins: 2025-11-13T02:13:20.000Z.
    pub const START: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    /// Goes forward, or back.
    pub fn advance(&self, seconds: i64) {
        self.advance_millis(seconds * 1000);
    }

    /// Goes forward, or back.
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self(AtomicI64::new(Self::START.millis()))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
