//! Restoring on SQLite: what a start accepts, and what it never does.

use std::fs;

use procura_core::account::AccountId;
use procura_core::action::Action;
use procura_core::audit::export::{CHECKPOINT_LINE, TITLE as TITLE_OF_EXPORT, Tampered, Verifier};
use procura_core::audit::note::Checkpoint;
use procura_core::entropy::OsEntropy;
use procura_core::id::KeyId;

use super::*;
use crate::notes::CheckpointError;
use crate::start::StartError;
use crate::tests::{Scratch, runs};

async fn account(app: &App, id: &str) {
    let mut cx = app.operator_cx(Action::CreateAccount);
    let id: AccountId = id.parse().unwrap();
    app.create_account(&mut cx, id, "test".to_owned())
        .await
        .unwrap();
}

async fn accounts(app: &App) -> usize {
    let mut cx = app.operator_cx(Action::ListAccounts);
    app.accounts(&mut cx).await.unwrap().len()
}

/// A backup with one account, in a directory whose notes know of two.
async fn backed_up(scratch: &Scratch) -> PathBuf {
    let app = scratch.start().await.unwrap();
    account(&app, "111111111111").await;
    let file = scratch.path().join("backup");
    let mut cx = app.operator_cx(Action::CreateBackup);
    app.create_backup(&mut cx, file.clone()).await.unwrap();
    let mut cx = app.operator_cx(Action::CreateBackup);
    let again = app.create_backup(&mut cx, file.clone()).await;
    assert!(again.is_err(), "an existing file is not overwritten");
    account(&app, "222222222222").await;
    app.close().await.unwrap();
    file
}

async fn restore_here(scratch: &Scratch, file: &Path) -> Result<Manifest, BackupError> {
    let config = RestoreConfig {
        data_dir: scratch.path().to_owned(),
        store: scratch.store(),
        file: file.to_owned(),
        notes_only: false,
    };
    restore(config, scratch.clock()).await
}

/// Verifies every record against every note that was ever written, as `audit verify` does.
async fn verified(app: &App, checkpoints: &Path, node: NodeId) -> Result<u64, Tampered> {
    let mut cx = app.operator_cx(Action::ExportAudit);
    let (chains, closing) = app.begin_export(&mut cx).await.unwrap();
    let key = app.verifier_key().await;
    let notes = fs::read(notes::notes_path(checkpoints, node)).unwrap();
    let kept = notes::notes_of(&notes).into_iter();
    let kept: Vec<Checkpoint> = kept.map(|note| key.open(note).unwrap()).collect();
    let mut verifier = Verifier::new();
    verifier.expect(&kept)?;
    verifier.line(format!("{TITLE_OF_EXPORT}\n").as_bytes())?;
    for state in chains {
        let lines = app.export_lines(&mut cx, state.chain, 0, 1000).await;
        for line in lines.unwrap() {
            verifier.line(&[line.as_slice(), b"\n"].concat())?;
        }
    }
    verifier.line(format!("{CHECKPOINT_LINE}\n").as_bytes())?;
    for line in closing.split_inclusive('\n') {
        verifier.line(line.as_bytes())?;
    }
    verifier.finish(&key).map(|verified| verified.records)
}

fn is_taken_for_an_attack(started: &Result<Arc<App>, StartError>) -> bool {
    matches!(
        started,
        Err(StartError::Checkpoints(CheckpointError::History { .. }))
    )
}

#[test]
fn a_restore_is_accepted_once_and_a_rollback_never() {
    runs(async {
        let scratch = Scratch::new("restore");
        let file = backed_up(&scratch).await;
        let node = read_or_create_node(scratch.path(), &*scratch.clock()).unwrap();
        let checkpoints = scratch.path().join("checkpoints");

        let refused = restore_here(&scratch, &file).await.unwrap_err();
        assert!(matches!(refused, BackupError::Failed(_)), "not empty");
        // That try has left a statement; it is of no restore that happened.
        let app = scratch.start().await.unwrap();
        assert_eq!(accounts(&app).await, 2);
        app.close().await.unwrap();

        scratch.remove_database();
        restore_here(&scratch, &file).await.unwrap();
        let restored = scratch.database_copy();
        let said = fs::read(statement_path(&checkpoints, node)).unwrap();
        let app = scratch.start().await.unwrap();
        assert_eq!(accounts(&app).await, 1);
        let meta = app.store().run_read("test", |tx| tx.meta()).await.unwrap();
        assert_eq!(meta.unwrap().restore_epoch, 1);
        account(&app, "333333333333").await;
        assert!(verified(&app, &checkpoints, node).await.unwrap() > 5);
        app.close().await.unwrap();
        assert!(!statement_path(&checkpoints, node).exists());
        let app = scratch.start().await.unwrap();
        verified(&app, &checkpoints, node).await.unwrap();
        app.close().await.unwrap();

        // Somebody puts the restored database back once more, and even what was said then.
        scratch.put_database(&restored);
        assert!(is_taken_for_an_attack(&scratch.start().await));
        fs::write(statement_path(&checkpoints, node), said).unwrap();
        assert!(is_taken_for_an_attack(&scratch.start().await));
    });
}

#[test]
fn a_backup_that_was_changed_or_lacks_its_key_is_refused() {
    runs(async {
        let scratch = Scratch::new("changed");
        let file = backed_up(&scratch).await;
        let text = fs::read_to_string(&file).unwrap();
        let other = Scratch::new("changed-other");
        let missing = restore_here(&other, &file).await.unwrap_err();
        assert!(
            matches!(missing, BackupError::OtherRootKey { .. }),
            "{missing}"
        );
        let root = files::current_path(scratch.path());
        fs::copy(&root, files::current_path(other.path())).unwrap();

        let changed = other.path().join("changed");
        let body = text.replacen("[\"111111111111\",", "[\"999999999999\",", 1);
        assert_ne!(body, text);
        fs::write(&changed, &body).unwrap();
        let refused = restore_here(&other, &changed).await.unwrap_err();
        assert!(matches!(refused, BackupError::Damaged(_)), "{refused}");
        // Whoever changes it makes a new hash, too; the MAC needs the root key.
        let (rows, end) = body.split_once("sha256 ").unwrap();
        let (_, mac) = end.split_once('\n').unwrap();
        let hash = procura_core::digest::sha256(&[rows.as_bytes()]);
        fs::write(
            &changed,
            format!("{rows}sha256 {}\n{mac}", hex::encode(hash)),
        )
        .unwrap();
        assert!(inspect(&changed).is_ok());
        let refused = restore_here(&other, &changed).await.unwrap_err();
        assert!(matches!(refused, BackupError::Damaged(_)), "{refused}");
        for cut in [10, text.len() / 2, text.len() - 1] {
            fs::write(&changed, text.get(..cut).unwrap()).unwrap();
            assert!(inspect(&changed).is_err(), "cut at {cut}");
        }
        restore_here(&other, &file).await.unwrap();
        let app = other.start().await.unwrap();
        assert_eq!(accounts(&app).await, 1);
        app.close().await.unwrap();
    });
}

#[test]
fn a_statement_fits_its_own_database_and_root_key_only() {
    let scratch = Scratch::new("statement");
    let key = |number| SealingKey::generate(KeyId::from_bytes([number; 16]), 1, &mut OsEntropy);
    let (root, other) = (key(1), key(2));
    let node = NodeId::from_bytes([1; 16]);
    let expected = || Expected {
        deployment: DeploymentId::from_bytes([2; 16]),
        node,
        restore_epoch: 3,
        after: [4; 32],
    };
    let statement = Statement {
        deployment: expected().deployment,
        node,
        restored: Restored {
            epoch: 3,
            backup: [5; 32],
        },
        after: [4; 32],
    };
    let directory = scratch.path();
    assert_eq!(stated(directory, &root, &expected()).unwrap(), None);
    let text = statement.text(&root);
    let path = statement_path(directory, node);
    fs::write(&path, &text).unwrap();
    let said = |root: &SealingKey, expected: Expected| stated(directory, root, &expected).unwrap();
    assert_eq!(said(&root, expected()), Some(statement.restored));
    assert_eq!(said(&other, expected()), None);
    let deployment = DeploymentId::from_bytes([9; 16]);
    assert_eq!(
        said(
            &root,
            Expected {
                deployment,
                ..expected()
            }
        ),
        None
    );
    assert_eq!(
        said(
            &root,
            Expected {
                restore_epoch: 2,
                ..expected()
            }
        ),
        None
    );
    assert_eq!(
        said(
            &root,
            Expected {
                after: [0; 32],
                ..expected()
            }
        ),
        None
    );
    for changed in [
        text.replace("epoch 3", "epoch 4"),
        text.to_uppercase(),
        format!("{text}\n"),
    ] {
        fs::write(&path, changed).unwrap();
        let epoch = |restore_epoch| Expected {
            restore_epoch,
            ..expected()
        };
        assert_eq!((said(&root, epoch(3)), said(&root, epoch(4))), (None, None));
    }
}
