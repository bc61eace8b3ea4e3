//! Domains of user pools: another address at which browsers and programs find one. Nothing rests on
//! it: what it leads to is looked up at each request, and says by its own id who it is.

use procura_authority::Target;
use procura_core::audit::record::Committed;
use procura_core::error::{Error, Kind};
use procura_core::pool_domain::{DomainPrefix, PoolDomain};
use procura_core::user_pool::PoolId;
use procura_store::{Outcome, Tx};

use crate::App;
use crate::operation::OpCx;
use crate::user_pool::no_pool;

fn taken() -> Error {
    let text = "Domain already associated with another user pool.";
    Error::new(Kind::Caller, text)
}

fn has_one() -> Error {
    let text = "The user pool has a domain; delete it first.";
    Error::new(Kind::Caller, text)
}

fn no_domain() -> Error {
    Error::not_found("The user pool has no such domain.")
}

impl App {
    /// Gives a pool a domain, which no other pool of the deployment has.
    pub async fn create_pool_domain(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        prefix: DomainPrefix,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/domain/{prefix}"));
        let created_at = cx.now;
        let domain = PoolDomain {
            prefix,
            pool,
            created_at,
        };
        let done = self.allowed(cx, "created");
        let gone = self.refusal(cx, &no_pool(&domain.pool));
        let second = self.refusal(cx, &has_one());
        let refused = self.refusal(cx, &taken());
        self.store
            .run_tx("create_pool_domain", move |tx| {
                if tx.pool_domain(&domain.prefix)?.is_some() {
                    return Ok(Outcome::Refused(taken(), refused.clone()));
                }
                let mut own = tx.account(account);
                if own.user_pool(&domain.pool)?.is_none() {
                    return Ok(Outcome::Refused(no_pool(&domain.pool), gone.clone()));
                }
                if own.domain_of_pool(&domain.pool)?.is_some() {
                    return Ok(Outcome::Refused(has_one(), second.clone()));
                }
                if !own.insert_pool_domain(&domain)? {
                    return Ok(Outcome::Refused(taken(), refused.clone()));
                }
                Ok(Outcome::Done((), done.clone()))
            })
            .await
    }

    /// Reads a domain of the account. As in the reference, one that is not there is no error, and one
    /// of another account is not there.
    pub async fn pool_domain(
        &self,
        cx: &mut OpCx,
        prefix: DomainPrefix,
    ) -> Result<Option<PoolDomain>, Error> {
        let account = cx.account()?;
        cx.about.resource = Some(format!("userpool/domain/{prefix}"));
        self.authorize(cx, &Target::Account(account))?;
        let read = move |tx: &mut Tx<'_>| tx.account(account).pool_domain(&prefix);
        self.store.look_up("pool_domain", read).await
    }

    /// Takes a domain from a pool: it leads nowhere from the next request on.
    pub async fn delete_pool_domain(
        &self,
        cx: &mut OpCx,
        pool: PoolId,
        prefix: DomainPrefix,
    ) -> Result<Committed<()>, Error> {
        let account = cx.account()?;
        let pool = self.user_pool(cx, pool).await?.id;
        cx.about.resource = Some(format!("userpool/{pool}/domain/{prefix}"));
        let done = self.allowed(cx, "deleted");
        let refused = self.refusal(cx, &no_domain());
        self.store
            .run_tx("delete_pool_domain", move |tx| {
                if tx.account(account).delete_pool_domain(&pool, &prefix)? {
                    Ok(Outcome::Done((), done.clone()))
                } else {
                    Ok(Outcome::Refused(no_domain(), refused.clone()))
                }
            })
            .await
    }

    /// The pool that a domain leads to, for everybody.
    ///
    /// # Errors
    /// There is no such domain.
    pub async fn pool_of_domain(&self, prefix: &DomainPrefix) -> Result<PoolId, Error> {
        let wanted = prefix.clone();
        let read = move |tx: &mut Tx<'_>| tx.pool_domain(&wanted);
        let found = self.store.look_up("pool_domain", read).await?;
        let found = found.map(|(_, domain)| domain.pool);
        found.ok_or_else(no_domain)
    }
}
