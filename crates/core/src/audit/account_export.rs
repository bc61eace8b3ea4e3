//! The file that one account takes away: its own records, and the proof that each stands in the
//! chains that a node signed. Of others it has nothing but hashes, and how long the chains are.
//!
//! ```text
//! procura account export v1
//! account 123456789012
//! checkpoint
//! procura checkpoint v1                    the signed note of which everything is proved
//! …
//! since                                    only if asked for: an earlier note of the same key
//! procura checkpoint v1
//! …
//! closed chn_… 7 <root> <head>             a chain that had ended by the earlier note
//! ended chn_… 9 <root> <head>              a chain that ended since, or that had ended, without one
//! grown chn_… <hash> …                     that a chain is as it was at the earlier note, and more
//! {"v":1,"chain":"chn_…","seq":3,…}        records, in the order of chains and places
//! path <hash> …                            that the record before it stands there
//! records 1                                how many there are
//! ```
//!
//! What it proves is that nothing of it was changed or put in afterwards. What it cannot prove is
//! that it has all records of the account: a path says what is there, and not what is not.

use std::fmt::Write as _;

use crate::account::AccountId;
use crate::audit::chain::{BrokenChain, ChainHead};
use crate::audit::note::{ChainState, Checkpoint, ClosedChains};
use crate::audit::proof::WholeTree;
use crate::digest::Sha256;
use crate::id::ChainId;

pub mod verifier;

/// The first line of an account's export.
pub const TITLE: &str = "procura account export v1";

const ACCOUNT: &str = "account ";
const CHECKPOINT: &str = "checkpoint";
const SINCE: &str = "since";
const CLOSED: &str = "closed ";
const ENDED: &str = "ended ";
const GROWN: &str = "grown ";
const PATH: &str = "path";
const RECORDS: &str = "records ";
/// What the last line of a note begins with.
const SIGNATURE: &str = "\u{2014} ";

/// Why an export cannot be made of what was read.
#[derive(Debug, thiserror::Error)]
pub enum Unprovable {
    /// A chain that does not hold together.
    #[error(transparent)]
    Chain(#[from] BrokenChain),
    /// A chain that is not as the checkpoint has it.
    #[error("{chain} is not as the checkpoint has it")]
    Differs {
        /// The chain.
        chain: ChainId,
    },
    /// The earlier checkpoint has a chain that is not there, or is longer than it is now.
    #[error("the earlier checkpoint has more of {chain} than there is: the database was put back")]
    Shorter {
        /// The chain.
        chain: ChainId,
    },
    /// Which chains had ended at the earlier checkpoint is not what it signed.
    #[error("the chains that had ended by the earlier checkpoint are not those that it signed")]
    Ended,
}

/// A note with what it says.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its text, with the signature.
    pub text: String,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// The beginning of an export, up to the first chain. `ended` are all chains that are not open in
/// `now`, in the order of their ids.
pub fn heading(
    account: AccountId,
    now: &Note,
    since: Option<&Note>,
    ended: &[ChainState],
) -> Result<String, Unprovable> {
    let mut out = format!("{TITLE}\n{ACCOUNT}{account}\n{CHECKPOINT}\n{}", now.text);
    let before = match since {
        Some(since) => {
            let _ = write!(out, "{SINCE}\n{}", since.text);
            ended_before(&since.checkpoint, ended)?
        }
        None => Vec::new(),
    };
    for state in ended {
        let word = if before.contains(state) {
            CLOSED
        } else {
            ENDED
        };
        let _ = writeln!(out, "{word}{state}");
    }
    Ok(out)
}

/// Those of the chains that had ended by a checkpoint. It has only how many and a hash over them:
/// they are the first of those that it does not name, and the hash says whether that is so.
fn ended_before(earlier: &Checkpoint, ended: &[ChainState]) -> Result<Vec<ChainState>, Unprovable> {
    let was_open = |state: &ChainState| earlier.open.iter().any(|open| open.chain == state.chain);
    let count = usize::try_from(earlier.closed.count).unwrap_or(usize::MAX);
    // Ids begin with when they were made: what began later had not ended before.
    let before: Vec<ChainState> = ended
        .iter()
        .filter(|state| !was_open(state))
        .take(count)
        .copied()
        .collect();
    if ClosedChains::of(&before) == earlier.closed {
        return Ok(before);
    }
    Err(Unprovable::Ended)
}

/// The last line.
pub fn ending(records: u64) -> String {
    format!("{RECORDS}{records}\n")
}

/// One chain on its way into an export: it takes every record and keeps those of the account.
#[derive(Debug)]
pub struct ProvedChain {
    account: AccountId,
    head: ChainHead,
    tree: WholeTree,
    own: Vec<(u64, Vec<u8>)>,
}

impl ProvedChain {
    /// A chain before its first record.
    pub fn new(account: AccountId, chain: ChainId) -> Self {
        Self {
            account,
            head: ChainHead::new(chain),
            tree: WholeTree::default(),
            own: Vec::new(),
        }
    }

    /// Takes the next record, without its newline.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Unprovable> {
        let record = self.head.follow(line)?;
        self.tree.push(self.head.head());
        if record.entry.account == Some(self.account) {
            self.own.push((record.seq, line.to_vec()));
        }
        Ok(())
    }

    /// What the export has of it, if it is what `signed` says, and how many records that is.
    pub fn finish(
        self,
        signed: &ChainState,
        since: Option<&Checkpoint>,
    ) -> Result<(Vec<u8>, u64), Unprovable> {
        let chain = signed.chain;
        let differs = || Unprovable::Differs { chain };
        if ChainState::from(&self.head) != *signed {
            return Err(differs());
        }
        let mut out = Vec::new();
        if let Some(before) = since.and_then(|since| open_in(since, chain)) {
            let shorter = || Unprovable::Shorter { chain };
            let proof = self.tree.consistency(before.size, signed.size);
            let proof = hashes(&proof.ok_or_else(shorter)?);
            out.extend_from_slice(format!("{GROWN}{chain}{proof}\n").as_bytes());
        }
        let records = u64::try_from(self.own.len()).unwrap_or(u64::MAX);
        for (seq, line) in &self.own {
            let path = self.tree.inclusion(*seq, signed.size).ok_or_else(differs)?;
            out.extend_from_slice(line);
            out.extend_from_slice(format!("\n{PATH}{}\n", hashes(&path)).as_bytes());
        }
        Ok((out, records))
    }
}

/// Whether every chain that was open at the earlier checkpoint is among those of now.
pub fn all_are_there(since: &Checkpoint, now: &[ChainState]) -> Result<(), Unprovable> {
    let is_there = |open: &&ChainState| now.iter().any(|state| state.chain == open.chain);
    match since.open.iter().find(|open| !is_there(open)) {
        Some(gone) => Err(Unprovable::Shorter { chain: gone.chain }),
        None => Ok(()),
    }
}

fn open_in(checkpoint: &Checkpoint, chain: ChainId) -> Option<&ChainState> {
    checkpoint.open.iter().find(|open| open.chain == chain)
}

fn hashes(hashes: &[Sha256]) -> String {
    let each = hashes.iter().map(|hash| format!(" {}", hex::encode(hash)));
    each.collect()
}

#[cfg(test)]
mod tests;
