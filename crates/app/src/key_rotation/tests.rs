//! Rotation on SQLite, and what a start makes of one that was killed.

use std::fs;

use procura_core::action::Action;
use procura_core::digest::Sha256;

use super::*;
use crate::root_key::files;
use crate::start::StartError;
use crate::tests::{Scratch, runs};
use crate::vault_keys::VaultKeys;

const PURPOSES: [KeyPurpose; 2] = [KeyPurpose::UserIndex, KeyPurpose::Subject(Subject::Account)];

/// What the keys below the account key are, so that two times can be compared.
async fn fingerprints(app: &App) -> Vec<Sha256> {
    let mut found = Vec::new();
    for purpose in PURPOSES {
        let key = app.newest_key(Some(AccountId::DEV), purpose).await.unwrap();
        found.push(key.check_value());
    }
    let token = app.newest_key(None, KeyPurpose::Token).await.unwrap();
    found.push(token.check_value());
    found
}

async fn started(scratch: &Scratch) -> std::sync::Arc<App> {
    scratch.start().await.unwrap()
}

async fn with_keys(scratch: &Scratch) -> (std::sync::Arc<App>, Vec<Sha256>) {
    let app = started(scratch).await;
    let mut cx = app.operator_cx(Action::CreateAccount);
    app.create_account(&mut cx, AccountId::DEV, "dev".to_owned())
        .await
        .unwrap();
    let keys = fingerprints(&app).await;
    (app, keys)
}

async fn begin_root(app: &App) -> KeyId {
    let mut cx = app.operator_cx(Action::RotateKeys);
    app.rotate_root_key(&mut cx, false).await.unwrap().value
}

async fn begin_account(app: &App) -> u32 {
    let mut cx = app.operator_cx(Action::RotateKeys);
    let begun = app.rotate_account_key(&mut cx, AccountId::DEV).await;
    begun.unwrap().value
}

async fn status(app: &App) -> VaultKeys {
    let mut cx = app.operator_cx(Action::ReadVaultKeys);
    app.vault_keys(&mut cx).await.unwrap()
}

fn nothing_is_older(status: &VaultKeys) -> bool {
    let accounts = status.accounts.iter();
    status.under_root.older == 0
        && !status.rotating
        && accounts
            .clone()
            .all(|keys| keys.wrapped.older == 0 && !keys.rotating)
}

#[test]
fn everything_opens_as_before_and_nothing_is_under_an_older_key() {
    runs(async {
        let scratch = Scratch::new("rotate");
        let (app, keys) = with_keys(&scratch).await;
        let before = status(&app).await;
        assert_eq!(before.accounts[0].wrapped.rows, 2);
        let to = begin_root(&app).await;
        assert_eq!(begin_root(&app).await, to, "a second one joins");
        assert_eq!(begin_account(&app).await, 2);
        assert_eq!(begin_account(&app).await, 2, "a second one joins");
        let under_way = status(&app).await;
        assert!(under_way.rotating && under_way.accounts[0].rotating);
        assert_eq!(under_way.accounts[0].wrapped.older, 2);
        app.finish_rotations(&|| false).await.unwrap();
        let after = status(&app).await;
        assert!(nothing_is_older(&after), "{after:?}");
        assert_eq!((after.root_key, after.next_root_key), (to, None));
        assert_eq!(after.retired_root_keys, [before.root_key]);
        assert_eq!(after.accounts[0].version, Some(2));
        // With what is in memory, and with nothing in memory.
        assert_eq!(fingerprints(&app).await, keys);
        app.close().await.unwrap();
        drop(app);
        let app = started(&scratch).await;
        assert_eq!(fingerprints(&app).await, keys);
        app.close().await.unwrap();
    });
}

#[test]
fn a_rotation_that_was_killed_after_any_step_is_gone_on_with() {
    runs(async {
        let scratch = Scratch::new("killed");
        let (app, keys) = with_keys(&scratch).await;
        let from = status(&app).await.root_key;
        // The next key is there and nothing else.
        let mut cx = app.operator_cx(Action::RotateKeys);
        let to = app.prepare_root_key(&mut cx).await.unwrap().value;
        drop(app);
        let app = started(&scratch).await;
        assert_eq!(status(&app).await.next_root_key, Some(to));
        // The mark is there, and one row is under the next key.
        assert_eq!(begin_root(&app).await, to);
        assert_eq!(begin_account(&app).await, 2);
        let one = app
            .store
            .run_read("test", move |tx| tx.keys_under_root(from, 1))
            .await
            .unwrap();
        let next = app.keyring.root_of(to).unwrap();
        assert_eq!(app.wrap_batch(one, &next).await.unwrap(), 1);
        drop(app);
        // Without the next key nothing goes, and both ids are told.
        let (path, away) = (
            files::next_path(scratch.path()),
            scratch.path().join("away"),
        );
        fs::rename(&path, &away).unwrap();
        match scratch.start().await {
            Err(StartError::OtherRootKey { expected, found }) => {
                assert_eq!(expected, to);
                assert!(found.contains(&from.to_string()), "{found}");
            }
            other => panic!("{:?}", other.err()),
        }
        fs::rename(&away, &path).unwrap();
        let app = started(&scratch).await;
        assert_eq!(fingerprints(&app).await, keys, "also half-way");
        app.finish_rotations(&|| false).await.unwrap();
        assert!(nothing_is_older(&status(&app).await));
        drop(app);
        // The database is switched and the files are not.
        let current = files::current_path(scratch.path());
        fs::rename(&current, &path).unwrap();
        fs::rename(files::retired_path(scratch.path(), from), &current).unwrap();
        let app = started(&scratch).await;
        assert_eq!(fingerprints(&app).await, keys);
        let settled = status(&app).await;
        assert_eq!(
            (settled.root_key, settled.retired_root_keys),
            (to, vec![from])
        );
        app.close().await.unwrap();
    });
}

#[test]
fn a_token_key_has_a_newer_version_and_the_older_one_stays() {
    runs(async {
        let scratch = Scratch::new("token");
        let (app, _) = with_keys(&scratch).await;
        let old = app.newest_key(None, KeyPurpose::Token).await.unwrap();
        let mut cx = app.operator_cx(Action::RotateKeys);
        assert_eq!(app.rotate_token_key(&mut cx).await.unwrap().value, 2);
        let new = app.newest_key(None, KeyPurpose::Token).await.unwrap();
        assert_eq!((new.id(), new.version()), (old.id(), 2));
        assert_ne!(new.check_value(), old.check_value());
        let still = app.token_key(old.id(), 1).await.unwrap().unwrap();
        assert_eq!(still.check_value(), old.check_value());
        app.close().await.unwrap();
    });
}
