//! What only a file can do: lose a whole batch, fill up, be read by others.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use procura_core::error::Kind;

use crate::config::{Config, OpenError, SqliteConfig};
use crate::contract::database::Database;
use crate::contract::run;
use crate::contract::samples::{agent, entry, own, with_accounts};
use crate::contract::transactions::{Gate, names, queued, queued_agent};
use crate::driver::{Cell, Value};
use crate::grant::OF_PROVIDER;
use crate::store::{Engine, Store};
use crate::tx::{Outcome, Tx};

fn path(database: &Database) -> &Path {
    match &database.config {
        Config::Sqlite(config) => &config.path,
        Config::Postgres(_) => panic!("not a file"),
    }
}

/// A batch of good closures with one between them that makes the engine give up.
async fn one_breaks_the_batch(
    store: &Store,
    breaker: impl Fn(&mut Tx<'_>) -> Result<(), procura_core::error::Error> + Send + 'static,
) {
    let (gate, held) = Gate::hold(store);
    let before = queued_agent(store, "before").await;
    let broken = {
        let store = store.clone();
        queued(async move {
            let closure = move |tx: &mut Tx<'_>| {
                breaker(tx)?;
                Ok(Outcome::Done((), entry("Broken")))
            };
            store.run_tx("breaks", closure).await
        })
        .await
    };
    let after = queued_agent(store, "later").await;
    gate.open();
    held.await.unwrap().unwrap();
    assert!(before.await.unwrap().unwrap().value);
    assert!(after.await.unwrap().unwrap().value);
    assert_eq!(broken.await.unwrap().unwrap_err().kind(), Kind::Internal);
    assert_eq!(names(store).await, ["before", "later"]);
    let recorded = store.recorded().await;
    let wanted = [
        "open",
        "Gate",
        "CreateWorkloadIdentity",
        "CreateWorkloadIdentity",
    ];
    assert_eq!(recorded, wanted);
    let view = store.checkpoint_view().await.unwrap();
    assert_eq!(view.open[0], store.verified_chains().await[0].2);
}

#[test]
fn a_lost_transaction_is_run_again_without_the_one_that_lost_it() {
    run(Engine::Sqlite, async |database| {
        let store = database.narrow(10);
        with_accounts(&store).await;
        one_breaks_the_batch(&store, |tx| {
            tx.account(own())
                .insert_workload_identity(&agent("undone"))?;
            tx.raw("ROLLBACK").map(|_| ())
        })
        .await;
    });
}

#[test]
fn a_full_disk_fails_who_filled_it() {
    run(Engine::Sqlite, async |database| {
        let store = database.narrow(10);
        with_accounts(&store).await;
        one_breaks_the_batch(&store, |tx| {
            // As many pages as there are, and some: the good closures fit, this one does not.
            tx.session
                .rows("none", "PRAGMA max_page_count = 200", &[])?;
            for number in 0..10_000 {
                let mut big = agent(&format!("big-{number}"));
                big.return_urls = vec!["x".repeat(4_000)];
                tx.account(own()).insert_workload_identity(&big)?;
            }
            Ok(())
        })
        .await;
    });
}

#[test]
fn a_drop_without_close_does_not_hang_and_leaves_the_chain_open() {
    run(Engine::Sqlite, async |database| {
        let store = database.store();
        drop(store);
        let store = database.store();
        let rows = store.read(|tx| tx.chains()).await;
        assert_eq!(rows.iter().filter(|row| row.closed.is_some()).count(), 1);
    });
}

#[test]
fn only_the_owner_reads_the_files() {
    run(Engine::Sqlite, async |database| {
        let store = database.store();
        with_accounts(&store).await;
        let directory = path(&database).parent().unwrap();
        let mut seen = 0;
        for file in std::fs::read_dir(directory).unwrap() {
            let file = file.unwrap();
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", file.path());
            seen += 1;
        }
        assert_eq!(seen, 3, "the database, its log and its index");
    });
}

/// With the index on the key of the table instead, each decision would go through every grant of
/// its account.
#[test]
fn the_grants_on_a_provider_are_found_by_its_index() {
    run(Engine::Sqlite, async |database| {
        let explained = format!("EXPLAIN QUERY PLAN {OF_PROVIDER}");
        let store = database.store();
        let plan = store.read(move |tx| {
            let parameters = [Value::Text("000000000000"), Value::Blob(&[1; 16])];
            tx.session.dangerous_query(&explained, &parameters)
        });
        let plan: Vec<_> = plan
            .await
            .into_iter()
            .filter_map(|row| match row.last() {
                Some(Cell::Text(step)) => Some(step.clone()),
                _ => None,
            })
            .collect();
        let step = "SEARCH administrator_grant USING INDEX administrator_grant_by_provider \
                    (account=? AND provider=?)";
        assert_eq!(plan, [step]);
    });
}

#[test]
fn a_missing_file_is_not_made_by_opening_or_planning() {
    let path = std::env::temp_dir()
        .join("procura-absent")
        .join("procura.db");
    let config = Config::Sqlite(SqliteConfig { path: path.clone() });
    assert!(matches!(
        Store::open(config.clone()),
        Err(OpenError::NotMigrated { .. })
    ));
    assert!(!Store::plan(&config).unwrap().is_empty());
    assert!(matches!(Store::migrate(&config), Err(OpenError::System(_))));
    assert!(!path.exists());
}
