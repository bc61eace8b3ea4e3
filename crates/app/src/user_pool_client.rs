//! Clients of user pools: made, read, listed, deleted; and how one shows that it has its secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use procura_authority::Target;
use procura_core::account::AccountId;
use procura_core::audit::record::Committed;
use procura_core::digest::{constant_time_eq, hmac_sha256};
use procura_core::encryption_key::KeyPurpose;
use procura_core::error::{Error, Kind};
use procura_core::id::DeploymentId;
use procura_core::sealing::{self, Location, Sealed, Subject};
use procura_core::secret::{Plain, kind::PoolClientSecret};
use procura_core::user_pool::PoolId;
use procura_core::user_pool_client::{ClientSettings, Grant, PoolClient, PoolClientId, new_secret};
use procura_store::{AccountTx, Outcome, SealedPoolClient, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};
use crate::user_pool::no_pool;

/// What a new client is made of.
#[derive(Debug, Clone)]
pub struct NewPoolClient {
    /// The pool whose users it signs in.
    pub pool: PoolId,
    /// What people call it.
    pub name: String,
    /// What it is set to.
    pub settings: ClientSettings,
    /// Whether it gets a secret.
    pub has_secret: bool,
}

/// What a client is set to from now on.
#[derive(Debug, Clone)]
pub struct PoolClientChange {
    /// What people call it, if that is another name.
    pub name: Option<String>,
    /// What it is set to, whole.
    pub settings: ClientSettings,
}

/// A client with its secret in the clear, for who may have it.
#[derive(Debug)]
pub struct RevealedPoolClient {
    /// The client.
    pub client: PoolClient,
    /// Its secret.
    pub secret: Option<Plain<PoolClientSecret>>,
}

/// What is said where a client would ask for a scope that no resource server has.
pub const NO_SUCH_SCOPE: &str =
    "A scope of AllowedOAuthScopes does not exist; create the resource server with it first.";

fn no_such_scope() -> Error {
    Error::new(Kind::Caller, NO_SUCH_SCOPE)
}

/// Whether a client would show who it is by a secret that it has not (RFC 6749 §4.4.2).
fn lacks_secret(client: &PoolClient, has_secret: bool) -> bool {
    let grants = &client.settings.openid.grants;
    grants.contains(&Grant::ClientCredentials) && !has_secret
}

fn needs_secret() -> Error {
    let text = "client_credentials needs a client with a secret: make one with GenerateSecret";
    Error::field("AllowedOAuthFlows", text)
}

/// Whether every scope of a client is had.
fn scopes_exist(own: &mut AccountTx<'_>, client: &PoolClient) -> Result<bool, Error> {
    let scopes = &client.settings.openid.scopes;
    let standing = own.standing_scopes(&client.pool, scopes, None)?;
    Ok(standing.len() == scopes.len())
}

pub(crate) fn no_client(id: &PoolClientId) -> Error {
    Error::not_found(format!("User pool client {id} does not exist."))
}

fn place(deployment: DeploymentId, account: AccountId, id: &PoolClientId) -> Location<'_> {
    Location {
        deployment,
        account: Some(account),
        subject: Subject::Account,
        table: "user_pool_client",
        column: "secret",
        row: id.as_str().as_bytes(),
        row_version: 1,
        destination: None,
    }
}

impl App {
    /// Makes a client. Its secret is told now, and to whoever may describe it.
    pub async fn create_user_pool_client(
        &self,
        cx: &mut OpCx,
        new: NewPoolClient,
    ) -> Result<Committed<RevealedPoolClient>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("userpool/{}", new.pool));
        self.authorize(cx, &Target::Account(account))?;
        let client = PoolClient {
            id: self.with_rng(|rng| PoolClientId::generate(rng)),
            pool: new.pool,
            name: new.name,
            settings: new.settings,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        let secret = new.has_secret.then(|| self.with_rng(|rng| new_secret(rng)));
        let sealed = match &secret {
            Some(secret) => Some(
                self.seal_pool_client_secret(account, &client.id, secret)
                    .await?,
            ),
            None => None,
        };
        cx.about.resource = Some(format!("userpool/{}/client/{}", client.pool, client.id));
        let done = self.allowed(cx, "created");
        let gone = self.refusal(cx, &no_pool(&client.pool));
        let scopeless = self.refusal(cx, &no_such_scope());
        let stored = SealedPoolClient {
            client: client.clone(),
            secret: sealed,
        };
        let committed = self
            .store
            .run_tx("create_user_pool_client", move |tx| {
                let mut own = tx.account(account);
                if own.user_pool(&stored.client.pool)?.is_none() {
                    return Ok(Outcome::Refused(no_pool(&stored.client.pool), gone.clone()));
                }
                if !scopes_exist(&mut own, &stored.client)? {
                    return Ok(Outcome::Refused(no_such_scope(), scopeless.clone()));
                }
                own.insert_user_pool_client(&stored)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await?;
        Ok(Committed {
            value: RevealedPoolClient { client, secret },
            record: committed.record,
        })
    }

    async fn seal_pool_client_secret(
        &self,
        account: AccountId,
        id: &PoolClientId,
        secret: &Plain<PoolClientSecret>,
    ) -> Result<Sealed<PoolClientSecret>, Error> {
        let purpose = KeyPurpose::Subject(Subject::Account);
        let key = self.newest_key(Some(account), purpose).await?;
        self.with_rng(|rng| sealing::seal(rng, &key, &place(self.deployment, account, id), secret))
            .map_err(Error::internal_source)
    }

    /// The secret of a client. Whoever asks has to have it on record before, or keeps it here.
    pub(crate) async fn open_pool_client_secret(
        &self,
        account: AccountId,
        id: &PoolClientId,
        sealed: &Sealed<PoolClientSecret>,
    ) -> Result<Plain<PoolClientSecret>, Error> {
        let key = self.key_of(sealed).await?;
        sealing::open(&key, &place(self.deployment, account, id), sealed)
            .map_err(Error::internal_source)
    }

    /// Reads a client with its secret, on record.
    pub async fn user_pool_client(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        id: PoolClientId,
    ) -> Result<Committed<RevealedPoolClient>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("userpool/{pool}/client/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let done = self.allowed(cx, "read, with its secret");
        let refused = self.refusal(cx, &no_client(&id));
        let committed = self
            .store
            .run_tx("reveal_user_pool_client", move |tx| {
                let found = tx.account(account).user_pool_client(&id)?;
                match found.filter(|found| found.client.pool == pool) {
                    Some(found) => Ok(Outcome::Done(found, done.clone())),
                    None => Ok(Outcome::Refused(no_client(&id), refused.clone())),
                }
            })
            .await?;
        self.revealed(account, committed).await
    }

    /// Sets a client to something else, whole; its id and its secret stay. What it lost it is refused
    /// from the next request on, on every node: each reads the row.
    pub async fn update_user_pool_client(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        id: PoolClientId,
        change: PoolClientChange,
    ) -> Result<Committed<RevealedPoolClient>, Error> {
        let (account, now) = (cx.account()?, cx.now);
        cx.about.resource = Some(format!("userpool/{pool}/client/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let [more, less] =
            ["updated", "updated, and may do less"].map(|said| self.allowed(cx, said));
        let gone = self.refusal(cx, &no_client(&id));
        let secretless = self.refusal(cx, &needs_secret());
        let scopeless = self.refusal(cx, &no_such_scope());
        let issuer = self.pool_issuer(&pool);
        let committed = self
            .store
            .run_tx("update_user_pool_client", move |tx| {
                let mut own = tx.account(account);
                let found = own.user_pool_client(&id)?;
                let Some(found) = found.filter(|found| found.client.pool == pool) else {
                    return Ok(Outcome::Refused(no_client(&id), gone.clone()));
                };
                let before = found.client.settings;
                let client = PoolClient {
                    name: change.name.clone().unwrap_or(found.client.name),
                    settings: change.settings.clone(),
                    updated_at: now,
                    version: found.client.version.saturating_add(1),
                    ..found.client
                };
                if lacks_secret(&client, found.secret.is_some()) {
                    return Ok(Outcome::Refused(needs_secret(), secretless.clone()));
                }
                if !scopes_exist(&mut own, &client)? {
                    return Ok(Outcome::Refused(no_such_scope(), scopeless.clone()));
                }
                if !own.update_user_pool_client(&client)? {
                    return Err(Error::internal("a row that was just read is gone"));
                }
                let is_less = client.settings.is_less_than(&before);
                if is_less {
                    tx.cut_issuer(account, &issuer, now)?;
                }
                let secret = found.secret;
                let entry = if is_less { &less } else { &more };
                Ok(Outcome::Done(
                    SealedPoolClient { client, secret },
                    entry.clone(),
                ))
            })
            .await?;
        self.revealed(account, committed).await
    }

    /// What is on record by now, with its secret.
    async fn revealed(
        &self,
        account: AccountId,
        committed: Committed<SealedPoolClient>,
    ) -> Result<Committed<RevealedPoolClient>, Error> {
        let SealedPoolClient { client, secret } = committed.value;
        let secret = match secret {
            Some(sealed) => Some(
                self.open_pool_client_secret(account, &client.id, &sealed)
                    .await?,
            ),
            None => None,
        };
        Ok(Committed {
            value: RevealedPoolClient { client, secret },
            record: committed.record,
        })
    }

    /// Lists the clients of a pool, without their secrets.
    pub async fn user_pool_clients(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<PoolClient>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        let filter = pool.as_str().as_bytes().to_vec();
        let token = page.token.as_deref();
        let after = self.page_start::<PoolClientId>(cx, &filter, token).await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| {
            tx.account(account)
                .user_pool_clients(&pool, after.as_ref(), limit)
        };
        let found = self.store.run_read("user_pool_clients", read).await?;
        let found = found.into_iter().map(|found| found.client).collect();
        self.page(cx, &filter, found, page.limit, |client| client.id.as_str())
            .await
    }

    /// Deletes a client; the sign-ins that it holds end with it, and what its tokens proved.
    pub async fn delete_user_pool_client(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        id: PoolClientId,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("userpool/{pool}/client/{id}"));
        self.authorize(cx, &Target::Account(account))?;
        let (done, now, issuer) = (self.allowed(cx, "deleted"), cx.now, self.pool_issuer(&pool));
        let refused = self.refusal(cx, &no_client(&id));
        self.store
            .run_tx("delete_user_pool_client", move |tx| {
                let mut own = tx.account(account);
                let found = own.user_pool_client(&id)?;
                let found = found.filter(|found| found.client.pool == pool);
                let deleted = match found {
                    Some(found) => own.delete_user_pool_client(&id, found.client.version)?,
                    None => false,
                };
                if !deleted {
                    return Ok(Outcome::Refused(no_client(&id), refused.clone()));
                }
                tx.cut_issuer(account, &issuer, now)?;
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Whether `shown` is what a client with this secret makes of a user's name: the base64 of
    /// HMAC-SHA-256 over the name and the client's id. One without a secret shows nothing.
    pub(crate) async fn shows_its_secret(
        &self,
        account: AccountId,
        found: &SealedPoolClient,
        username: &str,
        shown: Option<&str>,
    ) -> Result<bool, Error> {
        let id = &found.client.id;
        let (sealed, shown) = match (&found.secret, shown) {
            (None, shown) => return Ok(shown.is_none()),
            (Some(_), None) => return Ok(false),
            (Some(sealed), Some(shown)) => (sealed, shown),
        };
        let secret = self.open_pool_client_secret(account, id, sealed).await?;
        let message = [username.as_bytes(), id.as_str().as_bytes()].concat();
        let expected = STANDARD.encode(hmac_sha256(secret.expose_secret(), &message));
        Ok(constant_time_eq(expected.as_bytes(), shown.as_bytes()))
    }
}
