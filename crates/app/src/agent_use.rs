//! When agents got a token or a credential last.
//!
//! A use costs a place in memory and no write: once a minute, and when it stops, a node writes what
//! was used on it since. What the database says is so late by a minute at most, and a node that is
//! killed forgets the last one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use procura_core::account::AccountId;
use procura_core::error::Error;
use procura_core::id::AgentId;
use procura_core::time::Timestamp;
use procura_store::Outcome;

use crate::App;
use crate::task::Stop;

/// How often uses are written.
const EVERY: Duration = Duration::from_mins(1);
/// How many agents at once, so that nobody waits long.
const WRITTEN_MAX: usize = 500;

/// What was used on this node and is not written yet.
#[derive(Default)]
pub(crate) struct AgentUses(Mutex<HashMap<(AccountId, AgentId), Timestamp>>);

impl AgentUses {
    fn held(&self) -> MutexGuard<'_, HashMap<(AccountId, AgentId), Timestamp>> {
        // Whoever panicked had put in one entry or none: the map is good.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that an agent got something at `at`.
    pub(crate) fn note(&self, account: AccountId, agent: AgentId, at: Timestamp) {
        let mut held = self.held();
        let last = held.entry((account, agent)).or_insert(at);
        *last = at.max(*last);
    }

    /// The later of what is written and of what is not written yet.
    pub(crate) fn last(
        &self,
        account: AccountId,
        agent: AgentId,
        written: Option<Timestamp>,
    ) -> Option<Timestamp> {
        written.max(self.held().get(&(account, agent)).copied())
    }

    fn take(&self) -> Vec<(AccountId, AgentId, Timestamp)> {
        let taken = std::mem::take(&mut *self.held());
        let mut uses: Vec<_> = taken
            .into_iter()
            .map(|((account, agent), at)| (account, agent, at))
            .collect();
        // Nodes that write the same rows at once write them in one order.
        uses.sort_unstable();
        uses
    }
}

impl App {
    /// Writes the uses of agents until the node stops, and once more then.
    pub(crate) async fn write_agent_uses_regularly(&self, mut stop: Stop) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let stops = tokio::select! {
                _ = tick.tick() => false,
                () = stop.requested() => true,
            };
            if let Err(error) = self.write_agent_uses().await {
                tracing::warn!(cause = ?error.cause(), "the last use of agents cannot be written");
            }
            if stops {
                return;
            }
        }
    }

    /// Writes which agents were used since the last time. What cannot be written is kept.
    pub async fn write_agent_uses(&self) -> Result<(), Error> {
        let uses = self.agent_uses.take();
        for (at, some) in uses.chunks(WRITTEN_MAX).enumerate() {
            let batch = some.to_vec();
            let written = self
                .store
                .run_tx("write_agent_uses", move |tx| {
                    for (account, agent, at) in &batch {
                        tx.account(*account).note_agent_use(*agent, *at)?;
                    }
                    Ok(Outcome::Unrecorded(()))
                })
                .await;
            if let Err(error) = written {
                let rest = uses.chunks(WRITTEN_MAX).skip(at).flatten();
                for (account, agent, at) in rest {
                    self.agent_uses.note(*account, *agent, *at);
                }
                return Err(error);
            }
        }
        Ok(())
    }
}
