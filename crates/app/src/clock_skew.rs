//! The clock of the node against that of the database.
//!
//! Times that nodes compare come from the database; a node whose own clock is far from it misjudges
//! signatures and the ends of tokens, and its operator should hear of it.

use std::time::Duration;

use procura_core::error::Error;

use crate::App;
use crate::task::Stop;

/// From which difference on it is an alarm, in milliseconds.
pub const ALARM_MS: i64 = 5_000;
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl App {
    /// By how many milliseconds the database is ahead of the node; negative when it is behind. As
    /// exact as the way there and back takes.
    pub async fn clock_skew_ms(&self) -> Result<i64, Error> {
        let before = self.now();
        let there = self.store.run_read("db_now", |tx| tx.db_now()).await?;
        let way = self.now().millis_since(before);
        Ok(there.millis_since(before) - way / 2)
    }

    /// Looks at the clocks until the node stops.
    pub(crate) async fn watch_clock(&self, mut stop: Stop) {
        let mut tick = tokio::time::interval(LOOK_EVERY);
        while !stop.is_requested() {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.requested() => return,
            }
            match self.clock_skew_ms().await {
                Ok(skew_ms) if skew_ms.abs() >= ALARM_MS => {
                    tracing::error!(
                        skew_ms,
                        "the clock of this node and that of the database differ; set them by NTP"
                    );
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(cause = ?error.cause(), "clocks not compared");
                }
            }
        }
    }
}
