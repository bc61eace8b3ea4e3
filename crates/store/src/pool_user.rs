//! Users of pools: found by a keyed index of their names; what is known of them is sealed, their
//! passwords are hashed.

use procura_core::digest::Sha256;
use procura_core::error::Error;
use procura_core::id::{PoolUserId, UserId};
use procura_core::pool_user::{PoolUser, PoolUserStatus};
use procura_core::sealing::Sealed;
use procura_core::secret::kind::UserProfile;
use procura_core::user_pool::PoolId;

use crate::driver::Value;
use crate::row::{Row, count, time};
use crate::tx::AccountTx;

const TABLE: &str = "pool_user";

/// A user with what is sealed and hashed of it.
#[derive(Clone)]
pub struct StoredPoolUser {
    /// The user.
    pub user: PoolUser,
    /// What is known of it, sealed for `profile_version`.
    pub profile: Sealed<UserProfile>,
    /// The version that the profile is sealed for.
    pub profile_version: u64,
    /// The hash of its password, in the form of the Password Hashing Competition.
    pub password: String,
}

/// The hash of a password is no secret as a key is, and goes into no log all the same.
impl std::fmt::Debug for StoredPoolUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoredPoolUser").field(&self.user).finish()
    }
}

impl AccountTx<'_> {
    /// The user of a pool by the index of its name.
    pub fn pool_user_named(
        &mut self,
        pool: &PoolId,
        name_index: &Sha256,
    ) -> Result<Option<StoredPoolUser>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, pool, \"user\", status, is_enabled, failures, closed_until, password_at,
                    created_at, updated_at, version, profile, profile_version, password
             FROM pool_user WHERE account = $1 AND pool = $2 AND name_index = $3",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Blob(name_index),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The user of this id.
    pub fn pool_user(&mut self, id: PoolUserId) -> Result<Option<StoredPoolUser>, Error> {
        let row = self.session.row(
            TABLE,
            "SELECT id, pool, \"user\", status, is_enabled, failures, closed_until, password_at,
                    created_at, updated_at, version, profile, profile_version, password
             FROM pool_user WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The users of a pool after that of `after`, by id; at most `limit`.
    pub fn pool_users(
        &mut self,
        pool: &PoolId,
        after: Option<PoolUserId>,
        limit: u32,
    ) -> Result<Vec<StoredPoolUser>, Error> {
        // Before every id that there is.
        let after = after.unwrap_or(PoolUserId::from_bytes([0; 16]));
        let rows = self.session.rows(
            TABLE,
            "SELECT id, pool, \"user\", status, is_enabled, failures, closed_until, password_at,
                    created_at, updated_at, version, profile, profile_version, password
             FROM pool_user WHERE account = $1 AND pool = $2 AND id > $3 ORDER BY id LIMIT $4",
            &[
                Value::Text(self.account.as_str()),
                Value::Text(pool.as_str()),
                Value::Blob(after.as_bytes()),
                Value::Int(limit.into()),
            ],
        )?;
        rows.into_iter().map(|mut row| read(&mut row)).collect()
    }

    /// Adds a user, the profile sealed for version 1; false when the pool has one of that name, or is
    /// gone.
    pub fn insert_pool_user(
        &mut self,
        new: &StoredPoolUser,
        name_index: &Sha256,
    ) -> Result<bool, Error> {
        let user = &new.user;
        if self.user_pool(&user.pool)?.is_none() {
            return Ok(false);
        }
        let inserted = self.session.execute(
            "INSERT INTO pool_user
             (account, id, pool, name_index, \"user\", profile, profile_version, password,
              password_at, status, is_enabled, failures, closed_until, created_at, updated_at,
              version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (account, pool, name_index) DO NOTHING",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.id.as_bytes()),
                Value::Text(user.pool.as_str()),
                Value::Blob(name_index),
                Value::Blob(user.user.as_bytes()),
                Value::Blob(new.profile.as_bytes()),
                count(new.profile_version)?,
                Value::Text(&new.password),
                time(user.password_at),
                Value::Text(user.status.as_str()),
                Value::Int(user.is_enabled.into()),
                Value::Int(user.failures.into()),
                time(user.closed_until),
                time(user.created_at),
                time(user.updated_at),
                count(user.version)?,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Replaces a user by its next version; false when it is not there at the version before.
    pub fn update_pool_user(&mut self, user: &PoolUser) -> Result<bool, Error> {
        let updated = self.session.execute(
            "UPDATE pool_user SET status = $3, is_enabled = $4, failures = $5, closed_until = $6,
                    updated_at = $7, version = $8
             WHERE account = $1 AND id = $2 AND version + 1 = $8",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.id.as_bytes()),
                Value::Text(user.status.as_str()),
                Value::Int(user.is_enabled.into()),
                Value::Int(user.failures.into()),
                time(user.closed_until),
                time(user.updated_at),
                count(user.version)?,
            ],
        )?;
        Ok(updated == 1)
    }

    /// The same, with another password.
    pub fn set_pool_password(&mut self, user: &PoolUser, password: &str) -> Result<bool, Error> {
        if !self.update_pool_user(user)? {
            return Ok(false);
        }
        self.session.execute(
            "UPDATE pool_user SET password = $3, password_at = $4 WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(user.id.as_bytes()),
                Value::Text(password),
                time(user.password_at),
            ],
        )?;
        Ok(true)
    }

    /// Deletes a user with its sign-ins; false when it is gone.
    pub fn delete_pool_user(&mut self, id: PoolUserId) -> Result<bool, Error> {
        let deleted = self.session.execute(
            "DELETE FROM pool_user WHERE account = $1 AND id = $2",
            &[
                Value::Text(self.account.as_str()),
                Value::Blob(id.as_bytes()),
            ],
        )?;
        Ok(deleted == 1)
    }
}

pub(crate) fn read(row: &mut Row) -> Result<StoredPoolUser, Error> {
    Ok(StoredPoolUser {
        user: PoolUser {
            id: row.id("id", PoolUserId::from_slice)?,
            pool: row.parsed("pool")?,
            user: row.id("user", UserId::from_slice)?,
            status: row.word("status", PoolUserStatus::from_stored)?,
            is_enabled: row.flag("is_enabled")?,
            failures: u32::try_from(row.count("failures")?)
                .map_err(|_| Error::inconsistent(TABLE, "failures"))?,
            closed_until: row.timestamp("closed_until")?,
            password_at: row.timestamp("password_at")?,
            created_at: row.timestamp("created_at")?,
            updated_at: row.timestamp("updated_at")?,
            version: row.count("version")?,
        },
        profile: row.sealed("profile")?,
        profile_version: row.count("profile_version")?,
        password: row.text("password")?,
    })
}
