//! How often something may happen: the decision of a token bucket, as a function of values.
//!
//! It is the generic cell rate algorithm: all that is remembered of a bucket is one moment, when it
//! will be full again. Taking moves it on by one interval; a bucket whose moment lies further ahead
//! than its depth is empty.

use crate::time::Timestamp;

const MICROS: i64 = 1_000_000;
/// How far apart the times of requests that meet at a bucket lie at most, in microseconds: theirs is
/// when they came, and one may take longer than another. What is further off is a clock that was set
/// back.
const APART: i64 = 60 * MICROS;

/// How often something may happen in the long run, and how often at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Times a second, refilled evenly; 1 to 1,000,000, and what lies outside counts as the nearer.
    pub per_second: u32,
    /// Times at once, out of a full bucket; 0 counts as 1.
    pub burst: u32,
}

/// When a bucket is full again, in microseconds since 1970. What lies in the past is a full bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FullAt(i64);

impl FullAt {
    /// The moment as a number, to be kept in an atomic.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment that was kept.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
}

/// The bucket is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty {
    /// When one can be taken again, in whole seconds from now; at least 1.
    pub retry_after_s: u32,
}

impl Rate {
    /// Takes one out of the bucket: what to remember of it, or that it is empty.
    pub fn take(self, full_at: FullAt, now: Timestamp) -> Result<FullAt, Empty> {
        let after = self.start(full_at, now) + self.interval();
        let wait = after - micros(now) - self.depth();
        if wait <= 0 {
            return Ok(FullAt(after));
        }
        let seconds = wait.saturating_add(MICROS - 1) / MICROS;
        Err(Empty {
            retry_after_s: u32::try_from(seconds).unwrap_or(u32::MAX).max(1),
        })
    }

    /// Takes one out of the bucket, also when it is empty, which it then stays for no longer: for
    /// what has happened already and cannot be refused.
    pub fn charge(self, full_at: FullAt, now: Timestamp) -> FullAt {
        let start = self.start(full_at, now);
        let after = (start + self.interval()).min(micros(now) + self.depth());
        // Who comes late takes nothing back.
        FullAt(after.max(start))
    }

    /// Not in the past. A bucket that seems to have been emptied in the future tells of a clock that
    /// was set back, and is full.
    fn start(self, full_at: FullAt, now: Timestamp) -> i64 {
        let now = micros(now);
        if full_at.0 > now + self.depth() + APART {
            return now;
        }
        full_at.0.max(now)
    }

    fn interval(self) -> i64 {
        (MICROS / i64::from(self.per_second.max(1))).max(1)
    }

    fn depth(self) -> i64 {
        self.interval() * i64::from(self.burst.max(1))
    }
}

/// Far from the ends of `i64`, so that sums with a depth cannot overflow.
fn micros(at: Timestamp) -> i64 {
    at.millis()
        .saturating_mul(1000)
        .clamp(i64::MIN / 4, i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 4,
        burst: 3,
    };
    const NOW: Timestamp = Timestamp::from_millis(1_763_000_000_000);

    fn after(millis: i64) -> Timestamp {
        Timestamp::from_millis(NOW.millis() + millis)
    }

    fn drained(rate: Rate) -> FullAt {
        let mut full_at = FullAt::default();
        for _ in 0..rate.burst.max(1) {
            full_at = rate.take(full_at, NOW).unwrap();
        }
        full_at
    }

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let mut full_at = drained(RATE);
        assert_eq!(RATE.take(full_at, NOW), Err(Empty { retry_after_s: 1 }));
        assert!(RATE.take(full_at, after(249)).is_err());
        full_at = RATE.take(full_at, after(250)).unwrap();
        assert!(RATE.take(full_at, after(250)).is_err());
        // After a long rest there is a burst, and not more.
        for _ in 0..3 {
            full_at = RATE.take(full_at, after(60_000)).unwrap();
        }
        assert!(RATE.take(full_at, after(60_000)).is_err());
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds_and_is_enough() {
        for per_second in [1, 3, 7, 1000] {
            let rate = Rate {
                per_second,
                burst: 1,
            };
            let full_at = drained(rate);
            let wait_s = rate.take(full_at, NOW).unwrap_err().retry_after_s;
            assert_eq!(wait_s, 1);
            assert!(rate.take(full_at, after(i64::from(wait_s) * 1000)).is_ok());
        }
    }

    #[test]
    fn what_is_charged_empties_and_never_locks_out_for_longer() {
        let mut full_at = drained(RATE);
        for _ in 0..1000 {
            full_at = RATE.charge(full_at, NOW);
        }
        assert!(RATE.take(full_at, NOW).is_err());
        assert!(RATE.take(full_at, after(250)).is_ok());
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let full_at = drained(RATE);
        assert!(RATE.take(full_at, after(-3_600_000)).is_ok());
        let charged = RATE.charge(full_at, after(-3_600_000));
        assert!(RATE.take(charged, after(-3_600_000)).is_ok());
    }

    /// Requests meet at a bucket in another order than they came.
    #[test]
    fn who_came_earlier_and_is_late_finds_no_fuller_bucket() {
        let full_at = drained(RATE);
        assert!(RATE.take(full_at, after(-30_000)).is_err());
        let charged = RATE.charge(full_at, after(-30_000));
        assert_eq!(charged, full_at);
    }

    #[test]
    fn no_rate_and_no_time_overflow() {
        for rate in [(0, 0), (1, u32::MAX), (u32::MAX, u32::MAX)] {
            let rate = Rate {
                per_second: rate.0,
                burst: rate.1,
            };
            for at in [i64::MIN, 0, i64::MAX] {
                let at = Timestamp::from_millis(at);
                for full_at in [i64::MIN, 0, i64::MAX] {
                    let _ = rate.take(FullAt(full_at), at);
                    let _ = rate.charge(FullAt(full_at), at);
                }
            }
        }
    }
}
