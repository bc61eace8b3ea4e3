//! Counts and histograms that cost an atomic addition: what the service tells of itself.
//!
//! Whoever measures does not know how it is shown: the server turns these into the text that a
//! monitoring system reads. Nothing here may decide anything.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// How often something happened since the process began.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Zero.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Once more.
    pub fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many there are of something that comes and goes.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// None.
    pub const fn new() -> Self {
        Self(AtomicI64::new(0))
    }

    /// One comes.
    pub fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One goes.
    pub fn down(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Now.
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How something is spread over fixed bounds.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what lies above all.
    counts: Vec<Count>,
    sum: AtomicU64,
}

/// A histogram at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The upper bounds, inclusive, in the unit of what was measured.
    pub bounds: &'static [u64],
    /// How many lie in each, not above the bound before; the last is above all bounds.
    pub counts: Vec<u64>,
    /// All of them together.
    pub sum: u64,
}

/// Bounds of durations in microseconds: a quarter of a millisecond to ten seconds.
pub const DURATION_BOUNDS_US: &[u64] = &[
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000,
];

impl Histogram {
    /// An empty one over `bounds`, which are in ascending order.
    pub fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| Count::new()).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// An empty one of durations in microseconds.
    pub fn of_durations() -> Self {
        Self::new(DURATION_BOUNDS_US)
    }

    /// Measures one.
    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.add_one();
        }
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What was measured so far.
    pub fn spread(&self) -> Spread {
        Spread {
            bounds: self.bounds,
            counts: self.counts.iter().map(Count::get).collect(),
            sum: self.sum.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lies_below_the_first_bound_that_is_not_smaller() {
        let histogram = Histogram::new(&[1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 100, 101, 5_000] {
            histogram.observe(value);
        }
        let spread = histogram.spread();
        assert_eq!(spread.counts, [2, 2, 2, 2]);
        assert_eq!(spread.sum, 5_225);
    }
}
