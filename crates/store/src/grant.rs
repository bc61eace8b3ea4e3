//! Administrators' grants. They fall with the agent or the provider that they name.

use procura_core::error::Error;
use procura_core::grant::{AdministratorGrant, Covered, WithUser};
use procura_core::id::{AgentId, GrantId, ProviderId};
use procura_core::scope::{ScopeSeparator, Scopes};

use crate::driver::Value;
use crate::row::{Row, time};
use crate::tx::AccountTx;

/// Each decision on the use of a provider asks it. It finds them by the index on the provider: held
/// by `the_grants_on_a_provider_are_found_by_its_index`.
pub(crate) const OF_PROVIDER: &str = "SELECT id, agent, provider, scopes, with_user, created_at
     FROM administrator_grant WHERE account = $1 AND provider = $2";

impl AccountTx<'_> {
    /// Adds a grant. What it names must exist in this account.
    pub fn insert_administrator_grant(&mut self, grant: &AdministratorGrant) -> Result<(), Error> {
        let agent = grant
            .agent
            .as_ref()
            .map_or(Value::Null, |id| Value::Blob(id.as_bytes()));
        let scopes = match &grant.scopes {
            Covered::Every => None,
            Covered::Only(scopes) => Some(scopes.to_string()),
        };
        self.session.execute(
            "INSERT INTO administrator_grant (account, id, agent, provider, with_user,
                                              created_at, scopes)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(grant.id.as_bytes()),
                agent,
                Value::Blob(grant.provider.as_bytes()),
                Value::Text(grant.with_user.as_str()),
                time(grant.created_at),
                scopes.as_deref().map_or(Value::Null, Value::Text),
            ],
        )?;
        Ok(())
    }

    /// Every grant of this account, oldest first.
    pub fn all_administrator_grants(&mut self) -> Result<Vec<AdministratorGrant>, Error> {
        let rows = self.session.rows(
            "administrator_grant",
            "SELECT id, agent, provider, scopes, with_user, created_at
             FROM administrator_grant WHERE account = $1 ORDER BY id",
            &[Value::Text(self.account.as_str())],
        )?;
        rows.into_iter().map(read).collect()
    }

    /// Takes a grant back; false when there is none of this id.
    pub fn delete_administrator_grant(&mut self, id: GrantId) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM administrator_grant WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// The grants on a provider, oldest first.
    pub fn administrator_grants(
        &mut self,
        provider: ProviderId,
    ) -> Result<Vec<AdministratorGrant>, Error> {
        let rows = self.session.rows(
            "administrator_grant",
            OF_PROVIDER,
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(provider.as_bytes()),
            ],
        )?;
        let grants: Result<Vec<AdministratorGrant>, Error> = rows.into_iter().map(read).collect();
        let mut grants = grants?;
        // Sorted here: asked for an order, SQLite goes through every grant of the account by id.
        grants.sort_by_key(|grant| grant.id);
        Ok(grants)
    }
}

fn read(mut row: Row) -> Result<AdministratorGrant, Error> {
    Ok(AdministratorGrant {
        id: row.id("id", GrantId::from_slice)?,
        agent: row.optional_id("agent", AgentId::from_slice)?,
        provider: row.id("provider", ProviderId::from_slice)?,
        scopes: match row.optional_text("scopes")? {
            None => Covered::Every,
            Some(text) => Covered::Only(
                Scopes::from_text(&text, ScopeSeparator::Space)
                    .map_err(|_| Error::inconsistent("administrator_grant", "scopes"))?,
            ),
        },
        with_user: row.word("with_user", WithUser::from_stored)?,
        created_at: row.timestamp("created_at")?,
    })
}
