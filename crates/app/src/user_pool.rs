//! User pools: made, read, deleted. Their keys are [`crate::pool_key`].

use procura_authority::Target;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::pool_key::PoolKey;
use procura_core::time::Timestamp;
use procura_core::user_pool::{InvalidPoolId, PasswordPolicy, PoolId, PoolSettings, UserPool};
use procura_store::{Outcome, Tx};
use serde_json::{Value, json};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};

/// What a new pool is made of.
#[derive(Debug, Clone)]
pub struct NewUserPool {
    /// What people call it.
    pub name: String,
    /// What it is set to.
    pub settings: PoolSettings,
}

pub(crate) fn no_pool(id: &PoolId) -> Error {
    Error::not_found(format!("User pool {id} does not exist."))
}

impl App {
    /// Makes a pool, with a key of its own.
    pub async fn create_user_pool(
        &self,
        cx: &mut OpCx,
        new: NewUserPool,
    ) -> Result<Committed<UserPool>, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Account(account))?;
        let pool = UserPool {
            id: self.with_rng(|rng| PoolId::generate(&self.region, rng)),
            name: new.name,
            settings: new.settings,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        cx.about.resource = Some(format!("userpool/{}", pool.id));
        let algorithm = pool.settings.algorithm;
        let (key, sealed) = self.new_pool_key(cx.now, account, algorithm).await?;
        // It is the only one, whatever the clock of a node says.
        let key = PoolKey {
            key,
            signs_from: Timestamp::default(),
            published_until: None,
        };
        let done = self.allowed(cx, format!("created; signs with {}", algorithm.as_str()));
        self.store
            .run_tx("create_user_pool", move |tx| {
                tx.account(account).insert_user_pool(&pool, &key, &sealed)?;
                Ok(Outcome::Done(pool.clone(), done.clone()))
            })
            .await
    }

    /// Reads a pool. Whether one exists is told only to who may ask.
    pub async fn user_pool(&self, cx: &mut OpCx, id: PoolId) -> Result<UserPool, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("userpool/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let wanted = id.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pool(&wanted);
        let found = self.store.look_up("user_pool", read).await?;
        found.ok_or_else(|| no_pool(&id))
    }

    /// Lists pools.
    pub async fn user_pools(
        &self,
        cx: &mut OpCx,
        page: PageRequest,
    ) -> Result<Page<UserPool>, Error> {
        let account = cx.account()?;
        self.authorize(cx, &Target::Account(account))?;
        let token = page.token.as_deref();
        let after = self.page_start::<PoolId>(cx, b"", token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pools(after.as_ref(), limit);
        let found = self.store.run_read("user_pools", read).await?;
        self.page(cx, b"", found, page.limit, |pool| pool.id.as_str())
            .await
    }

    /// Sets a pool to something else; it keeps its name unless another is said. Passwords that there
    /// are stay good.
    pub async fn update_user_pool(
        &self,
        cx: &mut OpCx,
        id: PoolId,
        name: Option<String>,
        passwords: PasswordPolicy,
    ) -> Result<Committed<()>, Error> {
        let (account, now) = (cx.account()?, cx.now);
        cx.about.resource = Some(format!("userpool/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let done = self.allowed(cx, "updated");
        let refused = self.refusal(cx, &no_pool(&id));
        self.store
            .run_tx("update_user_pool", move |tx| {
                let mut own = tx.account(account);
                let Some(found) = own.user_pool(&id)? else {
                    return Ok(Outcome::Refused(no_pool(&id), refused.clone()));
                };
                let changed = UserPool {
                    name: name.clone().unwrap_or(found.name),
                    settings: PoolSettings {
                        passwords,
                        ..found.settings
                    },
                    updated_at: now,
                    version: found.version.saturating_add(1),
                    ..found
                };
                if !own.update_user_pool(&changed)? {
                    return Err(Error::internal("a row that was just read is gone"));
                }
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Deletes a pool with its clients and users. Its tokens prove nobody from now on.
    pub async fn delete_user_pool(
        &self,
        cx: &mut OpCx,
        id: PoolId,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        self.user_pool(cx, id.clone()).await?;
        let (done, now, issuer) = (self.allowed(cx, "deleted"), cx.now, self.pool_issuer(&id));
        let refused = self.refusal(cx, &no_pool(&id));
        self.store
            .run_tx("delete_user_pool", move |tx| {
                let mut own = tx.account(account);
                let found = own.user_pool(&id)?;
                let is_deleted = match found {
                    Some(pool) => own.delete_user_pool(&id, pool.version)?,
                    None => false,
                };
                if !is_deleted {
                    return Ok(Outcome::Refused(no_pool(&id), refused.clone()));
                }
                // SECURITY: what its tokens proved ends with it.
                tx.cut_issuer(account, &issuer, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// The issuer that a pool is (RFC 8414 §2).
    pub fn pool_issuer(&self, id: &PoolId) -> String {
        format!("{}/{id}", self.endpoint)
    }

    /// Whether an issuer is one of this service, and which pool it would be.
    pub(crate) fn own_issuer(&self, issuer: &str) -> Option<Result<PoolId, InvalidPoolId>> {
        let rest = issuer.strip_prefix(&self.endpoint)?.strip_prefix('/')?;
        Some(rest.parse())
    }
}

/// A key set of these keys.
pub(crate) fn key_set<'k>(keys: impl Iterator<Item = &'k str>) -> Result<Value, Error> {
    let keys = keys.map(|key| {
        serde_json::from_str::<Value>(key)
            .map_err(|_| Error::inconsistent("user_pool_key", "public_jwk"))
    });
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "keys": keys }))
}
