//! Reading an account's export with nothing but the key of the node.

use crate::account::AccountId;
use crate::audit::account_export::{
    ACCOUNT, CHECKPOINT, CLOSED, ENDED, GROWN, PATH, RECORDS, SIGNATURE, SINCE, TITLE, open_in,
};
use crate::audit::note::{
    ChainState, Checkpoint, ClosedChains, InvalidNote, VerifierKey, parse_hash,
};
use crate::audit::proof::{is_consistent, root_by_inclusion};
use crate::audit::record::{InvalidRecord, Record};
use crate::audit::tree::leaf_hash;
use crate::digest::Sha256;
use crate::id::{ChainId, RecordId};
use crate::time::Timestamp;

/// The first thing that is wrong with an account's export.
#[derive(Debug, thiserror::Error)]
pub enum Unproved {
    /// A line that does not belong where it stands.
    #[error("line {line}: not the form of an account's export")]
    Form {
        /// The line, from 1.
        line: u64,
    },
    /// The file ends before its last line.
    #[error("the file ends after line {line}, before it is complete")]
    CutOff {
        /// The last line, from 1.
        line: u64,
    },
    /// A note is not one of the key.
    #[error("line {line}: the checkpoint that ends here: {source}")]
    Note {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: InvalidNote,
    },
    /// The earlier note is of another installation, or is not earlier.
    #[error("line {line}: the checkpoint to start from is not an earlier one of this installation")]
    NotEarlier {
        /// The line, from 1.
        line: u64,
    },
    /// The chains that ended are not the ones that were signed.
    #[error(
        "the chains that ended {when} do not agree with the checkpoint: {found} here, {signed} signed"
    )]
    Ended {
        /// By which checkpoint.
        when: &'static str,
        /// How many there are in the file.
        found: u64,
        /// How many are signed.
        signed: u64,
    },
    /// A record that is none.
    #[error("line {line}: {source}")]
    Record {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: InvalidRecord,
    },
    /// A record of somebody else.
    #[error("line {line}: record {seq} of {chain} ({id}) is not of {account}")]
    OtherAccount {
        /// The line, from 1.
        line: u64,
        /// The chain.
        chain: ChainId,
        /// Its place.
        seq: u64,
        /// Its id.
        id: RecordId,
        /// The account of the export.
        account: AccountId,
    },
    /// A record that stands twice, or not in its order.
    #[error("line {line}: record {seq} of {chain} ({id}) is out of its order")]
    Order {
        /// The line, from 1.
        line: u64,
        /// The chain.
        chain: ChainId,
        /// Its place.
        seq: u64,
        /// Its id.
        id: RecordId,
    },
    /// The path does not lead from the record to what was signed.
    #[error("line {line}: record {seq} of {chain} ({id}) is not in the chain that was signed")]
    NotIncluded {
        /// The line of the path, from 1.
        line: u64,
        /// The chain.
        chain: ChainId,
        /// Its place.
        seq: u64,
        /// Its id.
        id: RecordId,
    },
    /// A chain is not what it was at the earlier checkpoint, with more at its end.
    #[error("{chain} is not shown to have grown from what the earlier checkpoint signed")]
    NotGrown {
        /// The chain.
        chain: ChainId,
    },
    /// There are more or fewer records than the file itself says.
    #[error("there are {found} records, and the file says {said}: some were taken out or put in")]
    Count {
        /// Those that are there.
        found: u64,
        /// Those that should be.
        said: u64,
    },
}

/// What a verified export of an account shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The account.
    pub account: AccountId,
    /// The checkpoint of which everything is proved.
    pub checkpoint: Checkpoint,
    /// The checkpoint since which no chain was rewritten, if there is one.
    pub since: Option<Checkpoint>,
    /// How many records there are.
    pub records: u64,
    /// When the first and the last of them was made.
    pub between: Option<(Timestamp, Timestamp)>,
}

/// Reads an account's export line by line; memory does not grow with records.
#[derive(Debug)]
pub struct AccountVerifier {
    key: VerifierKey,
    line: u64,
    part: Part,
    account: Option<AccountId>,
    checkpoint: Option<Checkpoint>,
    since: Option<Checkpoint>,
    closed: Vec<ChainState>,
    ended: Vec<ChainState>,
    grown: Vec<ChainId>,
    last: Option<(ChainId, u64)>,
    records: u64,
    between: Option<(Timestamp, Timestamp)>,
}

/// What the next line is.
#[derive(Debug)]
enum Part {
    Title,
    Account,
    Checkpoint,
    /// A line of a note; whether of the one to start from.
    Note {
        text: String,
        is_earlier: bool,
    },
    /// What may follow the notes.
    Chains,
    /// The path of this record.
    Path {
        leaf: Sha256,
        record: Box<Record>,
    },
    /// Nothing more.
    End,
}

impl AccountVerifier {
    /// A verifier before the first line.
    pub fn new(key: VerifierKey) -> Self {
        Self {
            key,
            line: 0,
            part: Part::Title,
            account: None,
            checkpoint: None,
            since: None,
            closed: Vec::new(),
            ended: Vec::new(),
            grown: Vec::new(),
            last: None,
            records: 0,
            between: None,
        }
    }

    /// Takes the next line, with its newline.
    pub fn line(&mut self, line: &[u8]) -> Result<(), Unproved> {
        self.line += 1;
        let form = Unproved::Form { line: self.line };
        let text = line.strip_suffix(b"\n").map(std::str::from_utf8);
        let Some(Ok(text)) = text else {
            return Err(form);
        };
        let part = std::mem::replace(&mut self.part, Part::End);
        self.part = match part {
            Part::Title if text == TITLE => Part::Account,
            Part::Account => {
                let account = text.strip_prefix(ACCOUNT).map(str::parse);
                self.account = Some(account.and_then(Result::ok).ok_or(form)?);
                Part::Checkpoint
            }
            Part::Checkpoint if text == CHECKPOINT => Part::Note {
                text: String::new(),
                is_earlier: false,
            },
            Part::Note {
                text: note,
                is_earlier,
            } => self.note(note, text, is_earlier)?,
            Part::Chains => self.chains(text)?,
            Part::Path { leaf, record } => self.path(text, leaf, &record)?,
            Part::Title | Part::Checkpoint | Part::End => return Err(form),
        };
        Ok(())
    }

    fn note(&mut self, mut note: String, line: &str, is_earlier: bool) -> Result<Part, Unproved> {
        note.push_str(line);
        note.push('\n');
        if !line.starts_with(SIGNATURE) {
            return Ok(Part::Note {
                text: note,
                is_earlier,
            });
        }
        let line = self.line;
        let checkpoint = self.key.open(&note);
        let checkpoint = checkpoint.map_err(|source| Unproved::Note { line, source })?;
        if !is_earlier {
            self.checkpoint = Some(checkpoint);
            return Ok(Part::Chains);
        }
        let now = self.checkpoint.as_ref();
        let is_before = now.is_some_and(|now| {
            now.deployment == checkpoint.deployment
                && now.node == checkpoint.node
                && now.number >= checkpoint.number
        });
        if !is_before {
            return Err(Unproved::NotEarlier { line });
        }
        self.since = Some(checkpoint);
        Ok(Part::Chains)
    }

    /// A line after the notes.
    fn chains(&mut self, text: &str) -> Result<Part, Unproved> {
        let form = Unproved::Form { line: self.line };
        let is_begun = !self.grown.is_empty() || self.records > 0;
        if text == SINCE {
            let is_first = self.since.is_none() && self.closed.is_empty() && self.ended.is_empty();
            if !is_first || is_begun {
                return Err(form);
            }
            return Ok(Part::Note {
                text: String::new(),
                is_earlier: true,
            });
        }
        if let Some(said) = text.strip_prefix(RECORDS) {
            let said = said.parse().map_err(|_| form)?;
            return self.end(said);
        }
        if text.starts_with('{') {
            return self.record(text);
        }
        if let Some(grown) = text.strip_prefix(GROWN) {
            self.grown(grown)?;
            return Ok(Part::Chains);
        }
        let (is_closed, rest) = match (text.strip_prefix(CLOSED), text.strip_prefix(ENDED)) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(form),
        };
        let state: Option<ChainState> = rest.parse().ok();
        let last = self.ended.last().map(|last| last.chain);
        let state = state.filter(|state| !is_begun && last.is_none_or(|last| last < state.chain));
        let state = state.ok_or(form)?;
        if is_closed {
            self.closed.push(state);
        }
        self.ended.push(state);
        Ok(Part::Chains)
    }

    /// A chain, as it was signed now.
    fn signed(&self, chain: ChainId) -> Option<ChainState> {
        let open = self.checkpoint.as_ref().and_then(|now| open_in(now, chain));
        let ended = || self.ended.iter().find(|state| state.chain == chain);
        open.or_else(ended).copied()
    }

    fn grown(&mut self, text: &str) -> Result<(), Unproved> {
        let form = Unproved::Form { line: self.line };
        let mut words = text.split(' ');
        let chain = words.next().and_then(|chain| chain.parse().ok());
        let proof: Option<Vec<Sha256>> = words.map(parse_hash).collect();
        let (Some(chain), Some(proof)) = (chain, proof) else {
            return Err(form);
        };
        let before = self.since.as_ref().and_then(|since| open_in(since, chain));
        let (Some(before), Some(now)) = (before, self.signed(chain)) else {
            return Err(form);
        };
        let (first, size) = ((before.size, before.root), (now.size, now.root));
        if !is_consistent(first, size, &proof) {
            return Err(Unproved::NotGrown { chain });
        }
        self.grown.push(chain);
        Ok(())
    }

    fn record(&mut self, text: &str) -> Result<Part, Unproved> {
        let line = self.line;
        let record = Record::from_line(text.as_bytes());
        let record = record.map_err(|source| Unproved::Record { line, source })?;
        let (chain, seq, id) = (record.chain, record.seq, record.entry.id);
        let account = self.account.ok_or(Unproved::Form { line })?;
        if record.entry.account != Some(account) {
            return Err(Unproved::OtherAccount {
                line,
                chain,
                seq,
                id,
                account,
            });
        }
        if self.last.is_some_and(|last| last >= (chain, seq)) {
            return Err(Unproved::Order {
                line,
                chain,
                seq,
                id,
            });
        }
        self.last = Some((chain, seq));
        Ok(Part::Path {
            leaf: leaf_hash(text.as_bytes()),
            record: Box::new(record),
        })
    }

    fn path(&mut self, text: &str, leaf: Sha256, record: &Record) -> Result<Part, Unproved> {
        let line = self.line;
        let form = Unproved::Form { line };
        let mut words = text.split(' ');
        if words.next() != Some(PATH) {
            return Err(form);
        }
        let path: Option<Vec<Sha256>> = words.map(parse_hash).collect();
        let path = path.ok_or(form)?;
        let (chain, seq) = (record.chain, record.seq);
        let signed = self.signed(chain);
        let is_there = signed.is_some_and(|signed| {
            root_by_inclusion(leaf, seq, signed.size, &path) == Some(signed.root)
        });
        if !is_there {
            let id = record.entry.id;
            return Err(Unproved::NotIncluded {
                line,
                chain,
                seq,
                id,
            });
        }
        self.records += 1;
        let at = record.entry.at;
        let (first, last) = self.between.unwrap_or((at, at));
        self.between = Some((first.min(at), last.max(at)));
        Ok(Part::Chains)
    }

    /// The last line: everything that the notes say must have been shown.
    fn end(&mut self, said: u64) -> Result<Part, Unproved> {
        let now = self.checkpoint.as_ref().map(|now| now.closed);
        agrees("now", &self.ended, now)?;
        if let Some(since) = &self.since {
            agrees("before", &self.closed, Some(since.closed))?;
            let is_grown = |open: &&ChainState| self.grown.contains(&open.chain);
            if let Some(open) = since.open.iter().find(|open| !is_grown(open)) {
                return Err(Unproved::NotGrown { chain: open.chain });
            }
        } else if !self.closed.is_empty() {
            return Err(Unproved::Form { line: self.line });
        }
        if self.records != said {
            let found = self.records;
            return Err(Unproved::Count { found, said });
        }
        Ok(Part::End)
    }

    /// After the last line: what was shown.
    pub fn finish(self) -> Result<Proved, Unproved> {
        let cut_off = Unproved::CutOff { line: self.line };
        let (Part::End, Some(account), Some(checkpoint)) =
            (self.part, self.account, self.checkpoint)
        else {
            return Err(cut_off);
        };
        Ok(Proved {
            account,
            checkpoint,
            since: self.since,
            records: self.records,
            between: self.between,
        })
    }
}

fn agrees(
    when: &'static str,
    found: &[ChainState],
    signed: Option<ClosedChains>,
) -> Result<(), Unproved> {
    let here = ClosedChains::of(found);
    match signed {
        Some(signed) if signed == here => Ok(()),
        signed => Err(Unproved::Ended {
            when,
            found: here.count,
            signed: signed.map_or(0, |signed| signed.count),
        }),
    }
}
