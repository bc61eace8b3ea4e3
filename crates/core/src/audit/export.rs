//! The file that an auditor takes away: every record, and the checkpoint that closes it.
//!
//! ```text
//! procura audit export v1
//! {"v":1,"chain":"chn_…","seq":0,…}        records, chain after chain, in the order of their ids
//! checkpoint
//! procura checkpoint v1                    a signed note, see `note`
//! …
//! ```
//!
//! Nothing in the file is outside of the signature: records by their tree, the rest because only
//! one spelling of it is taken.

use std::collections::BTreeMap;

use crate::audit::chain::{BrokenChain, ChainHead};
use crate::audit::note::{ChainState, Checkpoint, ClosedChains, InvalidNote, VerifierKey};
use crate::audit::record::Record;
use crate::id::ChainId;
use crate::sabotage;

/// The first line of an export.
pub const TITLE: &str = "procura audit export v1";
/// The line between the records and the note.
pub const CHECKPOINT_LINE: &str = "checkpoint";

/// The first thing that is wrong with an export.
#[derive(Debug, thiserror::Error)]
pub enum Tampered {
    /// A line that does not belong where it stands.
    #[error("line {line}: not the form of an export")]
    Form {
        /// The line, from 1.
        line: u64,
    },
    /// A chain that does not hold together.
    #[error("line {line}: {source}")]
    Chain {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        source: BrokenChain,
    },
    /// The note is not one of the key.
    #[error("the closing checkpoint: {0}")]
    Note(#[from] InvalidNote),
    /// A chain is not as the note says.
    #[error(
        "{chain} has {found} records that do not agree with the checkpoint, which has {signed}"
    )]
    Disagrees {
        /// The chain.
        chain: ChainId,
        /// Its records in the file.
        found: u64,
        /// Its records by the note.
        signed: u64,
    },
    /// A chain that no note names: nobody signed that it began.
    #[error("{chain} is named by none of the checkpoints that were kept")]
    Unknown {
        /// The chain.
        chain: ChainId,
    },
    /// Two notes sign two histories of one chain.
    #[error("the checkpoints that were kept sign two histories of {chain}")]
    Forked {
        /// The chain.
        chain: ChainId,
    },
    /// The chains that ended are not the ones that were signed.
    #[error("the closed chains do not agree with the checkpoint: {found} here, {signed} signed")]
    Closed {
        /// Closed chains in the file.
        found: u64,
        /// Closed chains by the note.
        signed: u64,
    },
}

/// What a verified export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The closing checkpoint.
    pub checkpoint: Checkpoint,
    /// How many chains there are.
    pub chains: u64,
    /// How many records there are.
    pub records: u64,
}

/// Reads an export line by line; memory does not grow with records.
#[derive(Debug, Default, Clone)]
pub struct Verifier {
    line: u64,
    current: Option<ChainHead>,
    states: Vec<ChainState>,
    records: u64,
    note: Option<String>,
    kept: Option<Kept>,
}

/// What notes that were kept elsewhere demand of the chains.
#[derive(Debug, Default, Clone)]
struct Kept {
    /// Each state that was signed, until it is reached.
    states: BTreeMap<(ChainId, u64), ChainState>,
    /// Every chain that was named, and its size if it was signed that it ended.
    named: BTreeMap<ChainId, Option<u64>>,
}

impl Kept {
    fn add(&mut self, checkpoint: &Checkpoint) -> Result<(), Tampered> {
        if checkpoint.restored.is_some() {
            self.cut_back(checkpoint);
        }
        for state in checkpoint.open.iter().chain(&checkpoint.ended) {
            let known = self.states.insert((state.chain, state.size), *state);
            if known.is_some_and(|known| known != *state) {
                return Err(Tampered::Forked { chain: state.chain });
            }
            self.named.entry(state.chain).or_default();
        }
        for state in &checkpoint.ended {
            self.named.insert(state.chain, Some(state.size));
        }
        Ok(())
    }

    /// The database was put back: of what was signed before, that remains which the chains of
    /// `restored` begin with. Each of them ends where the backup was made, and perhaps with a record
    /// that says so.
    fn cut_back(&mut self, restored: &Checkpoint) {
        let chains = restored.open.iter().chain(&restored.ended);
        let reached: BTreeMap<ChainId, &ChainState> =
            chains.map(|state| (state.chain, state)).collect();
        self.states.retain(|(chain, size), state| {
            let now = reached.get(chain);
            now.is_some_and(|now| *size < now.size || *state == **now)
        });
        self.named.retain(|chain, _| reached.contains_key(chain));
    }

    /// After the last record: everything that was signed was reached, and nothing else is there.
    fn check(mut self, found: &[ChainState], closing: &Checkpoint) -> Result<(), Tampered> {
        let size_of = |chain| {
            found
                .iter()
                .find(|state| state.chain == chain)
                .map_or(0, |s| s.size)
        };
        let disagrees = |chain, signed| Tampered::Disagrees {
            chain,
            found: size_of(chain),
            signed,
        };
        if let Some(cut) = self.states.values().next() {
            return Err(disagrees(cut.chain, cut.size));
        }
        self.add(closing)?;
        for state in found {
            match self.named.get(&state.chain) {
                None => return Err(Tampered::Unknown { chain: state.chain }),
                Some(Some(end)) if *end != state.size => return Err(disagrees(state.chain, *end)),
                Some(_) => {}
            }
        }
        Ok(())
    }
}

impl Verifier {
    /// A verifier before the first line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Demands that the chains agree with these checkpoints of a node, which were kept elsewhere: a
    /// history that was rewritten whole does not, nor does a chain that none of them names.
    pub fn expect(&mut self, checkpoints: &[Checkpoint]) -> Result<(), Tampered> {
        let kept = self.kept.get_or_insert_default();
        checkpoints
            .iter()
            .try_for_each(|checkpoint| kept.add(checkpoint))
    }

    /// Takes the next line, with its newline. Gives the record, if it is one.
    pub fn line(&mut self, line: &[u8]) -> Result<Option<Record>, Tampered> {
        self.line += 1;
        let form = Tampered::Form { line: self.line };
        let Some(content) = line.strip_suffix(b"\n") else {
            return Err(form);
        };
        if self.line == 1 {
            return if content == TITLE.as_bytes() {
                Ok(None)
            } else {
                Err(form)
            };
        }
        if let Some(note) = &mut self.note {
            let Ok(text) = std::str::from_utf8(line) else {
                return Err(form);
            };
            note.push_str(text);
            return Ok(None);
        }
        if content == CHECKPOINT_LINE.as_bytes() {
            self.end_chain();
            self.note = Some(String::new());
            return Ok(None);
        }
        self.record(content).map(Some)
    }

    fn record(&mut self, content: &[u8]) -> Result<Record, Tampered> {
        let line = self.line;
        // The chain is read from the record only to know where one chain ends and the next
        // begins; `follow` then checks the record whole.
        let starts = Record::from_line(content).map_err(|_| Tampered::Form { line })?;
        if self
            .current
            .as_ref()
            .is_none_or(|chain| chain.chain() != starts.chain)
        {
            self.end_chain();
            if self
                .states
                .last()
                .is_some_and(|last| last.chain >= starts.chain)
            {
                return Err(Tampered::Form { line });
            }
            self.current = Some(ChainHead::new(starts.chain));
        }
        let Some(chain) = &mut self.current else {
            return Err(Tampered::Form { line });
        };
        let record = chain
            .follow(content)
            .map_err(|source| Tampered::Chain { line, source })?;
        self.records += 1;
        let state = ChainState::from(&*chain);
        let kept = self.kept.as_mut();
        if let Some(signed) = kept.and_then(|kept| kept.states.remove(&(state.chain, state.size)))
            && signed != state
        {
            let (chain, found, signed) = (state.chain, state.size, signed.size);
            return Err(Tampered::Disagrees {
                chain,
                found,
                signed,
            });
        }
        Ok(record)
    }

    fn end_chain(&mut self) {
        if let Some(chain) = self.current.take() {
            self.states.push(ChainState::from(&chain));
        }
    }

    /// After the last line: whether all of it is what `key` signed.
    pub fn finish(self, key: &VerifierKey) -> Result<Verified, Tampered> {
        let Some(note) = self.note else {
            return Err(Tampered::Form {
                line: self.line + 1,
            });
        };
        let checkpoint = key.open(&note)?;
        if let Some(kept) = self.kept {
            kept.check(&self.states, &checkpoint)?;
        }
        let mut closed = self.states.clone();
        for signed in &checkpoint.open {
            let found = self.states.iter().find(|state| state.chain == signed.chain);
            if found != Some(signed) && !sabotage::defect("checkpoint-ignored") {
                return Err(Tampered::Disagrees {
                    chain: signed.chain,
                    found: found.map_or(0, |state| state.size),
                    signed: signed.size,
                });
            }
            closed.retain(|state| state.chain != signed.chain);
        }
        let closed = ClosedChains::of(&closed);
        if closed != checkpoint.closed && !sabotage::defect("checkpoint-ignored") {
            let (found, signed) = (closed.count, checkpoint.closed.count);
            return Err(Tampered::Closed { found, signed });
        }
        let chains = u64::try_from(self.states.len()).unwrap_or(u64::MAX);
        Ok(Verified {
            checkpoint,
            chains,
            records: self.records,
        })
    }
}
