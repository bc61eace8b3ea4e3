//! Checkpoints: once a second, while there are new records, a signed note leaves the database.

use std::sync::atomic::Ordering;

use procura_core::audit::note::{ChainState, VerifierKey};
use procura_core::audit::record::Record;
use procura_core::error::Error;

use crate::App;
use crate::notes::CheckpointError;

impl App {
    /// The first note of this process, which compares the database with the note before.
    pub(crate) async fn first_checkpoint(&self) -> Result<(), CheckpointError> {
        let mut notes = self.notes.lock().await;
        let view = self.store.checkpoint_view().await?;
        let mut barren = Vec::new();
        for state in notes.young(&view) {
            if self.is_barren(&state).await? {
                barren.push(state);
            }
        }
        notes.compare(&view, &barren)?;
        tokio::task::block_in_place(|| notes.write(&view, self.now()))?;
        drop(notes);
        self.store.save_frontiers().await?;
        Ok(())
    }

    /// Whether a chain holds nothing but its beginning and its end: nobody was served under it.
    async fn is_barren(&self, state: &ChainState) -> Result<bool, Error> {
        const EVENTS: [&str; 2] = ["open", "close"];
        let (chain, limit) = (state.chain, 3);
        let lines = self
            .store
            .run_read("is_barren", move |tx| tx.chain_lines(chain, 0, limit))
            .await?;
        Ok(lines.len() <= EVENTS.len()
            && lines.iter().zip(EVENTS).all(|(line, event)| {
                Record::from_line(line).is_ok_and(|record| record.entry.operation == event)
            }))
    }

    /// Signs how far the chains are, if that changed; gives the newest note and its open chains.
    pub async fn write_checkpoint(&self) -> Result<(String, Vec<ChainState>), Error> {
        let (note, open, news) = self.sign_checkpoint().await?;
        if news {
            self.store.save_frontiers().await?;
        }
        Ok((note, open))
    }

    /// Signs and writes a note, and nothing to the database: also after its last write.
    pub(crate) async fn sign_checkpoint(&self) -> Result<(String, Vec<ChainState>, bool), Error> {
        // The lock keeps notes in order.
        let mut notes = self.notes.lock().await;
        let view = self.store.checkpoint_view().await?;
        let news = notes.is_news(&view);
        // A write and an fsync of a few hundred bytes.
        let now = self.now();
        let written = tokio::task::block_in_place(|| notes.write(&view, now));
        self.note_counters.signed(written.is_ok(), news, now);
        self.checkpoints_fail
            .store(written.is_err(), Ordering::Relaxed);
        let note = written.map_err(Error::internal_source)?;
        Ok((note, view.open, news))
    }

    /// The key that verifies this node's notes.
    pub async fn verifier_key(&self) -> VerifierKey {
        self.notes.lock().await.verifier_key()
    }
}
