//! A signature of a state-changing request is used once, on whatever node, also after a restart.
//!
//! A signature is good for minutes, and whoever has seen the request can send it again. Which
//! requests are guarded is told by the server, operation by operation.
//! [Decision 0018](../../../docs/decisions/0018-who-is-refused-for-asking-too-often.md) says why a
//! repetition within moments is told to come again, and a later one that it is a replay.

use procura_core::error::Error;
use procura_core::time::Timestamp;
use procura_protocol::sigv4::{Presented, SKEW_MS_MAX};
use procura_store::Outcome;

use crate::App;
use crate::authentication::Unauthenticated;
use crate::operation::OpCx;
use crate::sweep::SWEPT_MAX;

/// How long after its first use a signature may come again from an honest client, in milliseconds:
/// what a client sends twice within a second has the same signature, if all that tells the requests
/// apart is a header that it does not sign, as botocore's retries are.
const RETRY_MS: i64 = 2_000;
/// How much longer than it is good a signature is kept, in milliseconds: clocks of nodes differ, and
/// one that differs more stops.
const SPARE_MS: i64 = 60_000;

impl App {
    /// Uses the signature of a proved request, once.
    pub async fn use_signature(
        &self,
        cx: &OpCx,
        presented: &Presented<'_>,
    ) -> Result<(), Unauthenticated> {
        let (fingerprint, now) = (presented.fingerprint(), cx.now);
        let kept_ms = kept_ms(presented.request_time(), now);
        let used = self
            .store
            .run_tx("use_signature", move |tx| {
                tx.use_signature(&fingerprint, now, kept_ms)
                    .map(Outcome::Unrecorded)
            })
            .await
            .map_err(Unauthenticated::Failed)?;
        match used.value {
            None => Ok(()),
            Some(before) if now.millis_since(before).abs() <= RETRY_MS => {
                Err(Unauthenticated::Repeated)
            }
            Some(_) => Err(Unauthenticated::Replayed),
        }
    }

    /// Forgets the signatures that are too old to be good: how many.
    pub async fn forget_signatures(&self) -> Result<u64, Error> {
        let mut all = 0;
        loop {
            let swept = self
                .store
                .run_tx("forget_signatures", |tx| {
                    tx.forget_signatures(SWEPT_MAX).map(Outcome::Unrecorded)
                })
                .await?
                .value;
            all += swept;
            if swept < u64::from(SWEPT_MAX) {
                return Ok(all);
            }
        }
    }
}

/// Until it is too old for every node, in milliseconds from now. It is a length and no moment,
/// because it is counted by the clock of the database.
fn kept_ms(signed_at: Timestamp, now: Timestamp) -> u32 {
    let good_ms = (signed_at.millis_since(now) + SKEW_MS_MAX).clamp(0, 2 * SKEW_MS_MAX);
    u32::try_from(good_ms + SPARE_MS).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_kept_for_as_long_as_it_is_good_and_longer() {
        let now = Timestamp::from_millis(1_763_000_000_000);
        for (ahead_s, kept) in [
            (0, 360_000),
            (300, 660_000),
            (-300, 60_000),
            (-301, 60_000),
            (9_999, 660_000),
        ] {
            assert_eq!(kept_ms(now.plus_seconds(ahead_s), now), kept);
        }
    }
}
