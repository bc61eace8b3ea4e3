//! The notes of a node: one file of signed checkpoints, outside of the database.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use procura_core::audit::note::{
    ChainState, Checkpoint, ClosedChains, Restored, Signer, VerifierKey, note_hash,
};
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{ChainId, DeploymentId, NodeId};
use procura_core::time::Timestamp;
use procura_store::{CheckpointView, Engine};

/// How much of the end of a notes file is read to find the last note, in bytes.
const TAIL_BYTES: u64 = 1 << 20;

/// Why the notes of a node cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("the checkpoints cannot be written: {0}")]
    Io(#[from] io::Error),
    /// The last note was signed for another database. They are evidence: nothing is overwritten.
    #[error(
        "the checkpoints of {node} were signed with another key, for another database; use another \
         data directory, or move {node}.notes and {node}.key away and keep them"
    )]
    OtherKey {
        /// The node.
        node: NodeId,
    },
    /// The database does not hold what the last note signed.
    #[error(
        "the database does not hold what checkpoint {number} of {node} signed: it was restored, or \
         changed from outside; put a backup back with `procura restore`, which says so to the next \
         start, or, to go on with it, move {node}.notes away and keep it as evidence"
    )]
    History {
        /// The node.
        node: NodeId,
        /// The number of the note.
        number: u64,
    },
    /// The database does not answer.
    #[error("the checkpoints cannot be compared with the database: {0}")]
    Store(#[from] Error),
    /// A chain is in the database that no writer of this node has opened.
    #[error(
        "{chain} is in the database, and no writer of this node has opened it; nothing is signed"
    )]
    Stranger {
        /// The chain.
        chain: ChainId,
    },
}

/// Writes the notes of this node, one after another, into one file outside of the database.
pub(crate) struct Notes {
    signer: Signer,
    deployment: DeploymentId,
    node: NodeId,
    engine: Engine,
    file: File,
    /// Where the last whole note ends.
    end: u64,
    number: u64,
    previous: Sha256,
    /// What the note before this process said, until it was compared with the database.
    inherited: Option<Checkpoint>,
    /// That the database was put back, until a note says so.
    restored: Option<Restored>,
    last_open: Vec<ChainState>,
    last_note: Option<String>,
    known_closed: BTreeSet<ChainId>,
}

impl Notes {
    /// Goes on after the last whole note in `directory`. A torn note at the end (power loss while
    /// it was written) is cut off; it was never relied upon. Whole notes are never touched.
    pub(crate) fn open(
        directory: &Path,
        deployment: DeploymentId,
        node: NodeId,
        engine: Engine,
        signer: Signer,
    ) -> Result<Self, CheckpointError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(notes_path(directory, node))?;
        let start = file.metadata()?.len().saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let (last, whole) = last_whole_note(&tail);
        let end = start + u64::try_from(whole).unwrap_or(u64::MAX);
        let inherited = match last {
            Some(text) => {
                let opened = signer.verifier_key().open(text);
                Some(opened.map_err(|_| CheckpointError::OtherKey { node })?)
            }
            // Bytes, and no note among them: a first note that was torn, or not a file of ours.
            None if start > 0 => return Err(CheckpointError::OtherKey { node }),
            None => None,
        };
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self {
            signer,
            deployment,
            node,
            engine,
            file,
            end,
            number: inherited.as_ref().map_or(0, |last| last.number),
            previous: last.map_or([0; 32], note_hash),
            inherited,
            restored: None,
            last_open: Vec::new(),
            last_note: None,
            known_closed: BTreeSet::new(),
        })
    }

    /// The hash of the last note; zeros when there is none.
    pub(crate) fn last_hash(&self) -> Sha256 {
        self.previous
    }

    /// The database was put back from a backup, and the operator has said so for these very notes:
    /// they are gone on with, and the next one says it.
    pub(crate) fn accept(&mut self, restored: Restored) {
        self.restored = Some(restored);
    }

    /// The key that verifies the notes.
    pub(crate) fn verifier_key(&self) -> VerifierKey {
        self.signer.verifier_key()
    }

    /// Whether `view` has anything that the last note has not.
    pub(crate) fn is_news(&self, view: &CheckpointView) -> bool {
        self.last_note.is_none() || view.open != self.last_open
    }

    /// Signs `view` at `now` and writes the note; when there is nothing new, gives the last one.
    pub(crate) fn write(
        &mut self,
        view: &CheckpointView,
        now: Timestamp,
    ) -> Result<String, CheckpointError> {
        if !self.is_news(view)
            && let Some(note) = &self.last_note
        {
            return Ok(note.clone());
        }
        self.refuse_strangers(view)?;
        let rows = view.closed_rows.iter().filter_map(|row| row.closed);
        let ended = rows
            .filter(|state| !self.known_closed.contains(&state.chain))
            .collect();
        let checkpoint = Checkpoint {
            deployment: self.deployment,
            node: self.node,
            epoch: view.epoch,
            number: self.number + 1,
            at: now,
            previous: self.previous,
            closed: view.closed,
            restored: self.restored,
            ended,
            open: view.open.clone(),
        };
        let note = self.signer.sign(&checkpoint);
        self.append(&note)?;
        self.number = checkpoint.number;
        self.restored = None;
        self.previous = note_hash(&note);
        self.known_closed
            .extend(checkpoint.ended.iter().map(|state| state.chain));
        self.last_open.clone_from(&view.open);
        self.last_note = Some(note.clone());
        Ok(note)
    }

    /// A write that failed half-way, on a full disk perhaps, is undone before the next.
    fn append(&mut self, note: &str) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(note.as_bytes())?;
        self.file.sync_data()?;
        self.end += u64::try_from(note.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Which chains began after the note that this process inherited, and have ended: those of
    /// starts that died before their first note.
    pub(crate) fn young(&self, view: &CheckpointView) -> Vec<ChainState> {
        let Some(last) = &self.inherited else {
            return Vec::new();
        };
        let closed = view.closed_rows.iter().filter(|row| row.node == self.node);
        let closed = closed.filter_map(|row| row.closed);
        closed
            .filter(|state| state.chain.made_at() > last.at)
            .filter(|state| last.open.iter().all(|signed| signed.chain != state.chain))
            .collect()
    }

    /// SECURITY: the database that this process found must be the one that the last note signed:
    /// the same chains closed, and those that were open still there and no shorter. (That their
    /// records are the same, too, is what `audit verify` reads.) `young` chains, of which the
    /// caller knows that they hold nothing but their beginning and end, may be there as well.
    /// Other nodes close chains of theirs meanwhile, so where there are any, only our own last
    /// chains are looked for.
    pub(crate) fn compare(
        &mut self,
        view: &CheckpointView,
        young: &[ChainState],
    ) -> Result<(), CheckpointError> {
        if self.restored.is_some() {
            self.inherited = None;
            // Every chain that is there is taken as it is, and the first note names them all.
            self.last_open = view
                .closed_rows
                .iter()
                .filter_map(|row| row.closed)
                .collect();
            return Ok(());
        }
        let Some(last) = self.inherited.take() else {
            return Ok(());
        };
        let explained = |chain| {
            let mut named = last.open.iter().chain(young);
            named.any(|state| state.chain == chain)
        };
        let all_closed = || view.closed_rows.iter().filter_map(|row| row.closed);
        let before: Vec<ChainState> = all_closed()
            .filter(|state| !explained(state.chain))
            .collect();
        let alone =
            view.foreign.is_empty() && view.closed_rows.iter().all(|row| row.node == self.node);
        let same_closed = !alone || ClosedChains::of(&before) == last.closed;
        let still_there = last.open.iter().all(|signed| {
            let mut now = all_closed().chain(view.open.iter().copied());
            now.any(|state| state.chain == signed.chain && state.size >= signed.size)
        });
        if !same_closed || !still_there {
            return Err(CheckpointError::History {
                node: self.node,
                number: last.number,
            });
        }
        self.known_closed = before.into_iter().map(|state| state.chain).collect();
        // They ended between the last note and this one.
        self.last_open = last.open;
        self.last_open.extend_from_slice(young);
        Ok(())
    }

    /// SECURITY: whoever can write to the database could add a chain of lies; it is not signed.
    fn refuse_strangers(&self, view: &CheckpointView) -> Result<(), CheckpointError> {
        if self.last_note.is_none() && self.number == 0 {
            // The first note of all: there is nothing yet to compare with.
            return Ok(());
        }
        // SQLite has one process, so an open chain of another is nobody's.
        if self.engine == Engine::Sqlite
            && let Some(chain) = view.foreign.first()
        {
            return Err(CheckpointError::Stranger { chain: *chain });
        }
        let is_ours = |chain: &ChainId| {
            let was_open = self.last_open.iter().any(|state| state.chain == *chain);
            was_open || view.opened.contains(chain) || self.known_closed.contains(chain)
        };
        let mut own = view.closed_rows.iter().filter(|row| row.node == self.node);
        match own.find(|row| !is_ours(&row.chain)) {
            Some(row) => Err(CheckpointError::Stranger { chain: row.chain }),
            None => Ok(()),
        }
    }
}

/// The hash of the last note of `node` in `directory`; zeros when it has none.
pub(crate) fn last_note_hash(directory: &Path, node: NodeId) -> io::Result<Sha256> {
    let mut file = match File::open(notes_path(directory, node)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok([0; 32]),
        Err(error) => return Err(error),
    };
    let start = file.metadata()?.len().saturating_sub(TAIL_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(last_whole_note(&tail).0.map_or([0; 32], note_hash))
}

/// The last whole note of `tail`, whoever signed it, and where it ends.
fn last_whole_note(tail: &[u8]) -> (Option<&str>, usize) {
    let (mut last, mut end) = (None, 0);
    while let Some(length) = tail.get(end..).and_then(note_length) {
        // The tail may begin in the middle of a note; what counts is the last one.
        last = tail
            .get(end..end + length)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        end += length;
    }
    (last, end)
}

fn note_length(bytes: &[u8]) -> Option<usize> {
    let blank = bytes.windows(2).position(|pair| pair == b"\n\n")? + 2;
    let signature = bytes.get(blank..)?.iter().position(|byte| *byte == b'\n')? + 1;
    Some(blank + signature)
}

/// Every whole note of a file, in order, for a verifier.
pub fn notes_of(bytes: &[u8]) -> Vec<&str> {
    let mut notes = Vec::new();
    let mut from = 0;
    while let Some(length) = bytes.get(from..).and_then(note_length) {
        if let Some(Ok(text)) = bytes.get(from..from + length).map(std::str::from_utf8) {
            notes.push(text);
        }
        from += length;
    }
    notes
}

/// Where the notes of a node are, in its data directory.
pub fn notes_path(directory: &Path, node: NodeId) -> PathBuf {
    directory.join(format!("{node}.notes"))
}

/// Where the key that verifies them is.
pub fn key_path(directory: &Path, node: NodeId) -> PathBuf {
    directory.join(format!("{node}.key"))
}
