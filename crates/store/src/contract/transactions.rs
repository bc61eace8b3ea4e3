//! What is kept, what is undone, and who is told what.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::contract::database::Database;
use crate::contract::samples::{account, agent, entry, grant, other, own, provider, with_accounts};
use crate::store::{Engine, Store};
use crate::tx::{Outcome, Tx};

/// A closure that has begun and does not end before it is let go.
pub(super) struct Gate {
    begun: Receiver<()>,
    let_go: SyncSender<()>,
}

impl Gate {
    /// Occupies the thread that writes. Returns when the closure runs.
    pub(super) fn hold(store: &Store) -> (Self, JoinHandle<Result<Committed<()>, Error>>) {
        let (says_begun, begun) = sync_channel(16);
        let (let_go, waits) = sync_channel(1);
        let waits = Mutex::new(Some(waits));
        let store = store.clone();
        let held = spawn(async move {
            let closure = move |_: &mut Tx<'_>| {
                says_begun.send(()).unwrap();
                // A second run does not wait again.
                if let Some(waits) = waits.lock().unwrap().take() {
                    waits.recv().unwrap();
                }
                Ok(Outcome::Done((), entry("Gate")))
            };
            store.run_tx("gate", closure).await
        });
        let gate = Self { begun, let_go };
        gate.begun.recv().unwrap();
        (gate, held)
    }

    pub(super) fn open(&self) {
        self.let_go.send(()).unwrap();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test waits for what it has spawned"
)]
pub(super) fn spawn<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    tokio::spawn(future)
}

/// Polls `future` once, so that its closure stands in the queue, and goes on with it elsewhere.
pub(super) async fn queued<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    spawn(future)
}

/// A change with a record, as a task.
pub(super) async fn queued_agent(
    store: &Store,
    name: &str,
) -> JoinHandle<Result<Committed<bool>, Error>> {
    let (store, agent) = (store.clone(), agent(name));
    queued(async move {
        let closure = move |tx: &mut Tx<'_>| {
            let inserted = tx.account(own()).insert_workload_identity(&agent)?;
            Ok(Outcome::Done(inserted, entry("CreateWorkloadIdentity")))
        };
        store.run_tx("insert", closure).await
    })
    .await
}

pub(super) async fn names(store: &Store) -> Vec<String> {
    let agents = store
        .read(|tx| tx.account(own()).workload_identities(None, 1_000))
        .await;
    agents
        .into_iter()
        .map(|agent| agent.name.to_string())
        .collect()
}

pub(super) async fn a_refusal_keeps_its_record_and_undoes_its_effect(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    let refusal = entry("Refused");
    let id = refusal.id;
    let refused = store
        .run_tx::<(), _>("test", move |tx| {
            tx.account(own())
                .insert_workload_identity(&agent("undone"))?;
            Ok(Outcome::Refused(Error::denied("no"), refusal.clone()))
        })
        .await
        .unwrap_err();
    assert_eq!((refused.kind(), refused.record()), (Kind::Denied, Some(id)));
    assert_eq!(names(&store).await, [""; 0]);
    assert!(store.recorded().await.contains(&"Refused".to_owned()));
}

pub(super) async fn an_error_undoes_effect_and_record(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    let failed = store
        .run_tx::<(), _>("test", |tx| {
            tx.account(own())
                .insert_workload_identity(&agent("undone"))?;
            Err(Error::conflict("changed your mind"))
        })
        .await
        .unwrap_err();
    assert_eq!((failed.kind(), failed.record()), (Kind::Conflict, None));
    assert_eq!(names(&store).await, [""; 0]);
    let done = store
        .run_tx("test", |tx| {
            tx.account(own()).insert_workload_identity(&agent("kept"))?;
            Ok(Outcome::Done(7, entry("Kept")))
        })
        .await
        .unwrap();
    assert_eq!(done.value, 7);
    assert_eq!(names(&store).await, ["kept"]);
    let kept = store
        .recorded()
        .await
        .into_iter()
        .filter(|name| name == "Kept")
        .count();
    assert_eq!(kept, 1);
}

pub(super) async fn a_panic_undoes_its_own_effect_and_no_other(database: Database) {
    let store = database.narrow(10);
    with_accounts(&store).await;
    let (gate, held) = Gate::hold(&store);
    let before = queued_agent(&store, "before").await;
    let panicking = {
        let store = store.clone();
        queued(async move {
            let closure = |tx: &mut Tx<'_>| {
                tx.account(own())
                    .insert_workload_identity(&agent("undone"))?;
                assert!(!tx.account_exists(own())?, "a bug in a closure");
                Ok(Outcome::Unrecorded(()))
            };
            store.run_tx("panics", closure).await
        })
        .await
    };
    let after = queued_agent(&store, "later").await;
    gate.open();
    held.await.unwrap().unwrap();
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(panicking.await.unwrap().unwrap_err().kind(), Kind::Internal);
    assert_eq!(names(&store).await, ["before", "later"]);
    store.verified_chains().await;
}

pub(super) async fn a_closure_that_hides_a_failed_statement_is_not_committed(database: Database) {
    let store = database.narrow(10);
    with_accounts(&store).await;
    let (gate, held) = Gate::hold(&store);
    let before = queued_agent(&store, "before").await;
    let hide = |refuse: bool| {
        let store = store.clone();
        queued(async move {
            let closure = move |tx: &mut Tx<'_>| {
                tx.account(own())
                    .insert_workload_identity(&agent("undone"))?;
                assert!(tx.raw("INSERT INTO meta (singleton) VALUES (2)").is_err());
                Ok(if refuse {
                    Outcome::Refused(Error::denied("no"), entry("Hidden"))
                } else {
                    Outcome::Done((), entry("Hidden"))
                })
            };
            store.run_tx("hides", closure).await
        })
    };
    let (hidden, refused) = (hide(false).await, hide(true).await);
    let after = queued_agent(&store, "later").await;
    gate.open();
    held.await.unwrap().unwrap();
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(hidden.await.unwrap().unwrap_err().kind(), Kind::Internal);
    assert_eq!(refused.await.unwrap().unwrap_err().kind(), Kind::Internal);
    assert_eq!(names(&store).await, ["before", "later"]);
    assert!(!store.recorded().await.contains(&"Hidden".to_owned()));
}

pub(super) async fn a_commit_that_fails_is_the_failure_of_its_closure_alone(database: Database) {
    let store = database.narrow(10);
    with_accounts(&store).await;
    if database.engine == Engine::Postgres {
        let constraint = "administrator_grant_account_provider_fkey";
        database.admin(&format!(
            "ALTER TABLE administrator_grant
             ALTER CONSTRAINT {constraint} DEFERRABLE INITIALLY DEFERRED"
        ));
    }
    let (gate, held) = Gate::hold(&store);
    let before = queued_agent(&store, "before").await;
    let dangling = {
        let (store, engine) = (store.clone(), database.engine);
        queued(async move {
            let closure = move |tx: &mut Tx<'_>| {
                if engine == Engine::Sqlite {
                    tx.raw("PRAGMA defer_foreign_keys = ON")?;
                }
                // Nobody checks this before the commit.
                tx.account(own())
                    .insert_administrator_grant(&grant(provider("x").id, None))?;
                Ok(Outcome::Done((), entry("Dangling")))
            };
            store.run_tx("dangles", closure).await
        })
        .await
    };
    let after = queued_agent(&store, "later").await;
    gate.open();
    held.await.unwrap().unwrap();
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(dangling.await.unwrap().unwrap_err().kind(), Kind::Internal);
    assert_eq!(names(&store).await, ["before", "later"]);
    let recorded = store.recorded().await;
    assert_eq!(
        recorded.iter().filter(|name| *name == "Gate").count(),
        1,
        "{recorded:?}"
    );
    assert!(!recorded.contains(&"Dangling".to_owned()));
    let view = store.checkpoint_view().await.unwrap();
    let chains = store.verified_chains().await;
    assert_eq!(
        view.open,
        chains.iter().map(|chain| chain.2).collect::<Vec<_>>()
    );
}

pub(super) async fn sixty_four_callers_are_all_recorded(database: Database) {
    let store = database.store();
    with_accounts(&store).await;
    let mut callers = Vec::new();
    for caller in 0..64 {
        let store = store.clone();
        callers.push(spawn(async move {
            let mut acknowledged = Vec::new();
            for call in 0..5 {
                let (agent, entry) = (agent(&format!("agent-{caller}-{call}")), entry("Create"));
                let closure = move |tx: &mut Tx<'_>| {
                    let mut own = tx.account(own());
                    assert!(own.workload_identity(&agent.name)?.is_none());
                    let inserted = own.insert_workload_identity(&agent)?;
                    Ok(Outcome::Done(inserted, entry.clone()))
                };
                let committed = store.run_tx("create", closure).await.unwrap();
                assert!(committed.value);
                acknowledged.push(committed.record.unwrap());
            }
            acknowledged
        }));
    }
    let mut acknowledged = BTreeSet::new();
    for caller in callers {
        acknowledged.extend(caller.await.unwrap());
    }
    assert_eq!(acknowledged.len(), 64 * 5);
    assert_eq!(names(&store).await.len(), 64 * 5);

    let chains = store.verified_chains().await;
    let writers = match &database.config {
        Config::Sqlite(_) => 1,
        Config::Postgres(config) => config.connections,
    };
    assert_eq!(chains.len(), writers);
    let recorded: Vec<_> = chains
        .iter()
        .flat_map(|(_, _, _, records)| records)
        .filter(|record| record.entry.operation == "Create")
        .map(|record| record.entry.id)
        .collect();
    assert_eq!(recorded.len(), acknowledged.len(), "each once");
    assert_eq!(recorded.into_iter().collect::<BTreeSet<_>>(), acknowledged);
}

pub(super) async fn a_full_queue_refuses(database: Database) {
    let store = database.narrow(1);
    with_accounts(&store).await;
    let (gate, held) = Gate::hold(&store);
    let waiting = queued_agent(&store, "waiting").await;
    let refused = store
        .run_tx("refused", |_| Ok(Outcome::Done((), entry("Never"))))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), Kind::Throttled);
    gate.open();
    held.await.unwrap().unwrap();
    assert!(waiting.await.unwrap().unwrap().value);
    assert!(!store.recorded().await.contains(&"Never".to_owned()));
}

pub(super) async fn a_read_sees_one_snapshot_and_cannot_write(database: Database) {
    let store = database.store();
    let (says_read, has_read) = sync_channel(1);
    let (says_written, has_written) = sync_channel(1);
    let has_written = Arc::new(Mutex::new(has_written));
    let reading = {
        let store = store.clone();
        spawn(async move {
            store
                .run_read("snapshot", move |tx| {
                    let before = tx.accounts()?;
                    says_read.send(()).unwrap();
                    has_written.lock().unwrap().recv().unwrap();
                    Ok((before, tx.accounts()?))
                })
                .await
        })
    };
    has_read.recv().unwrap();
    store.write(|tx| tx.insert_account(&account(own()))).await;
    says_written.send(()).unwrap();
    let (before, after) = reading.await.unwrap().unwrap();
    assert_eq!((before.len(), after.len()), (0, 0));
    assert_eq!(store.read(|tx| tx.accounts()).await.len(), 1);

    let write = store
        .run_read("writes", |tx| tx.insert_account(&account(other())))
        .await;
    assert_eq!(write.unwrap_err().kind(), Kind::Internal);
    assert_eq!(store.read(|tx| tx.accounts()).await.len(), 1);
}

pub(super) async fn housekeeping_works_before_the_start_and_records_do_not(database: Database) {
    let store = database.opened();
    assert_eq!(store.engine(), database.engine);
    assert!(store.write(|tx| tx.insert_account(&account(own()))).await);
    let recorded = store
        .run_tx("test", |tx| {
            tx.insert_account(&account(other()))?;
            Ok(Outcome::Done((), entry("Early")))
        })
        .await;
    assert_eq!(recorded.unwrap_err().kind(), Kind::Internal);
    assert_eq!(store.read(|tx| tx.accounts()).await, [account(own())]);
    store.close().await.unwrap();
}

pub(super) async fn what_waits_is_finished_when_the_store_closes(database: Database) {
    let store = database.narrow(100);
    with_accounts(&store).await;
    let (gate, held) = Gate::hold(&store);
    let mut waiting = Vec::new();
    for number in 0..20 {
        waiting.push(queued_agent(&store, &format!("agent-{number}")).await);
    }
    let closing = {
        let store = store.clone();
        queued(async move { store.close().await }).await
    };
    let late = store.run_tx("late", |_| Ok(Outcome::Unrecorded(()))).await;
    assert_eq!(late.unwrap_err().kind(), Kind::Internal);
    gate.open();
    held.await.unwrap().unwrap();
    for caller in waiting {
        assert!(caller.await.unwrap().unwrap().value);
    }
    closing.await.unwrap().unwrap();
    store.close().await.unwrap();

    let reopened = database.opened();
    assert_eq!(names(&reopened).await.len(), 20);
    let chains = reopened.verified_chains().await;
    assert!(chains.iter().all(|chain| chain.1), "closed");
}
