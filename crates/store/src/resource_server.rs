//! Resource servers of user pools, and which scopes of clients they stand behind.

use std::collections::BTreeSet;

use procura_core::error::Error;
use procura_core::resource_server::{
    ResourceServer, ServerIdentifier, ServerScope, parts_of, standing,
};
use procura_core::user_pool::PoolId;

use crate::driver::Value;
use crate::row::{Row, count, json, time};
use crate::tx::AccountTx;

const TABLE: &str = "resource_server";

impl AccountTx<'_> {
    /// The resource server of this identifier.
    pub fn resource_server(
        &mut self,
        pool: &PoolId,
        identifier: &ServerIdentifier,
    ) -> Result<Option<ResourceServer>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT pool, identifier, name, scopes, created_at, updated_at, version
             FROM resource_server WHERE account = $1 AND pool = $2 AND identifier = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(identifier.as_str()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The resource servers of a pool after that of `after`, by identifier; at most `limit`.
    pub fn resource_servers(
        &mut self,
        pool: &PoolId,
        after: Option<&ServerIdentifier>,
        limit: u32,
    ) -> Result<Vec<ResourceServer>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT pool, identifier, name, scopes, created_at, updated_at, version
             FROM resource_server WHERE account = $1 AND pool = $2 AND identifier > $3
             ORDER BY identifier LIMIT $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(after.map_or("", ServerIdentifier::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// How many resource servers a pool has.
    pub fn count_resource_servers(&mut self, pool: &PoolId) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*) FROM resource_server WHERE account = $1 AND pool = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    /// Which of the scopes of a client of a pool are had now, of a token for `resource`
    /// (see [`standing`]).
    pub fn standing_scopes(
        &mut self,
        pool: &PoolId,
        scopes: &[String],
        resource: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let named = scopes.iter().filter_map(|scope| Some(parts_of(scope)?.0));
        let meant = resource.and_then(|resource| resource.parse().ok());
        let identifiers: BTreeSet<ServerIdentifier> = named.chain(meant).collect();
        let mut servers = Vec::new();
        for identifier in &identifiers {
            servers.extend(self.resource_server(pool, identifier)?);
        }
        Ok(standing(scopes, &servers, resource))
    }

    /// Adds a resource server; false when the pool has one of that identifier, or is gone.
    pub fn insert_resource_server(&mut self, server: &ResourceServer) -> Result<bool, Error> {
        if self.user_pool(&server.pool)?.is_none() {
            return Ok(false);
        }
        let inserted = self.session.execute(
            "INSERT INTO resource_server
             (account, pool, identifier, name, scopes, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (account, pool, identifier) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(server.pool.as_str()),
                Value::Text(server.identifier.as_str()),
                Value::Text(&server.name),
                Value::Text(&json(&server.scopes)?),
                time(server.created_at),
                time(server.updated_at),
                count(server.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Replaces a resource server by its next version; false when it is not there at the version
    /// before.
    pub fn update_resource_server(&mut self, server: &ResourceServer) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE resource_server SET name = $4, scopes = $5, updated_at = $6, version = $7
             WHERE account = $1 AND pool = $2 AND identifier = $3 AND version + 1 = $7",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(server.pool.as_str()),
                Value::Text(server.identifier.as_str()),
                Value::Text(&server.name),
                Value::Text(&json(&server.scopes)?),
                time(server.updated_at),
                count(server.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a resource server; false when it is gone.
    pub fn delete_resource_server(
        &mut self,
        pool: &PoolId,
        identifier: &ServerIdentifier,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM resource_server WHERE account = $1 AND pool = $2 AND identifier = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(identifier.as_str()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn read(row: &mut Row) -> Result<ResourceServer, Error> {
    Ok(ResourceServer {
        pool: row.parsed("pool")?,
        identifier: row.parsed("identifier")?,
        name: row.text("name")?,
        scopes: row.json::<Vec<ServerScope>>("scopes")?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
    })
}
