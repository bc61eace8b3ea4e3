//! What a rotation reads and writes.

use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::entropy::OsEntropy;
use procura_core::id::{KeyId, UserId};
use procura_core::sealing::Subject;
use procura_core::secret::kind::{DeploymentSecret, RotationMark};

use crate::contract::database::Database;
use crate::contract::samples::{NOW, OTHER_NODE, meta, own, sealed_under, with_accounts};
use crate::encryption_key::Inserted;
use crate::rotation::WrappedUnder;
use crate::store::Store;

const OLD: KeyId = KeyId::from_bytes([2; 16]);
const NEW: KeyId = KeyId::from_bytes([9; 16]);
const ACCOUNT_KEY: KeyId = KeyId::from_bytes([3; 16]);

fn key(id: KeyId, version: u32, purpose: KeyPurpose, under: (KeyId, u32)) -> EncryptionKey {
    EncryptionKey {
        id,
        version,
        account: (purpose != KeyPurpose::Token).then(own),
        purpose,
        wrapped: sealed_under(under.0, under.1),
        created_at: NOW,
    }
}

fn user_key(under_version: u32) -> EncryptionKey {
    let user = Subject::User(UserId::generate(NOW, &mut OsEntropy));
    let id = KeyId::generate(NOW, &mut OsEntropy);
    key(
        id,
        1,
        KeyPurpose::Subject(user),
        (ACCOUNT_KEY, under_version),
    )
}

async fn insert(store: &Store, key: EncryptionKey) -> Inserted {
    store.write(move |tx| tx.insert_encryption_key(&key)).await
}

/// A deployment under the root key `OLD`, with the first version of an account's key.
async fn deployment(store: &Store) {
    with_accounts(store).await;
    store.write(|tx| tx.insert_meta(&meta(OLD))).await;
    let first = key(ACCOUNT_KEY, 1, KeyPurpose::Account, (OLD, 1));
    assert_eq!(insert(store, first).await, Inserted::Done);
}

pub(super) async fn a_key_is_added_under_the_newest_only(database: Database) {
    let store = database.store();
    deployment(&store).await;
    let token = |root| key(KeyId::from_bytes([1; 16]), 1, KeyPurpose::Token, (root, 1));
    assert_eq!(insert(&store, token(NEW)).await, Inserted::Stale);
    let switched = store
        .write(|tx| {
            Ok((
                tx.switch_root_key(OLD, NEW, &[7; 32])?,
                tx.switch_root_key(OLD, NEW, &[8; 32])?,
                tx.meta()?.unwrap().key_check,
            ))
        })
        .await;
    assert_eq!(switched, (true, false, [7; 32]));
    assert_eq!(insert(&store, token(OLD)).await, Inserted::Stale);
    assert_eq!(insert(&store, token(NEW)).await, Inserted::Done);
    assert_eq!(insert(&store, token(NEW)).await, Inserted::Taken);

    assert_eq!(insert(&store, user_key(1)).await, Inserted::Done);
    let second = key(ACCOUNT_KEY, 2, KeyPurpose::Account, (NEW, 1));
    assert_eq!(insert(&store, second).await, Inserted::Done);
    assert_eq!(insert(&store, user_key(1)).await, Inserted::Stale);
    assert_eq!(insert(&store, user_key(2)).await, Inserted::Done);
}

pub(super) async fn what_a_root_key_wraps_is_found_and_replaced_once(database: Database) {
    let store = database.store();
    deployment(&store).await;
    // Sealed under a key of the database, so no business of a root key.
    let beside = sealed_under::<DeploymentSecret>(ACCOUNT_KEY, 1);
    let secret = sealed_under::<DeploymentSecret>(OLD, 1);
    let written = (secret.clone(), beside);
    store
        .write(move |tx| {
            tx.insert_deployment_secret("seed", &written.0, 1)?;
            tx.insert_deployment_secret("beside", &written.1, 1)
        })
        .await;
    assert_eq!(store.read(|tx| tx.root_keys_in_use()).await, [(OLD, 2)]);
    let keys = store.read(|tx| tx.keys_under_root(OLD, 10)).await;
    assert_eq!(keys.len(), 1);
    let (old, anew) = (keys[0].clone(), sealed_under(NEW, 1));
    let replaced = store
        .write(move |tx| {
            Ok((
                tx.rewrap_encryption_key(&old, &anew)?,
                tx.rewrap_encryption_key(&old, &anew)?,
            ))
        })
        .await;
    assert_eq!(
        replaced,
        (true, false),
        "compared with the bytes that were read"
    );
    assert_eq!(
        store.read(|tx| tx.root_keys_in_use()).await,
        [(OLD, 1), (NEW, 1)]
    );
    let secrets = store.read(|tx| tx.secrets_under_root(OLD, 10)).await;
    assert_eq!((secrets.len(), secrets[0].0.as_str()), (1, "seed"));
    let resealed = store
        .write(move |tx| {
            let anew = sealed_under::<DeploymentSecret>(NEW, 1);
            Ok((
                tx.reseal_deployment_secret("seed", &secret, &anew)?,
                tx.reseal_deployment_secret("seed", &secret, &anew)?,
            ))
        })
        .await;
    assert_eq!(resealed, (true, false));
    assert_eq!(store.read(|tx| tx.root_keys_in_use()).await, [(NEW, 2)]);
    assert!(store.read(|tx| tx.keys_under_root(OLD, 1)).await.is_empty());
}

pub(super) async fn what_an_older_account_key_wraps_is_found_in_pages(database: Database) {
    let store = database.store();
    deployment(&store).await;
    for _ in 0..5 {
        assert_eq!(insert(&store, user_key(1)).await, Inserted::Done);
    }
    let index = key(
        KeyId::from_bytes([4; 16]),
        1,
        KeyPurpose::UserIndex,
        (ACCOUNT_KEY, 1),
    );
    assert_eq!(insert(&store, index).await, Inserted::Done);
    let second = key(ACCOUNT_KEY, 2, KeyPurpose::Account, (OLD, 1));
    assert_eq!(insert(&store, second).await, Inserted::Done);
    assert_eq!(insert(&store, user_key(2)).await, Inserted::Done);
    let newest = (ACCOUNT_KEY, 2);
    let counted = store
        .read(move |tx| tx.wrapped_in_account(own(), newest))
        .await;
    assert_eq!(counted, WrappedUnder { rows: 7, older: 6 });
    let (mut after, mut found) = (None::<EncryptionKey>, Vec::new());
    loop {
        let from = after.take();
        let page = store
            .read(move |tx| tx.keys_under_older(own(), newest, from.as_ref(), 4))
            .await;
        after = page.last().cloned();
        if after.is_none() {
            break;
        }
        found.extend(page.into_iter().map(|key| key.id));
    }
    assert_eq!(found.len(), 6);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), 6, "none twice");
}

pub(super) async fn marks_are_listed_by_their_beginning_and_removed(database: Database) {
    let store = database.store();
    let names = store
        .write(|tx| {
            for name in ["rotation", "rotation/a", "rotation/b", "rotation0"] {
                tx.insert_deployment_secret(name, &sealed_under::<RotationMark>(OLD, 1), 1)?;
            }
            assert!(tx.delete_deployment_secret("rotation/a")?);
            assert!(!tx.delete_deployment_secret("rotation/a")?);
            tx.deployment_secrets::<RotationMark>("rotation/")
        })
        .await;
    let names: Vec<_> = names.into_iter().map(|(name, _, _)| name).collect();
    assert_eq!(names, ["rotation/b"]);
}

pub(super) async fn other_nodes_are_those_with_open_chains(database: Database) {
    let store = database.store();
    let node = crate::contract::samples::NODE;
    assert_eq!(store.read(move |tx| tx.other_nodes(node)).await, 0);
    assert_eq!(store.read(|tx| tx.other_nodes(OTHER_NODE)).await, 1);
}
