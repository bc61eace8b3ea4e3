//! Rows of the deployment.

use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::entropy::OsEntropy;
use procura_core::id::{DeploymentId, KeyId, UserId};
use procura_core::sealing::Subject;
use procura_core::secret::kind::CheckpointSeed;

use crate::contract::database::Database;
use crate::contract::samples::{NOW, account, meta, other, own, sealed, sealed_under};
use crate::driver::Value;
use crate::encryption_key::Inserted;
use crate::meta::Meta;
use crate::store::Engine;

pub(super) async fn there_is_one_deployment(database: Database) {
    let store = database.store();
    let meta = Meta {
        deployment: DeploymentId::from_bytes([1; 16]),
        restore_epoch: 7,
        root_key: KeyId::from_bytes([2; 16]),
        key_check: [3; 32],
        created_at: NOW,
    };
    assert_eq!(store.read(|tx| tx.meta()).await, None);
    assert!(store.write(move |tx| tx.insert_meta(&meta)).await);
    assert!(
        !store
            .write(move |tx| tx.insert_meta(&Meta {
                restore_epoch: 8,
                ..meta
            }))
            .await
    );
    assert_eq!(store.read(|tx| tx.meta()).await, Some(meta));
}

pub(super) async fn a_cut_makes_the_next_epoch_and_says_what_was_cut(database: Database) {
    let store = database.store();
    assert_eq!(store.read(|tx| tx.epoch()).await, 0);
    assert_eq!(store.write(|tx| tx.cut("agent", &[9; 16], NOW)).await, 1);
    assert_eq!(
        store
            .write(|tx| tx.cut("issuer", b"https://idp", NOW))
            .await,
        2
    );
    assert_eq!(store.read(|tx| tx.epoch()).await, 2);
    let cuts = store.read(|tx| tx.cuts_after(1, 10)).await;
    assert_eq!(cuts.len(), 1);
    assert_eq!(
        (cuts[0].epoch, cuts[0].kind.as_str(), cuts[0].at),
        (2, "issuer", NOW)
    );
    assert_eq!(cuts[0].subject, b"https://idp");
    assert_eq!(
        store.read(|tx| tx.cuts_after(0, 1)).await[0].subject,
        [9; 16]
    );
}

fn key(id: u8, version: u32, account: bool, purpose: KeyPurpose) -> EncryptionKey {
    let above = if purpose.is_under_root() { 2 } else { 3 };
    EncryptionKey {
        id: KeyId::from_bytes([id; 16]),
        version,
        account: account.then(own),
        purpose,
        wrapped: sealed_under(KeyId::from_bytes([above; 16]), 1),
        created_at: NOW,
    }
}

pub(super) async fn a_key_is_unique_by_owner_purpose_and_version_also_without_an_owner(
    database: Database,
) {
    let store = database.store();
    let user = Subject::User(UserId::generate(NOW, &mut OsEntropy));
    let someone = Subject::User(UserId::generate(NOW, &mut OsEntropy));
    assert!(!store.read(|tx| tx.has_rows_sealed()).await);
    store
        .write(|tx| tx.insert_meta(&meta(KeyId::from_bytes([2; 16]))))
        .await;
    let keys = [
        key(1, 1, false, KeyPurpose::Token),
        key(2, 1, false, KeyPurpose::Subject(Subject::Deployment)),
        key(3, 1, true, KeyPurpose::Account),
        key(4, 1, true, KeyPurpose::Subject(Subject::Account)),
        key(5, 1, true, KeyPurpose::Subject(user)),
        key(6, 1, true, KeyPurpose::Subject(someone)),
        key(1, 2, false, KeyPurpose::Token),
    ];
    for key in keys.clone() {
        store
            .write(move |tx| {
                assert_eq!(tx.insert_encryption_key(&key)?, Inserted::Done, "{key:?}");
                let rival = EncryptionKey {
                    id: KeyId::from_bytes([0xff; 16]),
                    ..key.clone()
                };
                assert_eq!(tx.insert_encryption_key(&rival)?, Inserted::Taken);
                let stored = tx.encryption_key(key.id, key.version)?.unwrap();
                assert_eq!(format!("{stored:?}"), format!("{key:?}"));
                assert_eq!(stored.wrapped.as_bytes(), key.wrapped.as_bytes());
                let newest = tx.newest_encryption_key(key.account, key.purpose)?.unwrap();
                assert_eq!((newest.id, newest.version), (key.id, key.version));
                assert!(
                    tx.newest_encryption_key(Some(other()), key.purpose)?
                        .is_none()
                );
                assert!(tx.encryption_key(key.id, 99)?.is_none());
                Ok(())
            })
            .await;
    }
    assert!(store.read(|tx| tx.has_rows_sealed()).await);
}

pub(super) async fn a_deployment_secret_is_kept_with_its_version(database: Database) {
    let store = database.store();
    let secret = sealed::<CheckpointSeed>();
    let written = secret.clone();
    store
        .write(move |tx| {
            assert!(tx.deployment_secret::<CheckpointSeed>("seed")?.is_none());
            assert!(tx.insert_deployment_secret("seed", &written, 3)?);
            assert!(!tx.insert_deployment_secret("seed", &sealed::<CheckpointSeed>(), 4)?);
            Ok(())
        })
        .await;
    let (stored, version) = store
        .read(|tx| tx.deployment_secret::<CheckpointSeed>("seed"))
        .await
        .unwrap();
    assert_eq!((stored.as_bytes(), version), (secret.as_bytes(), 3));
}

pub(super) async fn accounts_are_listed_and_unique(database: Database) {
    let store = database.store();
    store
        .write(|tx| {
            assert!(!tx.account_exists(own())?);
            assert!(tx.insert_account(&account(other()))?);
            assert!(tx.insert_account(&account(own()))?);
            assert!(!tx.insert_account(&account(own()))?);
            assert!(tx.account_exists(own())?);
            Ok(())
        })
        .await;
    assert_eq!(
        store.read(|tx| tx.accounts()).await,
        [account(own()), account(other())]
    );
}

pub(super) async fn parameters_go_by_number_not_by_place(database: Database) {
    let store = database.store();
    let (first, again) = store
        .read(|tx| {
            let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT)";
            let parameters = [Value::Text("one"), Value::Text("two")];
            let mut row = tx.session.row("none", sql, &parameters)?.unwrap();
            let texts = (row.text("a")?, row.text("b")?, row.text("c")?);
            Ok((texts.clone(), texts))
        })
        .await;
    assert_eq!(
        first,
        ("two".to_owned(), "one".to_owned(), "two".to_owned())
    );
    assert_eq!(first, again);
}

pub(super) async fn the_time_is_the_database_s(database: Database) {
    let store = database.store();
    let (first, second) = store.write(|tx| Ok((tx.db_now()?, tx.db_now()?))).await;
    assert_eq!(first, second);
    match database.engine {
        // The clock of tests stands in 2001; SQLite has no clock of its own.
        Engine::Sqlite => assert_eq!(first, NOW),
        Engine::Postgres => assert!(first.millis() > 1_700_000_000_000),
    }
}
