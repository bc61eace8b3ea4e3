//! Reading the records, and the export that an auditor verifies offline.

use procura_authority::Target;
use procura_core::audit::note::ChainState;
use procura_core::error::Error;
use procura_core::id::{ChainId, RecordId};

use crate::App;
use crate::operation::OpCx;

/// The most records that one read gives.
pub const RECORDS_MAX: u32 = 1000;

impl App {
    /// Records in the order of time: the newest `limit`, or those after `after`.
    pub async fn records(
        &self,
        cx: &mut OpCx,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let account = cx.caller.account();
        match account {
            Some(account) => self.authorize(cx, &Target::Account(account))?,
            None => self.authorize(cx, &Target::Deployment)?,
        }
        let (limit, newest_first) = (limit.min(RECORDS_MAX), after.is_none());
        let mut lines = self
            .store
            .run_read("records", move |tx| {
                tx.audit_records(account, after, limit, newest_first)
            })
            .await?;
        if newest_first {
            lines.reverse();
        }
        Ok(lines)
    }

    /// All chains, in the order of their ids, as far as the closing checkpoint signs them: the
    /// caller writes the lines of each, read with [`App::export_lines`], and then the note.
    pub async fn begin_export(&self, cx: &mut OpCx) -> Result<(Vec<ChainState>, String), Error> {
        // An export has the records of every account: it is the operator's to take.
        self.authorize(cx, &Target::Deployment)?;
        let (note, open) = self.write_checkpoint().await?;
        let rows = self.store.run_read("chains", |tx| tx.chains()).await?;
        let mut states = open;
        let open: Vec<ChainId> = states.iter().map(|state| state.chain).collect();
        states.extend(
            rows.into_iter()
                .filter_map(|row| row.closed)
                .filter(|s| !open.contains(&s.chain)),
        );
        states.sort_unstable_by_key(|state| state.chain);
        Ok((states, note))
    }

    /// The records of a chain from `from_seq` on.
    pub async fn export_lines(
        &self,
        cx: &mut OpCx,
        chain: ChainId,
        from_seq: u64,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, Error> {
        self.authorize(cx, &Target::Deployment)?;
        let read = move |tx: &mut procura_store::Tx<'_>| tx.chain_lines(chain, from_seq, limit);
        self.store.run_read("export_lines", read).await
    }
}
