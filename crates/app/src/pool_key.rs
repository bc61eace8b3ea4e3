//! Keys that sign the tokens of user pools: they take turns, and one that leaked is taken back.
//!
//! What a key does follows from the time ([`procura_core::pool_key`]), and is computed from what is
//! stored at each use, on every node: nothing here remembers which keys are good.

use std::sync::Arc;

use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::error::Error;
use procura_core::pool_key::{
    KEY_SET_AGE_MAX_S, PoolKey, PoolKeyState, signing, state, succession,
};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::PrivateKey;
use procura_core::signing_key::{SigningAlgorithm, SigningKey};
use procura_core::time::Timestamp;
use procura_core::user_pool::PoolId;
use procura_protocol::jose::signing::TokenSigningKey;
use procura_store::{AccountTx, Outcome, Tx};
use serde_json::Value;

use crate::App;
use crate::operation::OpCx;
use crate::signing_key::jose_algorithm;
use crate::user_pool::{key_set, no_pool};

const TABLE: &str = "user_pool_key";
/// What a pool may sign with: what its verifiers are told and all of them know.
const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::Rs256, SigningAlgorithm::Es256];

/// Most keys of a pool that are published at once: verifiers bound what they read.
const PUBLISHED_MAX: usize = 20;

type Keys = Vec<(PoolKey, Sealed<PrivateKey>)>;

/// A key of a pool, as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPoolKey {
    /// The key.
    pub key: PoolKey,
    /// Its name in the key set and in the tokens that it signed.
    pub kid: String,
    /// What it does now.
    pub state: PoolKeyState,
}

/// How another key takes over.
#[derive(Debug, Clone, Copy)]
pub struct PoolKeyRotation {
    /// What it is to sign with; what the newest does, if that is not said.
    pub algorithm: Option<SigningAlgorithm>,
    /// Whether it signs before verifiers had the time to fetch it.
    pub at_once: bool,
}

fn changed_meanwhile() -> Error {
    Error::conflict("the keys of the pool were changed by another request; try again")
}

fn no_key() -> Error {
    Error::not_found("the pool has no such key; `procura pools keys` lists them")
}

fn too_many() -> Error {
    Error::conflict(format!(
        "the pool has {PUBLISHED_MAX} keys; wait until retired ones are over, or revoke one",
    ))
}

fn is_under_way() -> Error {
    Error::conflict(
        "a key of the pool is published already and takes over within five minutes; with --now \
         another signs at once",
    )
}

fn kid(key: &SigningKey) -> Result<String, Error> {
    let inconsistent = || Error::inconsistent(TABLE, "public_jwk");
    let jwk: Value = serde_json::from_str(&key.public_jwk).map_err(|_| inconsistent())?;
    let kid = jwk.get("kid").and_then(Value::as_str);
    kid.map(str::to_owned).ok_or_else(inconsistent)
}

fn listed(keys: &[PoolKey], now: Timestamp) -> Result<Vec<ListedPoolKey>, Error> {
    keys.iter()
        .map(|key| {
            Ok(ListedPoolKey {
                key: key.clone(),
                kid: kid(&key.key)?,
                state: state(keys, key, now),
            })
        })
        .collect()
}

fn without_secrets(keys: Keys) -> Vec<PoolKey> {
    keys.into_iter().map(|(key, _)| key).collect()
}

/// Whether the keys are those that were decided on.
fn are_as(own: &mut AccountTx<'_>, pool: &PoolId, keys: &[PoolKey]) -> Result<bool, Error> {
    Ok(without_secrets(own.user_pool_keys(pool)?) == keys)
}

/// When a new key is made. Which one is the newest, the times in their ids say, and the clocks of two
/// nodes must not disagree about that.
fn moment_after(keys: &[PoolKey], now: Timestamp) -> Timestamp {
    let last = keys.iter().map(|key| key.key.created_at.millis()).max();
    let next = last.map_or(now, |last| Timestamp::from_millis(last.saturating_add(1)));
    next.max(now)
}

impl App {
    pub(crate) async fn new_pool_key(
        &self,
        at: Timestamp,
        account: AccountId,
        algorithm: SigningAlgorithm,
    ) -> Result<(SigningKey, Sealed<PrivateKey>), Error> {
        let jose = jose_algorithm(algorithm);
        let made = self.new_key(at, account, TABLE, jose).await?;
        let key = SigningKey {
            id: made.id,
            algorithm,
            public_jwk: made.public_jwk,
            created_at: at,
        };
        Ok((key, made.sealed))
    }

    /// Lists the keys of a pool, oldest first.
    pub async fn user_pool_keys(
        &self,
        cx: &mut OpCx,
        pool: &PoolId,
    ) -> Result<Vec<ListedPoolKey>, Error> {
        let (_, keys) = self.keys_of_named(cx, pool).await?;
        let mut listed = listed(&keys, cx.now)?;
        listed.retain(|key| key.state != PoolKeyState::Over);
        Ok(listed)
    }

    /// Has another key take over: it is published now, and signs when verifiers had the time to fetch
    /// it.
    pub async fn rotate_user_pool_key(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        how: PoolKeyRotation,
    ) -> Result<Committed<ListedPoolKey>, Error> {
        let (account, keys) = self.keys_of_named(cx, &pool).await?;
        let newest = keys.last().ok_or_else(|| no_pool(&pool))?;
        if !how.at_once && newest.signs_from > cx.now {
            return Err(is_under_way());
        }
        let published = keys.iter().filter(|key| key.is_published(cx.now));
        if published.count() >= PUBLISHED_MAX {
            return Err(too_many());
        }
        let algorithm = how.algorithm.unwrap_or(newest.key.algorithm);
        if !ALGORITHMS.contains(&algorithm) {
            return Err(Error::field("algorithm", "use RS256 or ES256"));
        }
        let at = moment_after(&keys, cx.now);
        let (key, sealed) = self.new_pool_key(at, account, algorithm).await?;
        let wait_s = if how.at_once { 0 } else { KEY_SET_AGE_MAX_S };
        let new = PoolKey {
            key,
            signs_from: cx.now.plus_seconds(wait_s),
            published_until: None,
        };
        let kid = kid(&new.key)?;
        let said = format!(
            "{kid} with {} signs from {}",
            algorithm.as_str(),
            new.signs_from
        );
        let done = self.allowed(cx, said);
        let changed = self.refusal(cx, &changed_meanwhile());
        let value = ListedPoolKey {
            kid,
            state: if how.at_once {
                PoolKeyState::Signing
            } else {
                PoolKeyState::Published
            },
            key: new.clone(),
        };
        self.store
            .run_tx("rotate_user_pool_key", move |tx| {
                let mut own = tx.account(account);
                if !are_as(&mut own, &pool, &keys)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), changed.clone()));
                }
                for key in keys.iter().filter(|key| key.published_until.is_none()) {
                    let mut retired = key.clone();
                    retired.published_until = Some(PoolKey::end_after(new.signs_from));
                    own.update_user_pool_key(&pool, &retired)?;
                }
                own.insert_user_pool_key(&pool, &new, &sealed)?;
                Ok(Outcome::Done(value.clone(), done.clone()))
            })
            .await
    }

    /// Takes a key back: nothing that it signed proves anybody from now on. If it was the one that
    /// signs, another does at once.
    pub async fn revoke_user_pool_key(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        named: &str,
    ) -> Result<Committed<()>, Error> {
        let (account, keys) = self.keys_of_named(cx, &pool).await?;
        let found = listed(&keys, cx.now)?
            .into_iter()
            .find(|key| key.kid == named);
        let ListedPoolKey {
            key: revoked, kid, ..
        } = found.ok_or_else(no_key)?;
        let next = succession(&keys, &revoked, cx.now);
        let new = if next.needs_new {
            let at = moment_after(&keys, cx.now);
            let algorithm = revoked.key.algorithm;
            let (key, sealed) = self.new_pool_key(at, account, algorithm).await?;
            let new = PoolKey {
                key,
                signs_from: Timestamp::default(),
                published_until: None,
            };
            Some((new, sealed))
        } else {
            None
        };
        let done = self.allowed(cx, format!("{kid} proves nobody any more"));
        let changed = self.refusal(cx, &changed_meanwhile());
        let (now, issuer) = (cx.now, self.pool_issuer(&pool));
        self.store
            .run_tx("revoke_user_pool_key", move |tx| {
                let mut own = tx.account(account);
                if !are_as(&mut own, &pool, &keys)? {
                    return Ok(Outcome::Refused(changed_meanwhile(), changed.clone()));
                }
                own.delete_user_pool_key(&pool, revoked.key.id)?;
                if let Some(key) = &next.changed {
                    own.update_user_pool_key(&pool, key)?;
                }
                if let Some((key, sealed)) = &new {
                    own.insert_user_pool_key(&pool, key, sealed)?;
                }
                // SECURITY: what tokens of the key proved ends with it, as with the pool.
                tx.cut_issuer(account, &issuer, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// The keys of a pool that an operator names, and whose it is.
    async fn keys_of_named(
        &self,
        cx: &mut OpCx,
        pool: &PoolId,
    ) -> Result<(AccountId, Vec<PoolKey>), Error> {
        cx.about.resource = Some(format!("userpool/{pool}"));
        let found = self.keys_of_pool(pool).await?;
        let (account, keys) = found.ok_or_else(|| no_pool(pool))?;
        cx.about.account = Some(account);
        self.authorize(cx, &Target::Account(account))?;
        Ok((account, keys))
    }

    /// The keys of a pool, and whose it is.
    async fn keys_of_pool(
        &self,
        pool: &PoolId,
    ) -> Result<Option<(AccountId, Vec<PoolKey>)>, Error> {
        let wanted = pool.clone();
        let read = move |tx: &mut Tx<'_>| {
            let Some((account, _)) = tx.user_pool(&wanted)? else {
                return Ok(None);
            };
            let keys = tx.account(account).user_pool_keys(&wanted)?;
            Ok(Some((account, without_secrets(keys))))
        };
        self.store.look_up("user_pool_keys", read).await
    }

    /// The keys that verify tokens of a pool now, and whose it is.
    pub(crate) async fn published_keys(
        &self,
        pool: &PoolId,
        now: Timestamp,
    ) -> Result<Option<(AccountId, Vec<PoolKey>)>, Error> {
        let found = self.keys_of_pool(pool).await?;
        Ok(found.map(|(account, mut keys)| {
            keys.retain(|key| key.is_published(now));
            (account, keys)
        }))
    }

    /// The public keys of a pool, for everybody (RFC 7517 §5).
    pub async fn pool_key_set(&self, id: &PoolId) -> Result<Value, Error> {
        let found = self.published_keys(id, self.now()).await?;
        let (_, keys) = found.ok_or_else(|| no_pool(id))?;
        key_set(keys.iter().map(|key| key.key.public_jwk.as_str()))
    }

    /// What a pool says of itself as an issuer, for everybody (OpenID Connect Discovery 1.0 §3).
    pub async fn pool_metadata(&self, id: &PoolId) -> Result<Value, Error> {
        let found = self.published_keys(id, self.now()).await?;
        let (_, keys) = found.ok_or_else(|| no_pool(id))?;
        let mut algorithms = ALGORITHMS.to_vec();
        algorithms.retain(|known| keys.iter().any(|key| key.key.algorithm == *known));
        Ok(self.metadata_of(id, &algorithms))
    }

    /// The key of a pool that signs now, ready to.
    pub(crate) async fn pool_signer(
        &self,
        account: AccountId,
        pool: &PoolId,
        now: Timestamp,
    ) -> Result<Arc<TokenSigningKey>, Error> {
        let wanted = pool.clone();
        let read = move |tx: &mut Tx<'_>| tx.account(account).user_pool_keys(&wanted);
        let (keys, sealed): (Vec<_>, Vec<_>) = self
            .store
            .look_up("user_pool_keys", read)
            .await?
            .into_iter()
            .unzip();
        let key = signing(&keys, now).ok_or_else(|| no_pool(pool))?;
        let at = keys.iter().position(|other| other == key);
        let sealed = at
            .and_then(|at| sealed.get(at))
            .ok_or_else(|| no_pool(pool))?;
        let named = (key.key.id, jose_algorithm(key.key.algorithm));
        self.own_signer(account, TABLE, named, sealed).await
    }
}
