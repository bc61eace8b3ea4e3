//! Checkpoints: once a second, while there are new records, a signed note leaves the database.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use procura_core::audit::note::{ChainState, Checkpoint, Signer, VerifierKey, note_hash};
use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_store::CheckpointView;

use crate::App;

/// How much of the end of a notes file is read to find the last note, in bytes.
const TAIL_BYTES: u64 = 1 << 20;

/// Writes the notes of this node, one after another, into one file outside of the database.
pub(crate) struct Checkpointer {
    signer: Signer,
    file: File,
    number: u64,
    previous: Sha256,
    last_open: Vec<ChainState>,
    last_note: Option<String>,
}

impl Checkpointer {
    /// Goes on after the last whole note of `path`. A torn note at the end (power loss while it
    /// was written) is cut off; it was never relied upon.
    pub(crate) fn open(path: &Path, signer: Signer) -> std::io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let length = file.metadata()?.len();
        let start = length.saturating_sub(TAIL_BYTES);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let key = signer.verifier_key();
        let (last, whole) = last_whole_note(&tail, &key);
        let end = start + u64::try_from(whole).unwrap_or(u64::MAX);
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        let (number, previous) = match &last {
            Some((checkpoint, note)) => (checkpoint.number, note_hash(note)),
            None => (0, [0; 32]),
        };
        let last_open = Vec::new();
        Ok(Self {
            signer,
            file,
            number,
            previous,
            last_open,
            last_note: None,
        })
    }

    /// The key that verifies the notes.
    pub(crate) fn verifier_key(&self) -> VerifierKey {
        self.signer.verifier_key()
    }

    /// Whether `view` has anything that the last note has not.
    fn is_news(&self, view: &CheckpointView) -> bool {
        self.last_note.is_none() || view.open != self.last_open
    }

    fn write(&mut self, app: &App, view: &CheckpointView) -> std::io::Result<String> {
        if !self.is_news(view)
            && let Some(note) = &self.last_note
        {
            return Ok(note.clone());
        }
        let checkpoint = Checkpoint {
            deployment: app.deployment,
            node: app.node,
            epoch: view.epoch,
            number: self.number + 1,
            at: app.now(),
            previous: self.previous,
            closed: view.closed,
            open: view.open.clone(),
        };
        let note = self.signer.sign(&checkpoint);
        self.file.write_all(note.as_bytes())?;
        self.file.sync_data()?;
        self.number = checkpoint.number;
        self.previous = note_hash(&note);
        self.last_open.clone_from(&view.open);
        self.last_note = Some(note.clone());
        Ok(note)
    }
}

/// The last note of `tail` that `key` opens, and where it ends.
fn last_whole_note(tail: &[u8], key: &VerifierKey) -> (Option<(Checkpoint, String)>, usize) {
    let mut last = None;
    let mut end = 0;
    let mut from = 0;
    // A note ends with the line of its signature, which follows an empty line.
    while let Some(length) = tail.get(from..).and_then(note_length) {
        let bytes = tail.get(from..from + length).unwrap_or_default();
        from += length;
        let Ok(text) = std::str::from_utf8(bytes) else {
            continue;
        };
        // The tail may begin in the middle of a note: what does not open is passed over.
        if let Ok(checkpoint) = key.open(text) {
            last = Some((checkpoint, text.to_owned()));
            end = from;
        }
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
pub fn notes_path(directory: &Path, node: procura_core::id::NodeId) -> PathBuf {
    directory.join(format!("{node}.notes"))
}

/// Where the key that verifies them is.
pub fn key_path(directory: &Path, node: procura_core::id::NodeId) -> PathBuf {
    directory.join(format!("{node}.key"))
}

impl App {
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
        let mut checkpointer = self.checkpointer.lock().await;
        let view = self.store.checkpoint_view().await?;
        let news = checkpointer.is_news(&view);
        // A write and an fsync of a few hundred bytes.
        let note = tokio::task::block_in_place(|| checkpointer.write(self, &view))
            .map_err(Error::internal_source)?;
        Ok((note, view.open, news))
    }

    /// The key that verifies this node's notes.
    pub async fn verifier_key(&self) -> VerifierKey {
        self.checkpointer.lock().await.verifier_key()
    }
}
