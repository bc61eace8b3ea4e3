//! Reading records.

use procura_core::account::AccountId;
use procura_core::audit::record::Record;
use procura_core::entropy::OsEntropy;
use procura_core::id::{ChainId, RecordId};

use crate::audit::RecordSpan;
use crate::contract::database::Database;
use crate::contract::samples::{NOW, entry, other, own};
use crate::store::Store;
use crate::tx::Outcome;

/// Appends a record of `account` that is `second` seconds late, and says its id.
async fn append(store: &Store, account: Option<AccountId>, second: i64) -> RecordId {
    let mut entry = entry("Test");
    entry.id = RecordId::generate(NOW.plus_seconds(second), &mut OsEntropy);
    entry.account = account;
    let done = store
        .run_tx("test", move |_| Ok(Outcome::Done((), entry.clone())))
        .await;
    done.unwrap().record.unwrap()
}

pub(super) async fn records_are_listed_by_account_and_in_pages(database: Database) {
    let store = database.store();
    let mut ours = Vec::new();
    for second in 0..5 {
        ours.push(append(&store, Some(own()), 10 + second).await);
        append(&store, Some(other()), 10 + second).await;
        append(&store, None, 10 + second).await;
    }
    let list = async |account, after, limit, newest_first| {
        let lines = store
            .read(move |tx| tx.audit_records(account, after, limit, newest_first))
            .await;
        let ids = lines
            .iter()
            .map(|line| Record::from_line(line).unwrap().entry.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(list(Some(own()), None, 10, false).await, ours);
    assert_eq!(list(Some(own()), None, 2, false).await, ours[..2]);
    assert_eq!(list(Some(own()), Some(ours[1]), 2, false).await, ours[2..4]);
    let newest: Vec<_> = ours.iter().rev().copied().collect();
    assert_eq!(list(Some(own()), None, 10, true).await, newest);
    assert_eq!(
        list(Some(own()), Some(newest[1]), 2, true).await,
        newest[2..4]
    );
    // Every account's, and the deployment's own: the records of the chains are among them.
    let all = list(None, None, 100, false).await;
    assert!(all.len() > 15 && all.is_sorted(), "{all:?}");
    assert_eq!(
        list(None, None, 3, true).await,
        all.iter().rev().copied().take(3).collect::<Vec<_>>()
    );
    assert_eq!(list(None, Some(all[2]), 3, false).await, all[3..6]);
}

pub(super) async fn records_of_a_span_are_the_newest_first(database: Database) {
    let store = database.store();
    let mut ours = Vec::new();
    for second in 0..5 {
        ours.push(append(&store, Some(own()), 10 + second).await);
        append(&store, Some(other()), 10 + second).await;
    }
    ours.reverse();
    let list = async |span: RecordSpan, limit| {
        let lines = store
            .read(move |tx| tx.audit_records_of(&span, limit))
            .await;
        let ids = lines
            .iter()
            .map(|line| Record::from_line(line).unwrap().entry.id);
        ids.collect::<Vec<_>>()
    };
    let whole = RecordSpan {
        account: Some(own()),
        since: None,
        before: None,
    };
    assert_eq!(list(whole, 10).await, ours);
    assert_eq!(list(whole, 2).await, ours[..2]);
    let rest = RecordSpan {
        before: Some(ours[1]),
        ..whole
    };
    assert_eq!(list(rest, 10).await, ours[2..]);
    // The first moment is of it, the last is not.
    let part = RecordSpan {
        since: Some(NOW.plus_seconds(11)),
        before: Some(RecordId::earliest(NOW.plus_seconds(13))),
        ..whole
    };
    assert_eq!(list(part, 10).await, ours[2..4]);
    let of_all = RecordSpan {
        account: None,
        ..part
    };
    let all = list(of_all, 10).await;
    assert!(all.len() == 4 && all.is_sorted_by(|one, other| one > other));
    let id = ours[0];
    let line = store.read(move |tx| tx.audit_record(id)).await.unwrap();
    assert_eq!(Record::from_line(&line).unwrap().entry.id, id);
    let none = RecordId::from_bytes([0; 16]);
    assert_eq!(store.read(move |tx| tx.audit_record(none)).await, None);
}

pub(super) async fn the_lines_of_a_chain_are_read_from_any_place(database: Database) {
    let store = database.narrow(10);
    append(&store, None, 1).await;
    append(&store, None, 2).await;
    let chain = store.read(|tx| tx.chains()).await[0].chain;
    let read = async |from, limit| {
        let lines = store
            .read(move |tx| tx.chain_lines(chain, from, limit))
            .await;
        lines
            .iter()
            .map(|line| Record::from_line(line).unwrap().seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(0, 10).await, [0, 1, 2]);
    assert_eq!(read(1, 1).await, [1]);
    assert_eq!(read(3, 10).await, [0; 0]);
    let unknown = ChainId::from_bytes([0; 16]);
    assert!(
        store
            .read(move |tx| tx.chain_lines(unknown, 0, 10))
            .await
            .is_empty()
    );
}
