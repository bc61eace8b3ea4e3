//! Writing the audit chains: opening, appending, closing, and picking up where a database stands.

use procura_core::audit::chain::ChainHead;
use procura_core::audit::note::ChainState;
use procura_core::audit::record::{Entry, Verdict};
use procura_core::audit::tree::CompactTree;
use procura_core::entropy::OsEntropy;
use procura_core::error::Error;
use procura_core::id::{ChainId, NodeId, RecordId};
use procura_core::sabotage;
use procura_core::time::Timestamp;

use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::Tx;

/// How many lines are read at a time when a chain is followed.
const LINES_MAX: u32 = 1_000;

/// Appends `entry` to the chain that `head` holds. The head moves with it: whoever does not commit
/// goes back to a clone.
pub(crate) fn append(tx: &mut Tx<'_>, head: &mut ChainHead, entry: Entry) -> Result<(), Error> {
    if sabotage::defect("record-dropped") {
        return Ok(());
    }
    let (id, account, at, seq) = (entry.id, entry.account, entry.at, head.size());
    let line = head.append(entry).map_err(Error::internal_source)?;
    let account = account
        .as_ref()
        .map_or(Value::Null, |account| Value::Text(account.as_str()));
    tx.session.execute(
        "INSERT INTO audit_record (chain, seq, id, account, at, line)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Value::Blob(head.chain().as_bytes()),
            count(seq)?,
            Value::Blob(id.as_bytes()),
            account,
            time(at),
            Value::Blob(&line),
        ],
    )?;
    Ok(())
}

/// Opens a chain of `node` with its first record.
pub(crate) fn open(tx: &mut Tx<'_>, node: NodeId, now: Timestamp) -> Result<ChainHead, Error> {
    let mut head = ChainHead::new(ChainId::generate(now, &mut OsEntropy));
    tx.session.execute(
        "INSERT INTO audit_chain (id, node, opened_at, frontier_head, frontier_tree)
         VALUES ($1, $2, $3, $4, $5)",
        &[
            Value::Blob(head.chain().as_bytes()),
            Value::Blob(node.as_bytes()),
            time(now),
            Value::Blob(&head.head()),
            Value::Blob(&head.tree().to_stored()),
        ],
    )?;
    append(
        tx,
        &mut head,
        event("open", format!("a writer of {node} began"), now),
    )?;
    Ok(head)
}

/// Closes the chain that `head` holds with its last record; false when it was closed before.
pub(crate) fn close(
    tx: &mut Tx<'_>,
    head: &mut ChainHead,
    reason: String,
    now: Timestamp,
) -> Result<bool, Error> {
    let before = head.clone();
    append(tx, head, event("close", reason, now))?;
    let state = ChainState::from(&*head);
    let closed = tx.session.execute(
        "UPDATE audit_chain SET closed_size = $2, closed_root = $3, closed_head = $4
         WHERE id = $1 AND closed_size IS NULL",
        &[
            Value::Blob(state.chain.as_bytes()),
            count(state.size)?,
            Value::Blob(&state.root),
            Value::Blob(&state.head),
        ],
    )?;
    if closed == 0 {
        *head = before;
    }
    Ok(closed == 1)
}

/// Closes a chain whose writer is gone, at the size that the database shows. The unique place of
/// the closing record is also the fence: a commit of the old writer that is still under way at the
/// server either makes this fail, or fails.
pub(crate) fn close_left(
    tx: &mut Tx<'_>,
    chain: ChainId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(mut head) = load_open(tx, chain)? else {
        return Ok(());
    };
    let reason = format!("{reason}; it had {} records", head.size());
    close(tx, &mut head, reason, now).map(|_| ())
}

/// Closes what a crash of `node` has left open.
pub(crate) fn close_leftovers(tx: &mut Tx<'_>, node: NodeId, now: Timestamp) -> Result<(), Error> {
    let rows = tx.session.rows(
        "audit_chain",
        "SELECT id FROM audit_chain WHERE node = $1 AND closed_size IS NULL ORDER BY id",
        &[Value::Blob(node.as_bytes())],
    )?;
    for chain in ids(rows)? {
        close_left(
            tx,
            chain,
            "its writer stopped without closing it; the next start does",
            now,
        )?;
    }
    Ok(())
}

/// The open chains of every node, in the order of their ids.
pub(crate) fn open_chains(tx: &mut Tx<'_>) -> Result<Vec<ChainId>, Error> {
    let sql = "SELECT id FROM audit_chain WHERE closed_size IS NULL ORDER BY id";
    ids(tx.session.rows("audit_chain", sql, &[])?)
}

/// How many chains are closed.
pub(crate) fn closed_count(tx: &mut Tx<'_>) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM audit_chain WHERE closed_size IS NOT NULL";
    match tx.session.row("audit_chain", sql, &[])? {
        Some(mut row) => row.count("closed_size"),
        None => Err(Error::inconsistent("audit_chain", "closed_size")),
    }
}

/// The state of an open chain, by the database; `None` when it is closed or unknown.
pub(crate) fn load_open(tx: &mut Tx<'_>, chain: ChainId) -> Result<Option<ChainHead>, Error> {
    let row = tx.session.row(
        "audit_chain",
        "SELECT frontier_head, frontier_tree FROM audit_chain
         WHERE id = $1 AND closed_size IS NULL",
        &[Value::Blob(chain.as_bytes())],
    )?;
    let Some(mut row) = row else { return Ok(None) };
    let head = row.hash("frontier_head")?;
    let tree = CompactTree::from_stored(&row.blob("frontier_tree")?)
        .ok_or_else(|| Error::inconsistent("audit_chain", "frontier_tree"))?;
    let mut head = ChainHead::resume(chain, head, tree);
    follow(tx, &mut head)?;
    Ok(Some(head))
}

/// Reads on from `head` to the last record.
pub(crate) fn follow(tx: &mut Tx<'_>, head: &mut ChainHead) -> Result<(), Error> {
    loop {
        let lines = tx.chain_lines(head.chain(), head.size(), LINES_MAX)?;
        for line in &lines {
            head.follow(line).map_err(Error::internal_source)?;
        }
        if lines.len() < LINES_MAX as usize {
            return Ok(());
        }
    }
}

/// Stores how far a chain is, so that whoever picks it up reads only what came after.
pub(crate) fn save_frontier(tx: &mut Tx<'_>, head: &ChainHead) -> Result<(), Error> {
    tx.session.execute(
        "UPDATE audit_chain SET frontier_head = $2, frontier_tree = $3
         WHERE id = $1 AND closed_size IS NULL",
        &[
            Value::Blob(head.chain().as_bytes()),
            Value::Blob(&head.head()),
            Value::Blob(&head.tree().to_stored()),
        ],
    )?;
    Ok(())
}

/// Whether this record is there.
pub(crate) fn has_record(tx: &mut Tx<'_>, id: RecordId) -> Result<bool, Error> {
    let sql = "SELECT seq FROM audit_record WHERE id = $1";
    Ok(tx
        .session
        .row("audit_record", sql, &[Value::Blob(id.as_bytes())])?
        .is_some())
}

fn ids(rows: Vec<Row>) -> Result<Vec<ChainId>, Error> {
    rows.into_iter()
        .map(|mut row| row.id("id", ChainId::from_slice))
        .collect()
}

fn event(name: &'static str, reason: String, now: Timestamp) -> Entry {
    let id = RecordId::generate(now, &mut OsEntropy);
    Entry::new(id, now, name, Verdict::Allow, reason)
}
