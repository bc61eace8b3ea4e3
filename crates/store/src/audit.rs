//! Reading what was recorded. Appending is nobody's call: the engine does it for each closure.

use procura_core::account::AccountId;
use procura_core::audit::note::ChainState;
use procura_core::error::Error;
use procura_core::id::{ChainId, NodeId, RecordId};
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, count};
use crate::tx::Tx;

/// A chain, as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainRow {
    /// The chain.
    pub chain: ChainId,
    /// The node that opened it.
    pub node: NodeId,
    /// When.
    pub opened_at: Timestamp,
    /// How it ended, if it did.
    pub closed: Option<ChainState>,
}

/// More than any id: the end of a list that is read backwards.
const AFTER_EVERY_ID: [u8; 17] = [0xff; 17];

/// Which records are looked through, as far as indexes know.
#[derive(Debug, Clone, Copy)]
pub struct RecordSpan {
    /// Of one account, or of all.
    pub account: Option<AccountId>,
    /// None that is made before this moment.
    pub since: Option<Timestamp>,
    /// None from this id on.
    pub before: Option<RecordId>,
}

impl Tx<'_> {
    /// The lines of the records of a span, the newest first.
    pub fn audit_records_of(
        &mut self,
        span: &RecordSpan,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let since = span.since.map(RecordId::earliest);
        let since: &[u8] = since.as_ref().map_or(&[], |id| id.as_bytes());
        let before: &[u8] = match &span.before {
            Some(id) => id.as_bytes(),
            None => &AFTER_EVERY_ID,
        };
        let mut parameters = vec![
            Value::Blob(since),
            Value::Blob(before),
            Value::Int(limit.into()),
        ];
        let account = span.account.as_ref();
        parameters.extend(account.map(|account| Value::Text(account.as_str())));
        let sql = if account.is_some() {
            "SELECT line FROM audit_record WHERE id >= $1 AND id < $2 AND account = $4
             ORDER BY id DESC LIMIT $3"
        } else {
            "SELECT line FROM audit_record WHERE id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3"
        };
        lines(self.session.rows("audit_record", sql, &parameters)?)
    }

    /// The line of a record.
    pub fn audit_record(&mut self, id: RecordId) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT line FROM audit_record WHERE id = $1";
        let row = self
            .session
            .row("audit_record", sql, &[Value::Blob(id.as_bytes())])?;
        row.map(|mut row| row.blob("line")).transpose()
    }

    /// The lines of records, of one account or of all, from `after` on in the order of their ids.
    /// Ids are made when an operation begins and records are written when it ends, so a record
    /// with an earlier id may still appear; a chain is what has no gaps.
    pub fn audit_records(
        &mut self,
        account: Option<AccountId>,
        after: Option<RecordId>,
        limit: u32,
        newest_first: bool,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let sql = match (account.is_some(), newest_first) {
            (true, false) => {
                "SELECT line FROM audit_record WHERE id > $1 AND account = $3 ORDER BY id LIMIT $2"
            }
            (true, true) => {
                "SELECT line FROM audit_record WHERE id < $1 AND account = $3
                 ORDER BY id DESC LIMIT $2"
            }
            (false, false) => "SELECT line FROM audit_record WHERE id > $1 ORDER BY id LIMIT $2",
            (false, true) => {
                "SELECT line FROM audit_record WHERE id < $1 ORDER BY id DESC LIMIT $2"
            }
        };
        let start: &[u8] = if newest_first { &AFTER_EVERY_ID } else { &[] };
        let from = after.as_ref().map_or(start, |id| id.as_bytes());
        let mut parameters = vec![Value::Blob(from), Value::Int(limit.into())];
        parameters.extend(
            account
                .as_ref()
                .map(|account| Value::Text(account.as_str())),
        );
        lines(self.session.rows("audit_record", sql, &parameters)?)
    }

    /// The lines of a chain from `from_seq` on.
    pub fn chain_lines(
        &mut self,
        chain: ChainId,
        from_seq: u64,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, Error> {
        lines(self.session.rows(
            "audit_record",
            "SELECT line FROM audit_record WHERE chain = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
            &[
                Value::Blob(chain.as_bytes()),
                count(from_seq)?,
                Value::Int(limit.into()),
            ],
        )?)
    }

    /// Every chain, in the order of their ids.
    pub fn chains(&mut self) -> Result<Vec<ChainRow>, Error> {
        let rows = self.session.rows(
            "audit_chain",
            "SELECT id, node, opened_at, closed_size, closed_root, closed_head
             FROM audit_chain ORDER BY id",
            &[],
        )?;
        rows.into_iter().map(read).collect()
    }
}

fn lines(rows: Vec<Row>) -> Result<Vec<Vec<u8>>, Error> {
    rows.into_iter().map(|mut row| row.blob("line")).collect()
}

fn read(mut row: Row) -> Result<ChainRow, Error> {
    let chain = row.id("id", ChainId::from_slice)?;
    let node = row.id("node", NodeId::from_slice)?;
    let opened_at = row.timestamp("opened_at")?;
    let closed = match row.optional_int("closed_size")? {
        None => None,
        Some(size) => Some(ChainState {
            chain,
            size: u64::try_from(size)
                .map_err(|_| Error::inconsistent("audit_chain", "closed_size"))?,
            root: row.hash("closed_root")?,
            head: row.hash("closed_head")?,
        }),
    };
    Ok(ChainRow {
        chain,
        node,
        opened_at,
        closed,
    })
}
