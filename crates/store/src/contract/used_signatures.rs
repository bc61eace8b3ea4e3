//! Signatures are used once.

use procura_core::time::Timestamp;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, OTHER_NODE};
use crate::store::Engine;
use crate::tx::Outcome;

const LATER: Timestamp = NOW.plus_seconds(7);
/// Longer than the test takes.
const KEPT_MS: u32 = 3_600_000;

pub(super) async fn a_signature_is_used_once(database: Database) {
    let store = database.store();
    let first = store.write(|tx| tx.use_signature(&[1; 32], NOW, KEPT_MS));
    assert_eq!(first.await, None);
    let other = store.write(|tx| tx.use_signature(&[2; 32], NOW, KEPT_MS));
    assert_eq!(other.await, None);
    let again = store.write(|tx| tx.use_signature(&[1; 32], LATER, KEPT_MS));
    assert_eq!(again.await, Some(NOW));
    store.close().await.unwrap();
    let reopened = database.store_of(OTHER_NODE);
    let again = reopened.write(|tx| tx.use_signature(&[1; 32], LATER, KEPT_MS));
    assert_eq!(again.await, Some(NOW), "also after a restart");
}

pub(super) async fn signatures_are_forgotten_when_their_time_is_over(database: Database) {
    let store = database.store();
    store
        .write(|tx| {
            for number in 0..5 {
                assert_eq!(tx.use_signature(&[number; 32], NOW, 0)?, None);
            }
            assert_eq!(tx.use_signature(&[9; 32], NOW, KEPT_MS)?, None);
            Ok(())
        })
        .await;
    assert_eq!(store.write(|tx| tx.forget_signatures(3)).await, 3);
    assert_eq!(store.write(|tx| tx.forget_signatures(3)).await, 2);
    assert_eq!(store.write(|tx| tx.forget_signatures(3)).await, 0);
    assert_eq!(store.read(|tx| tx.used_signatures()).await, 1);
    let kept = store.write(|tx| tx.use_signature(&[9; 32], LATER, KEPT_MS));
    assert_eq!(kept.await, Some(NOW));
}

pub(super) async fn of_many_that_use_a_signature_at_once_one_does(database: Database) {
    let store = database.store();
    // On PostgreSQL there may be another node; a SQLite file has one process.
    let other = (database.engine == Engine::Postgres).then(|| database.store_of(OTHER_NODE));
    let mut using = tokio::task::JoinSet::new();
    for number in 0..24 {
        let store = match &other {
            Some(other) if number % 2 == 0 => other.clone(),
            _ => store.clone(),
        };
        using.spawn(async move {
            let used = store.run_tx("use_signature", |tx| {
                tx.use_signature(&[7; 32], NOW, KEPT_MS)
                    .map(Outcome::Unrecorded)
            });
            used.await.unwrap().value
        });
    }
    let answers = using.join_all().await;
    let first = answers.iter().filter(|used| used.is_none()).count();
    assert_eq!(first, 1, "{answers:?}");
}
