//! Every row into lines, and back into a database of either engine.

use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::{Error, Kind};
use procura_core::id::KeyId;
use procura_core::secret::kind::ApiKey;

use crate::backup::Manifest;
use crate::contract::connection_samples::{kept, place};
use crate::contract::database::Database;
use crate::contract::idle_connections::{FILTER, last_use};
use crate::contract::samples::{NOW, agent, entry, meta, own, provider, sealed, sealed_under};
use crate::contract::samples::{grant, with_accounts};
use crate::contract::user_pools::signed_in;
use crate::encryption_key::Inserted;
use crate::store::{Engine, Store};
use crate::tx::Outcome;

const ROOT: KeyId = KeyId::from_bytes([2; 16]);

/// More agents than a page of a backup has, so that pages join.
const AGENTS: usize = 260;

async fn filled(database: &Database) -> Store {
    let store = database.store();
    with_accounts(&store).await;
    let token = EncryptionKey {
        id: KeyId::from_bytes([1; 16]),
        version: 1,
        account: None,
        purpose: KeyPurpose::Token,
        wrapped: sealed_under(ROOT, 1),
        created_at: NOW,
    };
    store
        .write(move |tx| {
            tx.insert_meta(&meta(ROOT))?;
            assert_eq!(tx.insert_encryption_key(&token)?, Inserted::Done);
            for number in 0..AGENTS {
                let agent = agent(&format!("agent-{number}"));
                tx.account(own()).insert_workload_identity(&agent)?;
            }
            let provider = provider("provider");
            tx.account(own())
                .insert_credential_provider(&provider, &sealed::<ApiKey>())?;
            tx.account(own())
                .insert_administrator_grant(&grant(provider.id, None))?;
            tx.cut("agent", &[9; 16], NOW)
        })
        .await;
    let recorded = store.run_tx("test", |_| Ok(Outcome::Done((), entry("Test"))));
    recorded.await.unwrap();
    store
}

async fn backed_up(store: &Store) -> (Manifest, Vec<Vec<u8>>) {
    let (manifest, text) = store
        .read(|tx| {
            let mut out = Vec::new();
            let manifest = tx.back_up(&mut out, NOW)?;
            Ok((manifest, out))
        })
        .await;
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    (manifest, lines.skip(1).map(<[u8]>::to_vec).collect())
}

async fn restored(store: &Store, manifest: &Manifest, lines: &[Vec<u8>]) -> Result<u64, Error> {
    let (manifest, lines) = (manifest.clone(), lines.to_vec());
    let restore = move |tx: &mut crate::tx::Tx<'_>| {
        let mut lines = lines.clone().into_iter();
        tx.restore(&manifest, &mut || Ok(lines.next()), NOW)
            .map(Outcome::Unrecorded)
    };
    store
        .run_tx("restore", restore)
        .await
        .map(|done| done.value)
}

pub(super) async fn a_backup_becomes_the_same_rows_in_either_engine(database: Database) {
    let store = filled(&database).await;
    let (manifest, lines) = backed_up(&store).await;
    assert_eq!(
        (manifest.accounts, manifest.root_keys.as_slice()),
        (2, &[ROOT][..])
    );
    assert_eq!(manifest.revocation_epoch, 1);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(empty) = Database::create(engine) else {
            println!("not run: PostgreSQL absent");
            continue;
        };
        let copy = empty.opened();
        assert_eq!(restored(&copy, &manifest, &lines).await.unwrap(), 1);
        let (again, _) = backed_up(&copy).await;
        assert_eq!((again.restore_epoch, again.revocation_epoch), (1, 2));
        // Beside the rows of the restore itself, everything is as it was.
        let changed = [
            "meta",
            "revocation",
            "encryption_key",
            "audit_chain",
            "audit_record",
        ];
        for (before, after) in manifest.tables.iter().zip(&again.tables) {
            assert_eq!(
                (&before.name, &before.columns),
                (&after.name, &after.columns)
            );
            let same = changed.contains(&before.name.as_str()) || before.rows == after.rows;
            assert!(same, "{}", before.name);
        }
        let agents = copy
            .read(|tx| tx.account(own()).workload_identities(None, 1000))
            .await;
        assert_eq!(agents.len(), AGENTS);
        // Every chain verifies, and is ended.
        let chains = copy.verified_chains().await;
        assert!(!chains.is_empty() && chains.iter().all(|(_, closed, ..)| *closed));
    }
}

pub(super) async fn a_restore_ends_every_token(database: Database) {
    let store = filled(&database).await;
    store
        .write(|tx| {
            let key = place(tx);
            let mut mine = tx.account(own());
            kept(&mut mine, key);
            mine.note_use(key, &last_use(key, NOW))?;
            signed_in(&mut mine);
            Ok(())
        })
        .await;
    let (manifest, lines) = backed_up(&store).await;
    let empty = Database::create(database.engine).unwrap();
    let copy = empty.opened();
    restored(&copy, &manifest, &lines).await.unwrap();
    let token = |tx: &mut crate::tx::Tx<'_>| tx.newest_encryption_key(None, KeyPurpose::Token);
    assert!(store.read(token).await.is_some());
    assert!(copy.read(token).await.is_none());
    let signed_in = |tx: &mut crate::tx::Tx<'_>| tx.account(own()).pool_sign_in_of(&[7; 32]);
    assert!(store.read(signed_in).await.is_some());
    assert!(copy.read(signed_in).await.is_none());
    // What an agent used is kept alive by nobody who may have been cut since.
    let used = |tx: &mut crate::tx::Tx<'_>| tx.idle_connections(&FILTER, None, 9);
    assert_eq!(store.read(used).await.len(), 1);
    assert_eq!(copy.read(used).await.len(), 0);
}

pub(super) async fn a_restore_is_whole_or_nothing_and_into_an_empty_database(database: Database) {
    let store = filled(&database).await;
    let (manifest, lines) = backed_up(&store).await;
    let refused = restored(&store, &manifest, &lines).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    let empty = Database::create(database.engine).unwrap();
    let copy = empty.opened();
    let mut longer = lines.clone();
    longer.push(b"[1]\n".to_vec());
    let mut exchanged = lines.clone();
    exchanged.swap(0, 1);
    for lines in [&lines[..lines.len() - 1], &longer, &exchanged, &[]] {
        let refused = restored(&copy, &manifest, lines).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Caller);
        assert!(copy.read(|tx| tx.is_empty()).await);
    }
    let mut newer = manifest.clone();
    newer.schema += 1;
    let refused = restored(&copy, &newer, &lines).await.unwrap_err();
    assert!(refused.public().contains("schema version"));
    restored(&copy, &manifest, &lines).await.unwrap();
}
