//! How far every chain is, for the note that is signed once a second.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use procura_core::audit::chain::ChainHead;
use procura_core::audit::note::{ChainState, ClosedChains};
use procura_core::error::Error;
use procura_core::id::ChainId;

use crate::audit::ChainRow;
use crate::chain;
use crate::tx::Tx;

/// What a checkpoint says of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointView {
    /// The revocation epoch.
    pub epoch: u64,
    /// Every open chain, of every node, sorted by id.
    pub open: Vec<ChainState>,
    /// The chains that ended.
    pub closed: ClosedChains,
    /// Each of them, sorted by id.
    pub closed_rows: Arc<Vec<ChainRow>>,
    /// The open chains that no writer of this process holds.
    pub foreign: Vec<ChainId>,
    /// The chains that writers of this process have opened.
    pub opened: BTreeSet<ChainId>,
}

/// The heads of our own chains after the last commit. Never ahead of the database.
#[derive(Default)]
pub(crate) struct Published {
    own: Mutex<BTreeMap<ChainId, ChainHead>>,
    opened: Mutex<BTreeSet<ChainId>>,
    seen: Mutex<Seen>,
}

/// What was worked out for the last view, to go on from.
#[derive(Default)]
struct Seen {
    foreign: BTreeMap<ChainId, ChainHead>,
    closed: Option<(ClosedChains, Arc<Vec<ChainRow>>)>,
}

impl Published {
    /// After a commit, and only then.
    pub(crate) fn publish(&self, head: &ChainHead) {
        lock(&self.own).insert(head.chain(), head.clone());
        lock(&self.opened).insert(head.chain());
    }

    /// The chain is closed, or left to be closed.
    pub(crate) fn forget(&self, chain: ChainId) {
        lock(&self.own).remove(&chain);
    }

    /// The heads as they are now.
    pub(crate) fn heads(&self) -> BTreeMap<ChainId, ChainHead> {
        lock(&self.own).clone()
    }

    /// What a checkpoint says, from the snapshot of `tx`. `own` was taken before that snapshot: a
    /// chain that is open in the snapshot is at least as long as its head in `own`, and one that
    /// has been closed since is counted among the closed ones.
    pub(crate) fn view(
        &self,
        tx: &mut Tx<'_>,
        own: &BTreeMap<ChainId, ChainHead>,
    ) -> Result<CheckpointView, Error> {
        let epoch = tx.epoch()?;
        let (mut open, mut foreign) = (Vec::new(), BTreeMap::new());
        for chain in chain::open_chains(tx)? {
            if let Some(head) = own.get(&chain) {
                open.push(ChainState::from(head));
            } else {
                let head = self.foreign_head(tx, chain)?;
                open.push(ChainState::from(&head));
                foreign.insert(chain, head);
            }
        }
        let (closed, closed_rows) = self.closed(tx)?;
        let strangers = foreign.keys().copied().collect();
        lock(&self.seen).foreign = foreign;
        Ok(CheckpointView {
            epoch,
            open,
            closed,
            closed_rows,
            foreign: strangers,
            opened: lock(&self.opened).clone(),
        })
    }

    /// Chains are closed once and never removed, so the same count is the same set.
    fn closed(&self, tx: &mut Tx<'_>) -> Result<(ClosedChains, Arc<Vec<ChainRow>>), Error> {
        let count = chain::closed_count(tx)?;
        let known = lock(&self.seen).closed.clone();
        if let Some(known) = known.filter(|(closed, _)| closed.count == count) {
            return Ok(known);
        }
        let mut rows = tx.chains()?;
        rows.retain(|row| row.closed.is_some());
        let states: Vec<_> = rows.iter().filter_map(|row| row.closed).collect();
        let closed = (ClosedChains::of(&states), Arc::new(rows));
        lock(&self.seen).closed = Some(closed.clone());
        Ok(closed)
    }

    fn foreign_head(&self, tx: &mut Tx<'_>, chain: ChainId) -> Result<ChainHead, Error> {
        let known = lock(&self.seen).foreign.get(&chain).cloned();
        match known {
            Some(mut head) => {
                chain::follow(tx, &mut head)?;
                Ok(head)
            }
            None => chain::load_open(tx, chain)?
                .ok_or_else(|| Error::inconsistent("audit_chain", "closed_size")),
        }
    }
}

/// What a reading thread needs to work a view out.
pub(crate) type SharedPublished = Arc<Published>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
