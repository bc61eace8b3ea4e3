//! Reads that run where their caller is: they see, refuse and survive what other reads do.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use procura_core::error::{Error, Kind};

use crate::contract::database::Database;
use crate::contract::samples::{account, other, own};
use crate::contract::transactions::spawn;
use crate::store::Store;
use crate::tx::Tx;

async fn accounts(store: &Store) -> usize {
    let found = store.look_up("accounts", |tx| tx.accounts()).await;
    found.unwrap().len()
}

pub(super) async fn a_lookup_sees_one_snapshot_and_cannot_write(database: Database) {
    let store = database.store();
    let (says_read, has_read) = sync_channel(1);
    let (says_written, has_written) = sync_channel(1);
    let has_written = Arc::new(Mutex::new(has_written));
    let reading = {
        let store = store.clone();
        spawn(async move {
            let closure = move |tx: &mut Tx<'_>| {
                let before = tx.accounts()?;
                says_read.send(()).unwrap();
                has_written.lock().unwrap().recv().unwrap();
                Ok((before, tx.accounts()?))
            };
            store.look_up("snapshot", closure).await
        })
    };
    has_read.recv().unwrap();
    store.write(|tx| tx.insert_account(&account(own()))).await;
    // While one looks, others do.
    assert_eq!(accounts(&store).await, 1);
    says_written.send(()).unwrap();
    let (before, after) = reading.await.unwrap().unwrap();
    assert_eq!((before.len(), after.len()), (0, 0));

    let closure = |tx: &mut Tx<'_>| tx.insert_account(&account(other()));
    let write = store.look_up("writes", closure).await;
    assert_eq!(write.unwrap_err().kind(), Kind::Internal);
    assert_eq!(accounts(&store).await, 1);
}

pub(super) async fn a_lookup_that_fails_or_panics_harms_no_other(database: Database) {
    let store = database.store();
    store.write(|tx| tx.insert_account(&account(own()))).await;
    // More than there are places.
    for _ in 0..20 {
        let panicked = store.look_up("panics", |tx| -> Result<(), Error> {
            tx.accounts()?;
            panic!("on purpose");
        });
        assert_eq!(panicked.await.unwrap_err().kind(), Kind::Internal);
        let failed = store.look_up("fails", |tx| tx.raw("SELECT nothing"));
        assert_eq!(failed.await.unwrap_err().kind(), Kind::Internal);
        let went_on = store.look_up("goes_on", |tx| {
            let _hidden = tx.raw("SELECT nothing");
            Ok(())
        });
        assert_eq!(went_on.await.unwrap_err().kind(), Kind::Internal);
        let refused = store.look_up("refuses", |_| Err::<(), _>(Error::not_found("no")));
        assert_eq!(refused.await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(accounts(&store).await, 1);
    }
}

pub(super) async fn a_closed_store_looks_nothing_up(database: Database) {
    let store = database.store();
    assert_eq!(accounts(&store).await, 0);
    store.close_chains().await.unwrap();
    assert_eq!(accounts(&store).await, 0);
    store.close().await.unwrap();
    let late = store.look_up("accounts", |tx| tx.accounts()).await;
    assert_eq!(late.unwrap_err().kind(), Kind::Internal);
}
