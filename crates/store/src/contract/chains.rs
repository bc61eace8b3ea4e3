//! The chains over the life of a store, and what a checkpoint says of them.

use std::sync::Arc;

use procura_core::audit::note::{ChainState, ClosedChains};
use procura_core::id::ChainId;

use crate::contract::database::{Database, StandingClock};
use crate::contract::samples::{NODE, NOW, OTHER_NODE, entry};
use crate::store::Store;
use crate::tx::Outcome;

/// Appends this many records, one after the other.
pub(super) async fn append(store: &Store, records: usize) {
    for _ in 0..records {
        let entry = entry("Test");
        store
            .run_tx("test", move |_| Ok(Outcome::Done((), entry.clone())))
            .await
            .unwrap();
    }
}

pub(super) async fn a_start_opens_chains_and_a_close_ends_them(database: Database) {
    let store = database.narrow(10);
    append(&store, 3).await;
    let chains = store.verified_chains().await;
    assert_eq!((chains.len(), chains[0].1), (1, false));
    assert_eq!(store.recorded().await, ["open", "Test", "Test", "Test"]);
    store.close().await.unwrap();
    assert!(store.run_read("late", |tx| tx.chains()).await.is_err());

    let reopened = database.opened();
    let rows = reopened.read(|tx| tx.chains()).await;
    assert_eq!((rows[0].node, rows[0].opened_at), (NODE, NOW));
    assert_eq!(rows[0].closed.unwrap().size, 5);
    assert_eq!(
        reopened.recorded().await,
        ["open", "Test", "Test", "Test", "close"]
    );
}

pub(super) async fn a_start_closes_what_a_crash_left_open(database: Database) {
    let store = database.narrow(10);
    append(&store, 3).await;
    let crashed = store.verified_chains().await[0].0;
    store.crash().await;
    drop(store);

    let store = database.narrow(10);
    append(&store, 1).await;
    let chains = store.verified_chains().await;
    assert_eq!(chains.len(), 2);
    for (chain, closed, _, records) in chains {
        let operations: Vec<_> = records.iter().map(|r| r.entry.operation.as_ref()).collect();
        if chain == crashed {
            assert!(closed);
            assert_eq!(operations, ["open", "Test", "Test", "Test", "close"]);
            let reason = &records[4].entry.reason;
            assert!(reason.contains("without closing it") && reason.contains("4 records"));
        } else {
            assert!(!closed);
            assert_eq!(operations, ["open", "Test"]);
        }
    }
    // Another node's chain is none of its business.
    let other = database.store_of(OTHER_NODE);
    let open = other.checkpoint_view().await.unwrap().open;
    assert!(open.len() >= 2, "{open:?}");
}

pub(super) async fn a_start_reads_only_what_came_after_the_saved_frontier(database: Database) {
    let store = database.narrow(10);
    append(&store, 5).await;
    store.save_frontiers().await.unwrap();
    append(&store, 2).await;
    store.crash().await;
    // Whoever reads these would not go on.
    database.admin("UPDATE audit_record SET line = id WHERE seq < 6");

    let store = database.narrow(10);
    let rows = store.read(|tx| tx.chains()).await;
    let sizes: Vec<_> = rows
        .iter()
        .filter_map(|row| row.closed)
        .map(|state| state.size)
        .collect();
    assert_eq!(sizes, [1 + 5 + 2 + 1]);
    append(&store, 1).await;
}

pub(super) async fn a_start_refuses_a_chain_that_does_not_hold(database: Database) {
    let store = database.narrow(10);
    append(&store, 5).await;
    store.crash().await;
    database.admin("DELETE FROM audit_record WHERE seq = 2");
    let store = database.opened();
    assert!(
        store
            .start(NODE, Arc::new(StandingClock::default()))
            .is_err()
    );
}

pub(super) async fn a_store_starts_once(database: Database) {
    let store = database.store();
    assert!(
        store
            .start(NODE, Arc::new(StandingClock::default()))
            .is_err()
    );
    append(&store, 1).await;
    store.close().await.unwrap();
    let unstarted = database.opened();
    unstarted.close().await.unwrap();
    assert!(
        unstarted
            .start(NODE, Arc::new(StandingClock::default()))
            .is_err()
    );
}

/// What a view must be, by reading every chain from its first record.
pub(super) async fn recomputed(store: &Store) -> (Vec<ChainState>, ClosedChains) {
    let chains = store.verified_chains().await;
    let (closed, open): (Vec<_>, Vec<_>) = chains.into_iter().partition(|chain| chain.1);
    let states = |chains: Vec<(ChainId, bool, ChainState, Vec<_>)>| -> Vec<ChainState> {
        chains.into_iter().map(|chain| chain.2).collect()
    };
    (states(open), ClosedChains::of(&states(closed)))
}

pub(super) async fn a_checkpoint_names_every_chain_as_a_full_reading_would(database: Database) {
    let crashed = database.store();
    append(&crashed, 3).await;
    crashed.crash().await;
    let ended = database.store_of(OTHER_NODE);
    append(&ended, 2).await;
    ended.close().await.unwrap();

    let store = database.store();
    let neighbour = database.store_of(OTHER_NODE);
    for round in 0..3 {
        append(&store, 2).await;
        append(&neighbour, round).await;
        if round == 1 {
            neighbour.save_frontiers().await.unwrap();
        }
        for view in [
            store.checkpoint_view().await,
            neighbour.checkpoint_view().await,
        ] {
            let view = view.unwrap();
            assert_eq!((view.open.clone(), view.closed), recomputed(&store).await);
            assert!(view.open.is_sorted());
        }
    }
    store.write(|tx| tx.cut("agent", &[1; 16], NOW)).await;
    neighbour.close().await.unwrap();
    let view = store.checkpoint_view().await.unwrap();
    assert_eq!(view.epoch, 1);
    assert_eq!((view.open, view.closed), recomputed(&store).await);
}
