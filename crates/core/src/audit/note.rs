//! Checkpoints: signed notes (C2SP `signed-note`) that say how far the chains are.
//!
//! A note is text, a blank line, and one signature line
//! `— <name> <base64(key hash (4) ‖ Ed25519 signature (64))>`. The key hash is the beginning of
//! SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). Notes go outside of the database; each carries the
//! hash of the one before it.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::audit::chain::ChainHead;
use crate::digest::{Sha256, constant_time_eq, length_prefixed, sha256};
use crate::id::{ChainId, DeploymentId, NodeId};
use crate::secret::{Plain, kind::CheckpointSeed};
use crate::time::Timestamp;

const TITLE: &str = "procura checkpoint v1";
const ED25519_NOTE: u8 = 1;

/// How far one chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainState {
    /// The chain.
    pub chain: ChainId,
    /// How many records it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Sha256,
    /// The hash of its last record.
    pub head: Sha256,
}

impl From<&ChainHead> for ChainState {
    fn from(head: &ChainHead) -> Self {
        Self {
            chain: head.chain(),
            size: head.size(),
            root: head.root(),
            head: head.head(),
        }
    }
}

/// The chains that no writer will add to, as one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedChains {
    /// How many there are.
    pub count: u64,
    /// SHA-256 over their states in the order of their ids.
    pub digest: Sha256,
}

impl ClosedChains {
    /// The hash over `states`, which are sorted by chain.
    pub fn of(states: &[ChainState]) -> Self {
        let mut bytes = Vec::with_capacity(states.len() * 104);
        for state in states {
            let size = state.size.to_be_bytes();
            let fields: [&[u8]; 4] = [state.chain.as_bytes(), &size, &state.root, &state.head];
            bytes.extend_from_slice(&length_prefixed(&fields));
        }
        Self {
            count: u64::try_from(states.len()).unwrap_or(u64::MAX),
            digest: sha256(&[&bytes]),
        }
    }
}

/// That the database was put back from a backup by its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// How often it has been put back, with this time.
    pub epoch: u64,
    /// SHA-256 of the backup.
    pub backup: Sha256,
}

/// What a node signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The installation.
    pub deployment: DeploymentId,
    /// The node that signs.
    pub node: NodeId,
    /// The revocation epoch.
    pub epoch: u64,
    /// The number of the note, from 1, per node.
    pub number: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// SHA-256 of the text of the node's note before it; zeros for the first.
    pub previous: Sha256,
    /// The chains that ended.
    pub closed: ClosedChains,
    /// In the first note after a restore: what the notes before it sign beyond this one's chains
    /// is not in the database any more, and that is known.
    pub restored: Option<Restored>,
    /// Those that ended since the node's note before, each as it ended, sorted by id.
    pub ended: Vec<ChainState>,
    /// The chains that are open, sorted by id.
    pub open: Vec<ChainState>,
}

/// Why a text is not a checkpoint signed by the key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidNote {
    /// Not the form of a checkpoint.
    #[error("not a checkpoint in the one form that it is written in")]
    Form,
    /// Signed by another name or key.
    #[error("not signed by the key given")]
    OtherKey,
    /// The signature is not of this text.
    #[error("the signature does not fit the text")]
    Signature,
    /// The text is not the one of a verifier key.
    #[error("not a verifier key: expected name+hash+base64")]
    Key,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        writeln!(f, "deployment {}", self.deployment)?;
        writeln!(f, "node {}", self.node)?;
        writeln!(f, "epoch {}", self.epoch)?;
        writeln!(f, "number {}", self.number)?;
        writeln!(f, "at {}", self.at.millis())?;
        writeln!(f, "previous {}", hex::encode(self.previous))?;
        writeln!(
            f,
            "closed {} {}",
            self.closed.count,
            hex::encode(self.closed.digest)
        )?;
        if let Some(Restored { epoch, backup }) = &self.restored {
            writeln!(f, "restored {epoch} {}", hex::encode(backup))?;
        }
        for chain in &self.ended {
            write_chain(f, "ended", chain)?;
        }
        for chain in &self.open {
            write_chain(f, "chain", chain)?;
        }
        Ok(())
    }
}

fn write_chain(f: &mut fmt::Formatter<'_>, word: &str, chain: &ChainState) -> fmt::Result {
    writeln!(f, "{word} {chain}")
}

impl fmt::Display for ChainState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (root, head) = (hex::encode(self.root), hex::encode(self.head));
        write!(f, "{} {} {root} {head}", self.chain, self.size)
    }
}

impl FromStr for ChainState {
    type Err = InvalidNote;

    fn from_str(text: &str) -> Result<Self, InvalidNote> {
        let state = parse_chain(text).filter(|state| state.to_string() == text);
        state.ok_or(InvalidNote::Form)
    }
}

impl FromStr for Checkpoint {
    type Err = InvalidNote;

    fn from_str(text: &str) -> Result<Self, InvalidNote> {
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return Err(InvalidNote::Form);
        }
        let checkpoint = parse_checkpoint(lines);
        // One form only: whatever else would parse to the same content is refused.
        checkpoint
            .filter(|parsed| parsed.to_string() == text)
            .ok_or(InvalidNote::Form)
    }
}

fn parse_checkpoint<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<Checkpoint> {
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let mut checkpoint = Checkpoint {
        deployment: value("deployment")?.parse().ok()?,
        node: value("node")?.parse().ok()?,
        epoch: value("epoch")?.parse().ok()?,
        number: value("number")?.parse().ok()?,
        at: Timestamp::from_millis(value("at")?.parse().ok()?),
        previous: parse_hash(value("previous")?)?,
        closed: parse_closed(value("closed")?)?,
        restored: None,
        ended: Vec::new(),
        open: Vec::new(),
    };
    for line in lines {
        let (word, rest) = line.split_once(' ')?;
        if word == "restored" {
            checkpoint.restored = Some(parse_restored(rest)?);
            continue;
        }
        let list = match word {
            "ended" => &mut checkpoint.ended,
            "chain" => &mut checkpoint.open,
            _ => return None,
        };
        list.push(parse_chain(rest)?);
    }
    Some(checkpoint)
}

pub(crate) fn parse_hash(text: &str) -> Option<Sha256> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

fn parse_closed(text: &str) -> Option<ClosedChains> {
    let (count, digest) = text.split_once(' ')?;
    Some(ClosedChains {
        count: count.parse().ok()?,
        digest: parse_hash(digest)?,
    })
}

fn parse_restored(text: &str) -> Option<Restored> {
    let (epoch, backup) = text.split_once(' ')?;
    Some(Restored {
        epoch: epoch.parse().ok()?,
        backup: parse_hash(backup)?,
    })
}

fn parse_chain(text: &str) -> Option<ChainState> {
    let mut words = text.split(' ');
    Some(ChainState {
        chain: words.next()?.parse().ok()?,
        size: words.next()?.parse().ok()?,
        root: parse_hash(words.next()?)?,
        head: parse_hash(words.next()?)?,
    })
}

/// Signs checkpoints.
pub struct Signer {
    name: String,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

impl Signer {
    /// The signer whose 32-byte seed this is; `None` for any other length.
    pub fn from_seed(name: String, seed: &Plain<CheckpointSeed>) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret()).ok()?;
        Some(Self { name, pair })
    }

    /// The key that verifies what this signer signs.
    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            public: self.pair.public_key().as_ref().to_vec(),
        }
    }

    /// The whole note.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.to_string();
        let signature = self.pair.sign(text.as_bytes());
        let hash = self.verifier_key().hash();
        let stamp = STANDARD.encode([&hash[..], signature.as_ref()].concat());
        format!("{text}\n\u{2014} {} {stamp}\n", self.name)
    }
}

/// The public half: `name+hash+base64(0x01 ‖ public key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: Vec<u8>,
}

impl VerifierKey {
    fn hash(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519_NOTE], &self.public]);
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    /// The checkpoint of `note`, if this key signed it.
    pub fn open(&self, note: &str) -> Result<Checkpoint, InvalidNote> {
        let (text, signatures) = note.split_once("\n\n").ok_or(InvalidNote::Form)?;
        let text = format!("{text}\n");
        let stamp = signatures
            .strip_prefix("\u{2014} ")
            .and_then(|line| line.strip_suffix('\n'))
            .ok_or(InvalidNote::Form)?;
        let (name, stamp) = stamp.split_once(' ').ok_or(InvalidNote::Form)?;
        let stamp = STANDARD.decode(stamp).map_err(|_| InvalidNote::Form)?;
        let (hash, signature) = stamp.split_at_checked(4).ok_or(InvalidNote::Form)?;
        if name != self.name || !constant_time_eq(hash, &self.hash()) {
            return Err(InvalidNote::OtherKey);
        }
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(text.as_bytes(), signature)
            .map_err(|_| InvalidNote::Signature)?;
        text.parse()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519_NOTE], &self.public[..]].concat());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.hash()))
    }
}

impl FromStr for VerifierKey {
    type Err = InvalidNote;

    fn from_str(text: &str) -> Result<Self, InvalidNote> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidNote::Key);
        };
        let key = STANDARD.decode(key).map_err(|_| InvalidNote::Key)?;
        let Some((&ED25519_NOTE, public)) = key.split_first() else {
            return Err(InvalidNote::Key);
        };
        let parsed = Self {
            name: name.to_owned(),
            public: public.to_vec(),
        };
        let fits = public.len() == 32 && hash == hex::encode(parsed.hash());
        fits.then_some(parsed).ok_or(InvalidNote::Key)
    }
}

/// The hash that the next note of a node carries.
pub fn note_hash(note: &str) -> Sha256 {
    sha256(&[note.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::from_seed("dep_test".to_owned(), &Plain::new(vec![3; 32])).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        let state = ChainState {
            chain: ChainId::from_bytes([5; 16]),
            size: 7,
            root: [1; 32],
            head: [2; 32],
        };
        Checkpoint {
            deployment: DeploymentId::from_bytes([1; 16]),
            node: NodeId::from_bytes([2; 16]),
            epoch: 4,
            number: 9,
            at: Timestamp::from_millis(1_763_000_000_000),
            previous: [9; 32],
            closed: ClosedChains::of(&[]),
            restored: Some(Restored {
                epoch: 1,
                backup: [6; 32],
            }),
            ended: Vec::new(),
            open: vec![state],
        }
    }

    #[test]
    fn a_note_opens_with_its_key_and_the_key_reads_back() {
        let signer = signer();
        let note = signer.sign(&checkpoint());
        let key: VerifierKey = signer.verifier_key().to_string().parse().unwrap();
        assert_eq!(key.open(&note), Ok(checkpoint()));
    }

    #[test]
    fn no_bit_of_a_note_can_be_flipped() {
        let signer = signer();
        let note = signer.sign(&checkpoint()).into_bytes();
        for position in 0..note.len() * 8 {
            let mut bytes = note.clone();
            bytes[position / 8] ^= 1 << (position % 8);
            let opened = String::from_utf8(bytes).map(|text| signer.verifier_key().open(&text));
            assert!(!matches!(opened, Ok(Ok(_))), "bit {position}");
        }
    }

    #[test]
    fn another_key_does_not_open_it() {
        let other = Signer::from_seed("dep_test".to_owned(), &Plain::new(vec![4; 32])).unwrap();
        let note = signer().sign(&checkpoint());
        assert_eq!(other.verifier_key().open(&note), Err(InvalidNote::OtherKey));
    }
}
