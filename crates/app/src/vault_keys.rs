//! Which encryption keys there are, and what they wrap; never a key.

use std::sync::atomic::Ordering;

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::id::KeyId;
use procura_store::{Tx, WrappedUnder};

use crate::App;
use crate::key_rotation::RotationOf;
use crate::operation::OpCx;
use crate::root_key::{self, files};

/// The keys of the deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultKeys {
    /// The root key in force.
    pub root_key: KeyId,
    /// The root key that a rotation goes to, or that is prepared for one.
    pub next_root_key: Option<KeyId>,
    /// Whether the root key is being rotated.
    pub rotating: bool,
    /// What root keys wrap; older is what another one than that in force wraps.
    pub under_root: WrappedUnder,
    /// Root keys in the data directory that only backups of before a rotation need.
    pub retired_root_keys: Vec<KeyId>,
    /// The newest version of the token key; none before the first token.
    pub token_key_version: Option<u32>,
    /// The keys of accounts, by account.
    pub accounts: Vec<AccountKeys>,
}

/// The keys of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountKeys {
    /// The account.
    pub account: AccountId,
    /// The newest version of its key; none before anything was sealed.
    pub version: Option<u32>,
    /// Whether it is being rotated.
    pub rotating: bool,
    /// What its key wraps; older is what a version before the newest wraps.
    pub wrapped: WrappedUnder,
}

impl App {
    /// The state of all encryption keys. It counts every row, so it takes a while on a large
    /// database; it holds nobody up.
    pub async fn vault_keys(&self, cx: &mut OpCx) -> Result<VaultKeys, Error> {
        self.authorize(cx, &Target::Deployment)?;
        let marks = self.marks().await?;
        let (meta, roots, token_key_version, mut accounts) = self
            .store
            .run_read("vault_keys", |tx| {
                let token = tx.newest_encryption_key(None, KeyPurpose::Token)?;
                Ok((
                    tx.meta()?,
                    tx.root_keys_in_use()?,
                    token.map(|key| key.version),
                    account_keys(tx)?,
                ))
            })
            .await?;
        for keys in &mut accounts {
            let of = RotationOf::Account(keys.account);
            keys.rotating = marks.iter().any(|mark| mark.of == of);
        }
        let root_key = meta
            .ok_or_else(|| Error::inconsistent("meta", "singleton"))?
            .root_key;
        let under = |is_counted: &dyn Fn(KeyId) -> bool| {
            let counted = roots.iter().filter(|(id, _)| is_counted(*id));
            counted.map(|(_, rows)| rows).sum()
        };
        let mark = marks.iter().find(|mark| mark.of == RotationOf::Root);
        let data_dir = self.keyring.data_dir();
        let prepared =
            root_key::read(&files::next_path(data_dir)).map_err(Error::internal_source)?;
        Ok(VaultKeys {
            root_key,
            next_root_key: match mark {
                Some(mark) => Some(mark.root()?),
                None => prepared.map(|key| key.id()).filter(|id| *id != root_key),
            },
            rotating: mark.is_some(),
            under_root: WrappedUnder {
                rows: under(&|_| true),
                older: under(&|id| id != root_key),
            },
            retired_root_keys: files::retired(data_dir).map_err(Error::internal_source)?,
            token_key_version,
            accounts,
        })
    }

    /// The rotations that are under way, and whether this node fails to go on with them.
    pub async fn rotations(&self, cx: &mut OpCx) -> Result<(Vec<RotationOf>, bool), Error> {
        self.authorize(cx, &Target::Deployment)?;
        let marks = self.marks().await?;
        let fail = self.rotations_fail.load(Ordering::Relaxed);
        Ok((marks.into_iter().map(|mark| mark.of).collect(), fail))
    }
}

fn account_keys(tx: &mut Tx<'_>) -> Result<Vec<AccountKeys>, Error> {
    let mut all = Vec::new();
    for account in tx.accounts()? {
        let account = account.id;
        let newest = tx.newest_encryption_key(Some(account), KeyPurpose::Account)?;
        let wrapped = match &newest {
            Some(newest) => tx.wrapped_in_account(account, (newest.id, newest.version))?,
            None => WrappedUnder { rows: 0, older: 0 },
        };
        all.push(AccountKeys {
            account,
            version: newest.map(|key| key.version),
            rotating: false,
            wrapped,
        });
    }
    Ok(all)
}
