//! Migrating.

use std::sync::Barrier;

use crate::config::OpenError;
use crate::contract::database::Database;
use crate::migration::Migrated;
use crate::store::Store;

/// The names of the migrations; each begins with its version.
fn names() -> Vec<String> {
    crate::migration::all()
}

fn newest() -> u32 {
    let newest = names().pop().unwrap();
    newest.get(..4).unwrap().parse().unwrap()
}

/// A version that we do not have yet.
const LATER: u32 = 900;

pub(super) async fn migrating_twice_is_migrating_once(database: Database) {
    let config = &database.config;
    assert_eq!(Store::plan(config).unwrap(), names());
    assert_eq!(names()[0], "0001_foundation");
    assert_eq!(
        Store::migrate(config).unwrap(),
        Migrated {
            from: 0,
            to: newest()
        }
    );
    assert_eq!(
        Store::migrate(config).unwrap(),
        Migrated {
            from: newest(),
            to: newest()
        }
    );
    assert_eq!(Store::plan(config).unwrap(), [""; 0]);
    let store = Store::open(config.clone()).unwrap();
    store.close().await.unwrap();
}

pub(super) async fn a_database_without_migrations_is_not_opened(database: Database) {
    match Store::open(database.config.clone()) {
        Err(OpenError::NotMigrated { pending }) => assert_eq!(pending, names()),
        other => panic!("{:?}", other.err()),
    }
    let error = Store::open(database.config.clone()).err().unwrap();
    assert!(
        error.to_string().contains("run `procura migrate`"),
        "{error}"
    );
}

pub(super) async fn a_newer_schema_is_refused(database: Database) {
    Store::migrate(&database.config).unwrap();
    database.admin(
        "INSERT INTO schema_migration (version, name, checksum, applied_at)
         SELECT 900, 'later', checksum, applied_at FROM schema_migration WHERE version = 1",
    );
    let refused = |error: Option<OpenError>| match error {
        Some(OpenError::NewerSchema {
            found: LATER,
            known,
        }) => assert_eq!(known, newest()),
        other => panic!("{other:?}"),
    };
    refused(Store::open(database.config.clone()).err());
    refused(Store::migrate(&database.config).err());
    refused(Store::plan(&database.config).err());
}

pub(super) async fn a_changed_migration_is_refused(database: Database) {
    Store::migrate(&database.config).unwrap();
    database.admin("UPDATE schema_migration SET checksum = substring(checksum, 1, 31)");
    match Store::open(database.config.clone()) {
        Err(OpenError::ChangedMigration { name }) => assert_eq!(name, names()[0]),
        other => panic!("{:?}", other.err()),
    }
}

pub(super) async fn two_that_migrate_at_once_take_turns(database: Database) {
    let barrier = Barrier::new(4);
    let mut from: Vec<u32> = std::thread::scope(|scope| {
        let migrate = || {
            barrier.wait();
            Store::migrate(&database.config).unwrap().from
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(migrate)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    from.sort_unstable();
    assert_eq!(from, [0, newest(), newest(), newest()]);
    drop(Store::open(database.config.clone()).unwrap());
}
