//! Resource servers of user pools: made, read, changed, deleted. What is taken away here is given to
//! nobody any more from the next token on, also where a client may ask for it still; nothing of ours
//! rests on the tokens of before, so that nothing is cut.

use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use procura_core::resource_server::{ResourceServer, SERVERS_MAX, ServerIdentifier, ServerScope};
use procura_core::user_pool::PoolId;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::page_token::{Page, PageRequest};
use crate::user_pool::no_pool;

/// What is said of a resource server.
#[derive(Debug, Clone)]
pub struct AboutServer {
    /// What people call it.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<ServerScope>,
}

/// What is said where a pool has as many resource servers as it may.
pub const TOO_MANY_SERVERS: &str = "A user pool has at most 25 resource servers.";

fn no_server() -> Error {
    Error::not_found("Resource server not found.")
}

fn too_many_servers() -> Error {
    Error::new(Kind::Caller, TOO_MANY_SERVERS)
}

/// SECURITY: of two scopes of one name, nobody could say which one a token is for.
fn check_names(scopes: &[ServerScope]) -> Result<(), Error> {
    let mut names: Vec<_> = scopes.iter().map(|scope| &scope.name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() == scopes.len() {
        Ok(())
    } else {
        Err(Error::field("Scopes", "two scopes have one ScopeName"))
    }
}

fn resource(pool: &PoolId, identifier: &ServerIdentifier) -> String {
    format!("userpool/{pool}/resource-server/{identifier}")
}

impl App {
    /// Makes a resource server.
    pub async fn create_resource_server(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        identifier: ServerIdentifier,
        about: AboutServer,
    ) -> Result<Committed<ResourceServer>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(resource(&pool, &identifier));
        check_names(&about.scopes)?;
        let server = ResourceServer {
            pool,
            identifier,
            name: about.name,
            scopes: about.scopes,
            created_at: cx.now,
            updated_at: cx.now,
            version: 1,
        };
        let done = self.allowed(cx, said("created", &server.scopes));
        let taken = || Error::conflict("The user pool has a resource server of this identifier.");
        let refused = self.refusal(cx, &taken());
        let full = self.refusal(cx, &too_many_servers());
        let gone = self.refusal(cx, &no_pool(&server.pool));
        self.store
            .run_tx("create_resource_server", move |tx| {
                let mut own = tx.account(account);
                if own.user_pool(&server.pool)?.is_none() {
                    return Ok(Outcome::Refused(no_pool(&server.pool), gone.clone()));
                }
                let found = own.resource_server(&server.pool, &server.identifier)?;
                if found.is_some() {
                    return Ok(Outcome::Refused(taken(), refused.clone()));
                }
                if own.count_resource_servers(&server.pool)? >= SERVERS_MAX {
                    return Ok(Outcome::Refused(too_many_servers(), full.clone()));
                }
                own.insert_resource_server(&server)?;
                Ok(Outcome::Done(server.clone(), done.clone()))
            })
            .await
    }

    /// Reads a resource server.
    pub async fn resource_server(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        identifier: ServerIdentifier,
    ) -> Result<ResourceServer, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(resource(&pool, &identifier));
        let read = move |tx: &mut Tx<'_>| tx.account(account).resource_server(&pool, &identifier);
        let found = self.store.look_up("resource_server", read).await?;
        found.ok_or_else(no_server)
    }

    /// Lists the resource servers of a pool, by identifier.
    pub async fn resource_servers(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        page: PageRequest,
    ) -> Result<Page<ResourceServer>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        let filter = pool.as_str().as_bytes().to_vec();
        let token = page.token.as_deref();
        let after = self.page_start::<ServerIdentifier>(cx, &filter, token);
        let after = after.await?;
        let limit = page.limit.saturating_add(1);
        let read = move |tx: &mut Tx<'_>| {
            tx.account(account)
                .resource_servers(&pool, after.as_ref(), limit)
        };
        let found = self.store.run_read("resource_servers", read).await?;
        self.page(cx, &filter, found, page.limit, |server| {
            server.identifier.as_str()
        })
        .await
    }

    /// Gives a resource server another name and other scopes. What it has no more is in no token
    /// that is made from now on.
    pub async fn update_resource_server(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        identifier: ServerIdentifier,
        about: AboutServer,
    ) -> Result<Committed<ResourceServer>, Error> {
        let (account, now) = (cx.account()?, cx.now);
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(resource(&pool, &identifier));
        check_names(&about.scopes)?;
        let done = self.allowed(cx, said("updated", &about.scopes));
        let refused = self.refusal(cx, &no_server());
        self.store
            .run_tx("update_resource_server", move |tx| {
                let mut own = tx.account(account);
                let Some(found) = own.resource_server(&pool, &identifier)? else {
                    return Ok(Outcome::Refused(no_server(), refused.clone()));
                };
                let about = about.clone();
                let changed = ResourceServer {
                    name: about.name,
                    scopes: about.scopes,
                    updated_at: now,
                    version: found.version.saturating_add(1),
                    ..found
                };
                if !own.update_resource_server(&changed)? {
                    return Err(Error::internal("a row that was just read is gone"));
                }
                Ok(Outcome::Done(changed, done.clone()))
            })
            .await
    }

    /// Deletes a resource server with its scopes.
    pub async fn delete_resource_server(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        identifier: ServerIdentifier,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(resource(&pool, &identifier));
        let done = self.allowed(cx, "deleted");
        let refused = self.refusal(cx, &no_server());
        self.store
            .run_tx("delete_resource_server", move |tx| {
                if tx
                    .account(account)
                    .delete_resource_server(&pool, &identifier)?
                {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(no_server(), refused.clone()))
                }
            })
            .await
    }
}

/// What a record says of it.
fn said(what: &str, scopes: &[ServerScope]) -> String {
    match scopes.len() {
        0 => format!("{what}, without scopes"),
        1 => format!("{what} with 1 scope"),
        many => format!("{what} with {many} scopes"),
    }
}
