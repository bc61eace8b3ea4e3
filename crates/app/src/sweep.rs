//! What is over is deleted: tokens, proofs of users, signatures that nobody could use again.

use std::time::Duration;

use procura_core::authorization_session::REMEMBERED_S;
use procura_core::error::Error;
use procura_store::Outcome;

use crate::App;
use crate::task::Stop;

/// How often.
const EVERY: Duration = Duration::from_secs(10);
/// How much of each kind at once, so that nobody waits long.
pub(crate) const SWEPT_MAX: u32 = 500;

impl App {
    /// Sweeps until the node stops.
    pub(crate) async fn sweep_regularly(&self, mut stop: Stop) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut fails = false;
        while !stop.is_requested() {
            tokio::select! {
                _ = tick.tick() => {}
                () = stop.requested() => return,
            }
            match self.sweep().await {
                Ok(_) if fails => {
                    tracing::info!("what is over is deleted again");
                    fails = false;
                }
                Err(error) if !fails => {
                    tracing::warn!(cause = ?error.cause(), "what is over cannot be deleted");
                    fails = true;
                }
                _ => {}
            }
        }
    }

    /// Deletes everything that is over; how many rows went.
    pub async fn sweep(&self) -> Result<u64, Error> {
        self.recover_exchanges().await;
        let mut all = self.forget_signatures().await?;
        let now = self.now();
        loop {
            let swept = self
                .store
                .run_tx("sweep", move |tx| {
                    let tokens = tx.sweep_machine_tokens(now, SWEPT_MAX)?;
                    let proofs = tx.sweep_subject_tokens(now, SWEPT_MAX)?;
                    let remembered = now.plus_seconds(-REMEMBERED_S);
                    let sessions = tx.sweep_authorization_sessions(remembered, SWEPT_MAX)?;
                    let sign_ins = tx.sweep_pool_sign_ins(now, SWEPT_MAX)?;
                    let logins = tx.sweep_pool_logins(now, SWEPT_MAX)?;
                    let keys = tx.sweep_temporary_keys(now, SWEPT_MAX)?;
                    let of_pools = tx.sweep_user_pool_keys(now, SWEPT_MAX)?;
                    let uses = tx.sweep_task_uses(now, SWEPT_MAX)?;
                    let swept = [
                        tokens, proofs, sessions, sign_ins, logins, keys, of_pools, uses,
                    ];
                    Ok(Outcome::Unrecorded(swept))
                })
                .await?
                .value;
            all += swept.iter().sum::<u64>();
            if swept.iter().all(|swept| *swept < u64::from(SWEPT_MAX)) {
                return Ok(all);
            }
        }
    }
}
