//! A chain as its writer holds it: where the next record goes and what it must carry.

use crate::audit::record::{Entry, FORMAT, InvalidRecord, Record};
use crate::audit::tree::{CompactTree, leaf_hash};
use crate::digest::Sha256;
use crate::id::ChainId;

/// The hash that the first record of a chain carries as the one before it.
pub const GENESIS: Sha256 = [0; 32];

/// The state of a chain after its last record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    chain: ChainId,
    head: Sha256,
    tree: CompactTree,
}

/// Why a record does not follow.
#[derive(Debug, thiserror::Error)]
pub enum BrokenChain {
    /// Not a record at all.
    #[error("record {seq} of {chain}: {source}")]
    Record {
        /// The chain.
        chain: ChainId,
        /// The place where it was expected.
        seq: u64,
        /// What is wrong with it.
        source: InvalidRecord,
    },
    /// Another chain or another place.
    #[error("record {expected} of {chain} expected, found record {found} of {of}")]
    Place {
        /// The chain that is read.
        chain: ChainId,
        /// The place that is read.
        expected: u64,
        /// The place that the record names.
        found: u64,
        /// The chain that the record names.
        of: ChainId,
    },
    /// It does not carry the hash of the record before it.
    #[error("record {seq} of {chain} does not follow the record before it")]
    Link {
        /// The chain.
        chain: ChainId,
        /// The place.
        seq: u64,
    },
}

impl ChainHead {
    /// A chain without records.
    pub fn new(chain: ChainId) -> Self {
        Self {
            chain,
            head: GENESIS,
            tree: CompactTree::default(),
        }
    }

    /// A chain that goes on from what was stored.
    pub fn resume(chain: ChainId, head: Sha256, tree: CompactTree) -> Self {
        Self { chain, head, tree }
    }

    /// The chain.
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// How many records it has.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The hash of its last record.
    pub fn head(&self) -> Sha256 {
        self.head
    }

    /// The root of its tree.
    pub fn root(&self) -> Sha256 {
        self.tree.root()
    }

    /// Its tree.
    pub fn tree(&self) -> &CompactTree {
        &self.tree
    }

    /// Appends `entry`: the line to store. The state moves with it, so a caller that does not
    /// commit must go back to a clone.
    pub fn append(&mut self, entry: Entry) -> Result<Vec<u8>, serde_json::Error> {
        let line = Record {
            v: FORMAT,
            chain: self.chain,
            seq: self.size(),
            prev: self.head,
            entry,
        }
        .to_line()?;
        self.advance(&line);
        Ok(line)
    }

    /// Reads the next line of a chain, as a verifier does.
    pub fn follow(&mut self, line: &[u8]) -> Result<Record, BrokenChain> {
        let (chain, seq) = (self.chain, self.size());
        let record =
            Record::from_line(line).map_err(|source| BrokenChain::Record { chain, seq, source })?;
        if record.chain != chain || record.seq != seq {
            let (found, of) = (record.seq, record.chain);
            return Err(BrokenChain::Place {
                chain,
                expected: seq,
                found,
                of,
            });
        }
        if record.prev != self.head {
            return Err(BrokenChain::Link { chain, seq });
        }
        self.advance(line);
        Ok(record)
    }

    fn advance(&mut self, line: &[u8]) {
        let hash = leaf_hash(line);
        self.head = hash;
        self.tree.push(hash);
    }
}
