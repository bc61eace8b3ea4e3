//! Times at the wire: JSON numbers, epoch seconds.

use serde::{Serialize, Serializer};

/// A time in whole milliseconds since the epoch, written as seconds with at most three decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochMillis(pub i64);

impl EpochMillis {
    /// The time that a client wrote as whole seconds.
    pub(crate) fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(1000).map(Self)
    }

    /// The time that a client wrote with a fraction, to the nearest millisecond.
    pub(crate) fn from_fractional_seconds(seconds: f64) -> Option<Self> {
        let millis = (seconds * 1000.0).round();
        if !(-MILLIS_EXACT_MAX..=MILLIS_EXACT_MAX).contains(&millis) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and within 2^53, just checked"
        )]
        let millis = millis as i64;
        Some(Self(millis))
    }
}

/// Every whole number up to here is an exact `f64`.
const MILLIS_EXACT_MAX: f64 = 9_007_199_254_740_992.0;

impl Serialize for EpochMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            return serializer.serialize_i64(self.0 / 1000);
        }
        // The quotient is the double nearest to the decimal, and the shortest text that reads back
        // as that double is the decimal itself: 16 digits at most, of which three are decimals.
        #[expect(
            clippy::cast_precision_loss,
            reason = "years before 287396 are below 2^53 ms"
        )]
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::EpochMillis;

    #[test]
    fn seconds_are_written_without_noise() {
        for (millis, text) in [
            (0, "0"),
            (1, "0.001"),
            (-1, "-0.001"),
            (1_763_000_000_000, "1763000000"),
            (1_763_000_000_499, "1763000000.499"),
            (1_763_000_000_500, "1763000000.5"),
            (253_402_300_799_999, "253402300799.999"),
        ] {
            assert_eq!(serde_json::to_string(&EpochMillis(millis)).unwrap(), text);
        }
    }

    #[test]
    fn every_millisecond_reads_back_as_itself() {
        for millis in
            (1_763_000_000_000..1_763_000_020_000).chain(4_102_444_800_000..4_102_444_801_000)
        {
            let text = serde_json::to_string(&EpochMillis(millis)).unwrap();
            let decimals = text
                .split_once('.')
                .map_or(0, |(_, decimals)| decimals.len());
            assert!(decimals <= 3, "{text}");
            let read = EpochMillis::from_fractional_seconds(text.parse().unwrap());
            assert_eq!(read, Some(EpochMillis(millis)));
        }
    }

    #[test]
    fn times_that_do_not_fit_are_refused() {
        assert_eq!(EpochMillis::from_seconds(i64::MAX), None);
        assert_eq!(EpochMillis::from_fractional_seconds(1e300), None);
        assert_eq!(EpochMillis::from_fractional_seconds(f64::NAN), None);
    }
}
