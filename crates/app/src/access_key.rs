//! Access keys: made, listed and revoked by the local operator.

use procura_authority::Target;
use procura_core::access_key::{AccessKey, AccessKeyId, Role, generate_secret};
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::Error;
use procura_core::sealing::{self, Subject};
use procura_core::secret::{Plain, kind::AccessKeySecret};
use procura_store::Outcome;

use crate::App;
use crate::authentication::{secret_place, secret_row};
use crate::operation::OpCx;

pub(crate) fn no_account(id: AccountId) -> Error {
    Error::not_found(format!(
        "account {id} does not exist; make it with `procura accounts create`"
    ))
}

fn no_key(id: AccessKeyId) -> Error {
    Error::not_found(format!(
        "access key {id} does not exist in this account or is revoked"
    ))
}

impl App {
    /// Makes an access key. Its secret is told once, here.
    pub async fn create_access_key(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        mut roles: Vec<Role>,
    ) -> Result<Committed<(AccessKey, Plain<AccessKeySecret>)>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        roles.sort_unstable();
        roles.dedup();
        if roles.is_empty() {
            return Err(Error::field("roles", "an access key has at least one role"));
        }
        let known = move |tx: &mut procura_store::Tx<'_>| tx.account_exists(account);
        if !self.store.run_read("account_exists", known).await? {
            return Err(no_account(account));
        }
        let (id, secret) = self.with_rng(|rng| (AccessKeyId::generate(rng), generate_secret(rng)));
        let key = AccessKey {
            id,
            account,
            roles,
            created_at: cx.now,
            revoked_at: None,
            version: 1,
        };
        let purpose = KeyPurpose::Subject(Subject::Account);
        let sealing_key = self.newest_key(Some(account), purpose).await?;
        let sealed = self
            .with_rng(|rng| {
                let row = secret_row(&key);
                let place = secret_place(self.deployment, &key, &row);
                sealing::seal(rng, &sealing_key, &place, &secret)
            })
            .map_err(Error::internal_source)?;
        cx.about.resource = Some(format!("access-key/{id}"));
        let roles: Vec<&str> = key.roles.iter().map(|role| role.as_str()).collect();
        let done = self.allowed(cx, format!("created with {}", roles.join(", ")));
        let committed = self
            .store
            .run_tx("create_access_key", move |tx| {
                tx.account(account).insert_access_key(&key, &sealed)?;
                Ok(Outcome::Done(key.clone(), done.clone()))
            })
            .await?;
        Ok(Committed {
            value: (committed.value, secret),
            record: committed.record,
        })
    }

    /// Lists the access keys of an account, without secrets.
    pub async fn access_keys(
        &self,
        cx: &mut OpCx,
        account: AccountId,
    ) -> Result<Vec<AccessKey>, Error> {
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        self.store
            .run_read("access_keys", move |tx| tx.account(account).access_keys())
            .await
    }

    /// Revokes an access key.
    pub async fn revoke_access_key(
        &self,
        cx: &mut OpCx,
        account: AccountId,
        id: AccessKeyId,
    ) -> Result<Committed<()>, Error> {
        cx.about.account = Some(account);
        cx.about.resource = Some(format!("access-key/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let (done, now) = (self.allowed(cx, "revoked"), cx.now);
        let refused = self.refusal(cx, &no_key(id));
        self.store
            .run_tx("revoke_access_key", move |tx| {
                if !tx.account(account).revoke_access_key(id, now)? {
                    return Ok(Outcome::Refused(no_key(id), refused.clone()));
                }
                tx.cut("access-key", id.as_str().as_bytes(), now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }
}
