//! Groups of the users of a pool, and who is in them.

use procura_core::error::Error;
use procura_core::id::PoolUserId;
use procura_core::pool_group::{GroupName, PoolGroup};
use procura_core::user_pool::PoolId;

use crate::driver::Value;
use crate::pool_user::{self, StoredPoolUser};
use crate::row::{Row, count, time};
use crate::tx::AccountTx;

const TABLE: &str = "pool_group";

impl AccountTx<'_> {
    /// The group of this name.
    pub fn pool_group(
        &mut self,
        pool: &PoolId,
        name: &GroupName,
    ) -> Result<Option<PoolGroup>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT pool, name, description, precedence, created_at, updated_at, version
             FROM pool_group WHERE account = $1 AND pool = $2 AND name = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(name.as_str()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The groups of a pool after that of `after`, by name; at most `limit`.
    pub fn pool_groups(
        &mut self,
        pool: &PoolId,
        after: Option<&GroupName>,
        limit: u32,
    ) -> Result<Vec<PoolGroup>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT pool, name, description, precedence, created_at, updated_at, version
             FROM pool_group WHERE account = $1 AND pool = $2 AND name > $3
             ORDER BY name LIMIT $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(after.map_or("", GroupName::as_str)),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// How many groups a pool has.
    pub fn count_pool_groups(&mut self, pool: &PoolId) -> Result<u64, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT COUNT(*) FROM pool_group WHERE account = $1 AND pool = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
            ],
        )?;
        row.map_or(Ok(0), |mut row| row.count("count"))
    }

    /// The groups that a user is in, by name.
    pub fn pool_groups_of(&mut self, user: PoolUserId) -> Result<Vec<PoolGroup>, Error> {
        let rows = self.session.rows(
            TABLE,
            "SELECT g.pool, g.name, g.description, g.precedence, g.created_at, g.updated_at,
                    g.version
             FROM pool_group_member AS m JOIN pool_group AS g
                  ON g.account = m.account AND g.pool = m.pool AND g.name = m.name
             WHERE m.account = $1 AND m.pool_user = $2 ORDER BY g.name",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.as_bytes()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// The users in a group after that of `after`, by id; at most `limit`.
    pub fn pool_group_members(
        &mut self,
        pool: &PoolId,
        name: &GroupName,
        after: Option<PoolUserId>,
        limit: u32,
    ) -> Result<Vec<StoredPoolUser>, Error> {
        // Before every id that there is.
        let after = after.unwrap_or(PoolUserId::from_bytes([0; 16]));
        let rows = self.session.rows(
            "pool_user",
            "SELECT u.id, u.pool, u.\"user\", u.status, u.is_enabled, u.failures, u.closed_until,
                    u.password_at, u.created_at, u.updated_at, u.version, u.profile,
                    u.profile_version, u.password
             FROM pool_group_member AS m JOIN pool_user AS u
                  ON u.account = m.account AND u.id = m.pool_user
             WHERE m.account = $1 AND m.pool = $2 AND m.name = $3 AND m.pool_user > $4
             ORDER BY m.pool_user LIMIT $5",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(name.as_str()),
                Value::Blob(after.as_bytes()),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter()
            .map(|mut row| pool_user::read(&mut row))
            .collect()
    }

    /// Adds a group; false when the pool has one of that name, or is gone.
    pub fn insert_pool_group(&mut self, group: &PoolGroup) -> Result<bool, Error> {
        if self.user_pool(&group.pool)?.is_none() {
            return Ok(false);
        }
        let inserted = self.session.execute(
            "INSERT INTO pool_group
             (account, pool, name, description, precedence, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (account, pool, name) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(group.pool.as_str()),
                Value::Text(group.name.as_str()),
                group
                    .description
                    .as_deref()
                    .map_or(Value::Null, Value::Text),
                precedence(group),
                time(group.created_at),
                time(group.updated_at),
                count(group.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Replaces a group by its next version; false when it is not there at the version before.
    pub fn update_pool_group(&mut self, group: &PoolGroup) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE pool_group SET description = $4, precedence = $5, updated_at = $6, version = $7
             WHERE account = $1 AND pool = $2 AND name = $3 AND version + 1 = $7",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(group.pool.as_str()),
                Value::Text(group.name.as_str()),
                group
                    .description
                    .as_deref()
                    .map_or(Value::Null, Value::Text),
                precedence(group),
                time(group.updated_at),
                count(group.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// Deletes a group, and nobody is in it any more; false when it is gone.
    pub fn delete_pool_group(&mut self, pool: &PoolId, name: &GroupName) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_group WHERE account = $1 AND pool = $2 AND name = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(name.as_str()),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// Puts a user into a group of its pool; false when the user is in it, or one of them is gone.
    pub fn insert_pool_group_member(
        &mut self,
        pool: &PoolId,
        name: &GroupName,
        user: PoolUserId,
    ) -> Result<bool, Error> {
        let found = self.pool_user(user)?;
        // SECURITY: the id of a user is of the account, a group is of a pool. Held by
        // `a_group_has_users_of_its_own_pool`.
        let is_of_pool = found.is_some_and(|found| found.user.pool == *pool);
        if !is_of_pool || self.pool_group(pool, name)?.is_none() {
            return Ok(false);
        }
        let inserted = self.session.execute(
            "INSERT INTO pool_group_member (account, pool, name, pool_user)
             VALUES ($1, $2, $3, $4) ON CONFLICT (account, pool, name, pool_user) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(name.as_str()),
                Value::Blob(user.as_bytes()),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Takes a user out of a group; false when the user is not in it.
    pub fn delete_pool_group_member(
        &mut self,
        pool: &PoolId,
        name: &GroupName,
        user: PoolUserId,
    ) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_group_member
             WHERE account = $1 AND pool = $2 AND name = $3 AND pool_user = $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Text(name.as_str()),
                Value::Blob(user.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

fn precedence(group: &PoolGroup) -> Value<'static> {
    group
        .precedence
        .map_or(Value::Null, |precedence| Value::Int(precedence.into()))
}

fn read(row: &mut Row) -> Result<PoolGroup, Error> {
    Ok(PoolGroup {
        pool: row.parsed("pool")?,
        name: row.parsed("name")?,
        description: row.optional_text("description")?,
        precedence: row
            .optional_int("precedence")?
            .map(u32::try_from)
            .transpose()
            .map_err(|_| Error::inconsistent(TABLE, "precedence"))?,
        created_at: row.timestamp("created_at")?,
        updated_at: row.timestamp("updated_at")?,
        version: row.count("version")?,
    })
}
