//! What only a server can do: let transactions collide, drop a connection, keep an answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use procura_core::error::Kind;
use procura_core::id::RecordId;

use crate::chain;
use crate::config::{Config, OpenError, PostgresConfig};
use crate::contract::chains::{append, recomputed};
use crate::contract::database::{Database, StandingClock};
use crate::contract::proxy::Proxy;
use crate::contract::run;
use crate::contract::samples::{
    NODE, NOW, OTHER_NODE, account, agent, entry, other, own, with_accounts,
};
use crate::contract::transactions::{names, spawn};
use crate::engine::Limits;
use crate::store::{Engine, Store};
use crate::tx::{Outcome, Tx};

/// How often each of some things happened.
fn counter() -> (Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let counter = Arc::new(AtomicUsize::new(0));
    (Arc::clone(&counter), counter)
}

#[test]
fn a_closure_that_collides_is_run_again() {
    run(Engine::Postgres, async |database| {
        let store = database.store();
        let (runs, counted) = counter();
        let (says_read, has_read) = sync_channel(1);
        let (says_done, is_done) = sync_channel(1);
        let is_done = Mutex::new(Some(is_done));
        // Each reads what the other writes: one of the two orders must be chosen.
        let slow = {
            let store = store.clone();
            spawn(async move {
                let closure = move |tx: &mut Tx<'_>| {
                    let seen = tx.account_exists(other())?;
                    if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                        says_read.send(()).unwrap();
                        is_done.lock().unwrap().take().unwrap().recv().unwrap();
                    }
                    tx.insert_account(&account(own()))?;
                    Ok(Outcome::Done(seen, entry("Slow")))
                };
                store.run_tx("slow", closure).await
            })
        };
        has_read.recv().unwrap();
        let fast = store
            .run_tx("fast", |tx| {
                let seen = tx.account_exists(own())?;
                tx.insert_account(&account(other()))?;
                Ok(Outcome::Done(seen, entry("Fast")))
            })
            .await
            .unwrap();
        says_done.send(()).unwrap();
        let slow = slow.await.unwrap().unwrap();
        assert_eq!((fast.value, slow.value), (false, true));
        assert_eq!(counted.load(Ordering::SeqCst), 2);
        let recorded = store.recorded().await;
        assert_eq!(recorded.iter().filter(|name| *name == "Slow").count(), 1);
    });
}

/// Runs `closure` in a store that loses its connection meanwhile: the effect and the record are
/// there once, in a new chain, and the old chain is closed.
async fn survives(store: &Store, lose: &'static str, runs_expected: usize) {
    with_accounts(store).await;
    let first_chain = store.read(|tx| tx.chains()).await[0].chain;
    let (runs, counted) = counter();
    let recorded = entry("Survivor");
    let id: RecordId = recorded.id;
    let committed = store
        .run_tx("survives", move |tx| {
            let inserted = tx
                .account(own())
                .insert_workload_identity(&agent("builder"))?;
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                tx.raw(lose)?;
            }
            Ok(Outcome::Done(inserted, recorded.clone()))
        })
        .await
        .unwrap();
    assert_eq!((committed.value, committed.record), (true, Some(id)));
    assert_eq!(counted.load(Ordering::SeqCst), runs_expected);
    assert_eq!(names(store).await, ["builder"]);
    let chains = store.verified_chains().await;
    assert_eq!(chains.len(), 2);
    let old = chains.iter().find(|row| row.0 == first_chain).unwrap();
    assert!(old.1, "closed");
    assert!(
        old.3
            .last()
            .unwrap()
            .entry
            .reason
            .contains("lost the connection")
    );
    let times = chains
        .iter()
        .flat_map(|row| &row.3)
        .filter(|record| record.entry.id == id)
        .count();
    assert_eq!(times, 1);
    let view = store.checkpoint_view().await.unwrap();
    let open: Vec<_> = chains
        .iter()
        .filter(|row| !row.1)
        .map(|row| row.2)
        .collect();
    assert_eq!(view.open, open);
    store.close().await.unwrap();
}

#[test]
fn a_connection_that_is_lost_in_a_closure_is_replaced() {
    run(Engine::Postgres, async |database| {
        let store = database.narrow(10);
        survives(&store, "SELECT pg_terminate_backend(pg_backend_pid())", 2).await;
    });
}

#[test]
fn a_commit_that_is_cut_short_is_found_undone_and_done_again() {
    run(Engine::Postgres, async |database| {
        let store = database.narrow(10);
        // The server ends the session while it commits, once: a sequence is not rolled back.
        database.admin(
            "CREATE SEQUENCE kills;
             CREATE FUNCTION kill() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF nextval('kills') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                 RETURN NULL;
             END $$;
             CREATE CONSTRAINT TRIGGER kill AFTER INSERT ON workload_identity
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kill()",
        );
        survives(&store, "SELECT 1", 2).await;
    });
}

/// A store with one writer whose wire can be cut.
fn behind_a_proxy(database: &Database) -> (Proxy, Store) {
    let Config::Postgres(config) = &database.config else {
        panic!("not a server")
    };
    let (_, after) = config.url.split_once('@').unwrap();
    let (server, _) = after.split_once('/').unwrap();
    let proxy = Proxy::to(server.to_owned());
    let config = PostgresConfig {
        url: proxy.url(&config.url),
        connections: 1,
    };
    let config = Config::Postgres(config);
    Store::migrate(&config).unwrap();
    let limits = Limits {
        writers: 1,
        readers: 1,
        lookups: 0,
        jobs_max: 10,
    };
    let store = Store::open_with(&config, limits).unwrap();
    store
        .start(NODE, Arc::new(StandingClock::default()))
        .unwrap();
    (proxy, store)
}

#[test]
fn a_commit_whose_answer_is_lost_is_found_done_and_not_done_twice() {
    run(Engine::Postgres, async |database| {
        let (proxy, store) = behind_a_proxy(&database);
        with_accounts(&store).await;
        proxy.swallow_next_commit();
        // The accounts are there, so `survives` cannot make them again: by hand.
        let lost = store.read(|tx| tx.chains()).await[0].chain;
        let (runs, counted) = counter();
        let recorded = entry("Survivor");
        let id = recorded.id;
        let committed = store
            .run_tx("survives", move |tx| {
                runs.fetch_add(1, Ordering::SeqCst);
                let inserted = tx
                    .account(own())
                    .insert_workload_identity(&agent("builder"))?;
                Ok(Outcome::Done(inserted, recorded.clone()))
            })
            .await
            .unwrap();
        assert_eq!((committed.value, committed.record), (true, Some(id)));
        assert_eq!(counted.load(Ordering::SeqCst), 1);
        let chains = store.verified_chains().await;
        let old = chains.iter().find(|row| row.0 == lost).unwrap();
        let operations: Vec<_> = old.3.iter().map(|r| r.entry.operation.as_ref()).collect();
        assert_eq!(operations, ["open", "Survivor", "close"]);
        assert_eq!(chains.len(), 2);
        store.close().await.unwrap();
    });
}

/// The old commit is still under way at the server when the writer is back. It must not be taken
/// for undone: closing its chain waits for it.
#[test]
fn a_commit_that_is_still_under_way_is_waited_for() {
    run(Engine::Postgres, async |database| {
        let (proxy, store) = behind_a_proxy(&database);
        with_accounts(&store).await;
        database.admin(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON workload_identity
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()",
        );
        let (says_held, is_held) = sync_channel(1);
        let (let_go, waits) = sync_channel::<()>(1);
        let Config::Postgres(config) = database.config.clone() else {
            panic!("not a server")
        };
        let holder = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&config.url, postgres::NoTls).unwrap();
            client.batch_execute("SELECT pg_advisory_lock(1)").unwrap();
            says_held.send(()).unwrap();
            waits.recv().unwrap();
        });
        is_held.recv().unwrap();

        proxy.cut_at_next_commit();
        let (runs, counted) = counter();
        let recorded = entry("Survivor");
        let committing = {
            let store = store.clone();
            spawn(async move {
                let closure = move |tx: &mut Tx<'_>| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    let inserted = tx
                        .account(own())
                        .insert_workload_identity(&agent("builder"))?;
                    Ok(Outcome::Done(inserted, recorded.clone()))
                };
                store.run_tx("survives", closure).await
            })
        };
        // The old commit waits for the lock, and the closing of its chain for the old commit.
        let waiting = "SELECT locktype FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                       WHERE NOT granted AND datname = current_database() ORDER BY locktype";
        while database.column(waiting) != ["advisory", "transactionid"] {}
        let_go.send(()).unwrap();
        holder.join().unwrap();
        assert!(committing.await.unwrap().unwrap().value);
        assert_eq!(counted.load(Ordering::SeqCst), 1);
        assert_eq!(names(&store).await, ["builder"]);
        let recorded = store.recorded().await;
        assert_eq!(
            recorded.iter().filter(|name| *name == "Survivor").count(),
            1
        );
    });
}

#[test]
fn housekeeping_whose_answer_is_lost_is_told_as_unknown() {
    run(Engine::Postgres, async |database| {
        let (proxy, store) = behind_a_proxy(&database);
        proxy.swallow_next_commit();
        let closure = |tx: &mut Tx<'_>| tx.insert_account(&account(own())).map(Outcome::Unrecorded);
        let unknown = store.run_tx("unknown", closure).await.unwrap_err();
        assert!(format!("{unknown:?}").contains("unknown"), "{unknown:?}");
        assert!(store.read(|tx| tx.account_exists(own())).await);
    });
}

#[test]
fn a_server_that_is_away_fails_callers_until_it_is_back() {
    run(Engine::Postgres, async |database| {
        let (proxy, store) = behind_a_proxy(&database);
        proxy.refuse(true);
        for _ in 0..2 {
            let closure = |_: &mut Tx<'_>| Ok(Outcome::Done((), entry("Away")));
            assert_eq!(
                store.run_tx("away", closure).await.unwrap_err().kind(),
                Kind::Internal
            );
            assert!(store.run_read("away", |tx| tx.epoch()).await.is_err());
        }
        // Whoever waits is told, too, and not only who is next.
        let away = async || {
            store
                .run_tx("away", |_| Ok(Outcome::Unrecorded(())))
                .await
                .is_err()
        };
        assert_eq!(tokio::join!(away(), away(), away()), (true, true, true));
        proxy.refuse(false);
        let closure = |_: &mut Tx<'_>| Ok(Outcome::Done((), entry("Back")));
        store.run_tx("back", closure).await.unwrap();
        let recorded = store.recorded().await;
        assert!(recorded.contains(&"Back".to_owned()) && !recorded.contains(&"Away".to_owned()));
        let open = store.checkpoint_view().await.unwrap().open;
        assert_eq!(open.len(), 1);
    });
}

#[test]
fn a_server_that_forgets_commits_is_refused() {
    run(Engine::Postgres, async |database| {
        Store::migrate(&database.config).unwrap();
        database.admin(
            "DO $$ BEGIN
                 EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
             END $$",
        );
        match Store::open(database.config.clone()) {
            Err(OpenError::Setting {
                name,
                found,
                wanted,
            }) => {
                assert_eq!(
                    (name, found.as_str(), wanted),
                    ("synchronous_commit", "off", "on")
                );
            }
            other => panic!("{:?}", other.err()),
        }
    });
}

#[test]
fn a_url_is_never_printed() {
    let url = "postgres://procura:hunter2@127.0.0.1:bad/procura".to_owned();
    let config = Config::Postgres(PostgresConfig {
        url,
        connections: 1,
    });
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = Store::open(config).err().unwrap();
    assert!(matches!(error, OpenError::Url));
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn an_open_may_be_called_from_a_runtime() {
    run(Engine::Postgres, async |database| {
        Store::migrate(&database.config).unwrap();
        let store = Store::open(database.config.clone()).unwrap();
        assert_eq!(Store::plan(&database.config).unwrap(), [""; 0]);
        store.close().await.unwrap();
    });
}

#[test]
fn a_writer_whose_chain_was_closed_by_another_goes_on_with_a_new_one() {
    run(Engine::Postgres, async |database| {
        let store = database.narrow(10);
        append(&store, 1).await;
        let chain = store.read(|tx| tx.chains()).await[0].chain;
        let neighbour = database.store_of(OTHER_NODE);
        neighbour
            .write(move |tx| chain::close_left(tx, chain, "its node is silent", NOW))
            .await;
        append(&store, 2).await;
        let chains = store.verified_chains().await;
        let closed = chains.iter().find(|row| row.0 == chain).unwrap();
        assert!(closed.1);
        assert_eq!(closed.3.last().unwrap().entry.operation, "close");
        let appended = store
            .recorded()
            .await
            .into_iter()
            .filter(|name| name == "Test")
            .count();
        assert_eq!(appended, 3);
        let view = store.checkpoint_view().await.unwrap();
        assert_eq!((view.open, view.closed), recomputed(&store).await);
    });
}
