//! Keys of accounts, and the token key.

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::encryption_key::{EncryptionKey, KeyPurpose};
use procura_core::error::Error;
use procura_store::{Inserted, Outcome, Tx};

use super::{BATCH, Mark, RotationOf};
use crate::App;
use crate::operation::OpCx;

/// How often a new version is wrapped anew, because the root key was rotated meanwhile.
const WRAPS_MAX: usize = 8;

/// What came of beginning a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Began {
    Now,
    /// It was under way.
    Before,
    /// The root key was rotated meanwhile.
    Stale,
}

fn no_account(id: AccountId) -> Error {
    Error::not_found(format!(
        "there is no account {id}; `procura accounts list` shows them"
    ))
}

impl App {
    /// Begins to rotate the key of an account, or joins the rotation that is under way; says the
    /// version of the new key.
    pub async fn rotate_account_key(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Committed<u32>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("vault/account-key/{account}"));
        self.authorize(cx, &Target::Deployment)?;
        let exists = move |tx: &mut Tx<'_>| tx.account_exists(account);
        if !self.store.run_read("account_exists", exists).await? {
            return Err(no_account(account));
        }
        for _ in 0..WRAPS_MAX {
            self.forget_newest(Some(account));
            let newest = self.newest_key(Some(account), KeyPurpose::Account).await?;
            let at = (newest.id(), newest.version() + 1);
            let row = self
                .wrap_key_version(Some(account), KeyPurpose::Account, at, cx.now)
                .await?;
            let begun = self.begin_account(cx, account, row).await?;
            let version = match begun.value {
                Began::Now => at.1,
                Began::Before => newest.version(),
                Began::Stale => {
                    self.follow_root_key().await?;
                    continue;
                }
            };
            self.forget_newest(Some(account));
            self.rotations.notify_one();
            return Ok(Committed {
                value: version,
                record: begun.record,
            });
        }
        Err(Error::conflict(
            "the root key is being rotated; try again when that is done",
        ))
    }

    async fn begin_account(
        &self,
        cx: &OpCx,
        account: AccountId,
        row: EncryptionKey,
    ) -> Result<Committed<Began>, Error> {
        let of = RotationOf::Account(account);
        // Under the same root key as the new version, so that one check serves both.
        let (root, _) = row.wrapped.key().map_err(Error::internal_source)?;
        let root = self.keyring.root_of(root)?;
        let mark = self.seal_mark(of, &row.version.to_string(), &root)?;
        let (name, version) = (of.mark_name(), row.version);
        let done = self.allowed(cx, format!("began to rotate to version {version}"));
        let joined = self.allowed(cx, "joined the rotation that is under way");
        self.store
            .run_tx("begin_account_rotation", move |tx| {
                if tx.deployment_secret::<()>(&name)?.is_some() {
                    return Ok(Outcome::Done(Began::Before, joined.clone()));
                }
                if tx.insert_encryption_key(&row)? != Inserted::Done {
                    return Ok(Outcome::Unrecorded(Began::Stale));
                }
                tx.insert_deployment_secret(&name, &mark, 1)?;
                Ok(Outcome::Done(Began::Now, done.clone()))
            })
            .await
    }

    /// Wraps every key of the account under its newest key. Nothing new is wrapped under an older
    /// one any more, on any node (`Tx::insert_encryption_key`), so that one clear pass is the end.
    pub(super) async fn finish_account(
        &self,
        account: AccountId,
        mark: &Mark,
        is_over: &(dyn Fn() -> bool + Send + Sync),
    ) -> Result<(), Error> {
        let wanted: u32 = self
            .open_mark(mark)?
            .parse()
            .map_err(|_| Error::inconsistent("deployment_secret", "secret"))?;
        self.forget_newest(Some(account));
        let newest = self.newest_key(Some(account), KeyPurpose::Account).await?;
        if newest.version() < wanted {
            return Err(Error::inconsistent("encryption_key", "version"));
        }
        let at = (newest.id(), newest.version());
        let (mut rewrapped, mut is_clear) = (0, false);
        while !is_clear {
            is_clear = true;
            let mut after: Option<EncryptionKey> = None;
            loop {
                if is_over() {
                    return Ok(());
                }
                let from = after.take();
                let read =
                    move |tx: &mut Tx<'_>| tx.keys_under_older(account, at, from.as_ref(), BATCH);
                let page = self.store.run_read("under_older", read).await?;
                after = page.last().cloned();
                if after.is_none() {
                    break;
                }
                is_clear = false;
                rewrapped += self.wrap_batch(page, &newest).await?;
            }
        }
        self.end_account(account, newest.version(), rewrapped).await
    }

    async fn end_account(
        &self,
        account: AccountId,
        version: u32,
        rewrapped: u64,
    ) -> Result<(), Error> {
        let mut cx = self.operator_cx(procura_core::action::Action::RotateKeys);
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("vault/account-key/{account}"));
        let done = self.allowed(
            &cx,
            format!("rotated to version {version}; this process wrapped {rewrapped} keys anew"),
        );
        let name = RotationOf::Account(account).mark_name();
        self.store
            .run_tx("end_account_rotation", move |tx| {
                if tx.delete_deployment_secret(&name)? {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Unrecorded(()))
                }
            })
            .await
            .map(|_| ())
    }

    /// Makes a new version of the token key. New tokens are sealed under it, by other nodes within
    /// a minute; those under older versions stay good until they expire.
    pub async fn rotate_token_key(&self, cx: &mut OpCx) -> Result<Committed<u32>, Error> {
        cx.about.resource = Some("vault/token-key".to_owned());
        self.authorize(cx, &Target::Deployment)?;
        for _ in 0..WRAPS_MAX {
            self.forget_newest(None);
            let newest = self.newest_key(None, KeyPurpose::Token).await?;
            let at = (newest.id(), newest.version() + 1);
            let row = self
                .wrap_key_version(None, KeyPurpose::Token, at, cx.now)
                .await?;
            let done = self.allowed(cx, format!("rotated to version {}", at.1));
            let committed = self
                .store
                .run_tx("rotate_token_key", move |tx| {
                    Ok(match tx.insert_encryption_key(&row)? {
                        Inserted::Done => Outcome::Done(Some(at.1), done.clone()),
                        Inserted::Taken | Inserted::Stale => Outcome::Unrecorded(None),
                    })
                })
                .await?;
            self.forget_newest(None);
            if let Some(version) = committed.value {
                return Ok(Committed {
                    value: version,
                    record: committed.record,
                });
            }
            self.follow_root_key().await?;
        }
        Err(Error::conflict(
            "the root key is being rotated; try again when that is done",
        ))
    }
}
