//! When a token holds: `exp`, `nbf`, `iat` (RFC 7519 §4.1.4 to §4.1.6).

use procura_core::time::Timestamp;
use serde_json::Value;

use crate::jose::JoseError;

/// How far the clock of an issuer may lie from ours, in seconds (RFC 7519: "a few minutes" at most).
pub const LEEWAY_S: i64 = 60;

/// 9999-12-31T23:59:59Z, in seconds.
const SECONDS_MAX: i64 = 253_402_300_799;

/// The times of a token. Fractions of a millisecond are rounded to the side that accepts less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// `exp`.
    pub expires_at: Timestamp,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `iat`.
    pub issued_at: Option<Timestamp>,
}

impl Times {
    /// Holds iff `now` < `exp` + leeway, `nbf` ≤ `now` + leeway and `iat` ≤ `now` + leeway.
    ///
    /// # Errors
    /// [`JoseError::Expired`], [`JoseError::NotYetValid`].
    pub fn check(&self, now: Timestamp, leeway_s: i64) -> Result<(), JoseError> {
        if now >= self.expires_at.plus_seconds(leeway_s) {
            return Err(JoseError::Expired);
        }
        let latest = now.plus_seconds(leeway_s);
        let begins = [self.not_before, self.issued_at];
        if begins.into_iter().flatten().any(|begin| begin > latest) {
            return Err(JoseError::NotYetValid);
        }
        Ok(())
    }
}

/// A number of seconds since 1970, with fractions (RFC 7519 §2).
#[derive(Clone, Copy)]
pub(super) enum NumericDate {
    Whole(i64),
    /// In milliseconds.
    Fraction(f64),
}

impl NumericDate {
    /// A JSON number in the range of the calendar. A string, `null` or a negative number is not one.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let Value::Number(number) = value else {
            return None;
        };
        if let Some(seconds) = number.as_i64() {
            return (0..=SECONDS_MAX)
                .contains(&seconds)
                .then_some(Self::Whole(seconds));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "below 2^53, a double has it exactly"
        )]
        let range = 0.0..=SECONDS_MAX as f64;
        let seconds = number.as_f64()?;
        range
            .contains(&seconds)
            .then_some(Self::Fraction(seconds * 1000.0))
    }

    /// Rounded down: for an end.
    pub(super) fn not_later(self) -> Timestamp {
        self.timestamp(f64::floor)
    }

    /// Rounded up: for a beginning.
    pub(super) fn not_earlier(self) -> Timestamp {
        self.timestamp(f64::ceil)
    }

    fn timestamp(self, round: fn(f64) -> f64) -> Timestamp {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounded, and within the calendar"
        )]
        let millis = match self {
            Self::Whole(seconds) => seconds.saturating_mul(1000),
            Self::Fraction(millis) => round(millis) as i64,
        };
        Timestamp::from_millis(millis)
    }
}
